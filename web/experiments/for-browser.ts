import { endOf } from '../../scenarios/network.ts'
import type { Scenario, ScheduledFault, Sweep } from '../../scenarios/scenario.ts'

/** A scenario as a page can run it, and what was changed for that, in sentences; or why a page cannot run it. */
export type ForBrowser = { scenario: Scenario; changed: string[] } | { reason: string }

/** What a page can do honestly. Beyond these it would measure the browser's queue instead of the transport. */
export interface Limits {
  /** Browsers allow six HTTP/1.1 connections to one server: what readers hold, publishing and the meter go without. */
  readers: number
  publishers: number
  /** Messages a second. */
  rate: number
  burst: number
  /** The shortest pause between two short polls, in seconds. */
  interval: number
  seconds: number
  warmUp: number
}

export const pageLimits: Limits = {
  readers: 4,
  publishers: 2,
  rate: 50,
  burst: 50,
  interval: 0.1,
  seconds: 30,
  warmUp: 2,
}

/**
 * Fits a scenario to a page. What only makes it smaller is changed and said; where what it asks about would be lost,
 * it is refused with the reason.
 */
export function forBrowser(scenario: Scenario, limits: Limits = pageLimits): ForBrowser {
  if (scenario.notInBrowser) return { reason: scenario.notInBrowser }
  if (!scenario.keepAlive || scenario.sweep?.of === 'keepAlive') {
    return {
      reason: 'A page cannot ask for a new connection with each request: that is the browser’s choice.',
    }
  }
  if (scenario.cookieBytes > 0 || scenario.sweep?.of === 'cookieBytes') {
    return {
      reason:
        'A page does not write its own Cookie header: the browser does, with what it keeps for this site.',
    }
  }
  if (scenario.history || scenario.otherRooms || /history|otherRooms/.test(scenario.sweep?.of ?? '')) {
    return { reason: 'A page does not fill the server’s log before it measures.' }
  }
  const impossible = scenario.faults?.map((fault) => cannot[fault.do]).find((why) => why !== undefined)
  if (impossible) return { reason: impossible }
  if (scenario.faults?.some((fault) => endOf(fault) > limits.seconds)) {
    return {
      reason: `What goes wrong in it goes wrong after ${limits.seconds} s, which is all that a page measures.`,
    }
  }
  const changed: string[] = []
  const lower = (value: number, most: number, what: (most: number) => string) => {
    if (value > most) changed.push(`${what(most)} instead of ${value.toLocaleString('en')}`)
    return Math.min(value, most)
  }

  const sweep = scenario.sweep && fitSweep(scenario.sweep, limits, changed)
  if (sweep === 'nothing left') {
    return { reason: `Too few of the values that it compares are within what a page can do.` }
  }
  const { traffic } = scenario
  const fitted: Scenario = {
    ...scenario,
    ...(sweep && { sweep }),
    readers: lower(scenario.readers, limits.readers, (most) => `${count(most, 'reader')} a transport`),
    publishers: lower(scenario.publishers, limits.publishers, (most) => count(most, 'publisher')),
    traffic: {
      ...traffic,
      rate: lower(traffic.rate, limits.rate, (most) => `${count(most, 'message')} a second`),
      ...(traffic.burst !== undefined && {
        burst: lower(traffic.burst, limits.burst, (most) => `bursts of ${count(most, 'message')}`),
      }),
    },
    seconds: lower(scenario.seconds, limits.seconds, (most) => `${count(most, 'second')} a run`),
    warmUp: lower(scenario.warmUp, limits.warmUp, (most) => `${count(most, 'second')} of warm-up`),
    interval: Math.max(scenario.interval, limits.interval),
  }
  if (fitted.interval !== scenario.interval) {
    changed.push(`a poll every ${fitted.interval} s instead of every ${scenario.interval} s`)
  }
  if (scenario.headers === 'minimal') changed.push('this browser’s headers instead of minimal ones')
  return { scenario: fitted, changed }
}

/** Faults that a page cannot make, with the reason. */
const cannot: Partial<Record<ScheduledFault['do'], string>> = {
  restart: 'A page cannot restart the server that it came from.',
  'pause-readers': 'A page cannot stop reading one of its connections: the browser reads them all.',
  refuse: 'A page can have new connections refused only together with a cut.',
}

/** Brings the swept values to what a page can do, if then there are still two to compare. */
function fitSweep({ of, values }: Sweep, limits: Limits, changed: string[]): Sweep | 'nothing left' {
  const fitted = values.map((value) => {
    if (typeof value === 'boolean') return value
    if (of === 'interval') return Math.max(value, limits.interval)
    return of === 'rate' || of === 'burst' || of === 'readers' ? Math.min(value, limits[of]) : value
  })
  const kept = [...new Set(fitted)]
  if (kept.length < 2) return 'nothing left'
  for (const bound of kept) {
    const beyond = values.filter((value, at) => fitted[at] === bound && value !== bound)
    if (beyond.length > 0) changed.push(`${of} ${bound} instead of ${beyond.join(' and ')}`)
  }
  return { of, values: kept }
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`
