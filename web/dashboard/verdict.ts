import type { TransportName } from '../../server/contract/transports.ts'
import { looks } from '../ui/lanes.ts'
import { figures, formatBytes, type Row } from './figures.ts'

/** Fewer deliveries than this on any lane are no ground for a verdict. */
const ENOUGH = 10
/** Lanes closer than this at the median, in ms, tie: on one machine the noise is larger. */
const TIE = 2

/** A page whose own p95 is later than this, in ms, blurs what it measures. */
const LATE = 10

export interface Circumstances {
  /** Whether page and server share a machine. */
  oneMachine: boolean
  /** How late the page itself was, p95 in ms. */
  lateness?: number
  /** Whether a link makes the way long, so that it is no wonder that lanes take the same. */
  distant?: boolean
}

/** What the figures say, in plain words: what went wrong first, then delivery, then bytes, then where polling wins. */
export function verdict(
  rows: readonly Row[],
  { oneMachine, lateness = 0, distant = false }: Circumstances,
): string[] {
  const fewest = Math.min(...rows.map(({ deliveries }) => deliveries.n))
  if (rows.every(({ deliveries }) => deliveries.n === 0)) return failures(rows)
  if (fewest < ENOUGH)
    return [...failures(rows), `A verdict needs ${ENOUGH} deliveries on every lane; there are ${fewest}.`]
  return [
    ...failures(rows),
    ...onDelivery(rows, oneMachine, distant),
    ...onLateness(lateness),
    ...onBytes(rows),
    ...onPolling(rows),
  ]
}

function failures(rows: readonly Row[]): string[] {
  return rows.flatMap(({ transport, sequence }) => {
    const found = (['missed', 'duplicated', 'reordered'] as const).filter((check) => sequence[check] > 0)
    if (found.length === 0) return []
    return `${looks[transport].label} broke its promise: ${found.map((check) => `${sequence[check]} ${check}`).join(', ')}.`
  })
}

function onDelivery(rows: readonly Row[], oneMachine: boolean, distant: boolean): string[] {
  const [best, ...others] = ranked(rows, figures.p50.value)
  if (!best) return []
  const tied = [best, ...others.filter(({ value }) => value - best.value < TIE)]
  const slower = others.slice(tied.length - 1)
  const says: string[] = []
  if (tied.length > 1) {
    const range = `${best.value.toFixed(1)}–${Math.max(...tied.map(({ value }) => value)).toFixed(1)} ms`
    const why = distant
      ? 'at this distance it is the way that takes the time, and it is the same for all of them'
      : oneMachine
        ? 'on one machine the wire is too short to tell them apart. Add distance: choose a Network, or open this page from another machine'
        : 'this network is too quick to tell them apart. Add distance: choose a Network, or open this page from further away'
    says.push(`${names(tied)} tie at a p50 of ${range}: ${why}.`)
  } else {
    says.push(`${names(tied)} delivers soonest, with a p50 of ${best.value.toFixed(1)} ms.`)
  }
  for (const { transport, value } of slower) {
    const reason = transport === 'short-polling' ? ': its entries wait for the next poll' : ''
    says.push(`${looks[transport].label} takes ${(value - best.value).toFixed(1)} ms longer${reason}.`)
  }
  return says
}

/** A late start is in every lane's times alike, so it hides differences but makes none. */
function onLateness(lateness: number): string[] {
  if (lateness < LATE) return []
  return [
    `This page was busy: one message in twenty left ${lateness.toFixed(1)} ms or more after it was due, and that is in ` +
      'the figures of all lanes alike. Less traffic or a quicker machine sharpens them.',
  ]
}

function onBytes(rows: readonly Row[]): string[] {
  const lanes = ranked(rows, figures.perEntry.value)
  const [least, most] = [lanes[0], lanes.at(-1)]
  if (!least || !most || least === most) return []
  const times = (most.value / least.value).toFixed(1)
  return [
    `${looks[least.transport].label} needs the fewest bytes, ${formatBytes(least.value)} per entry; ` +
      `${looks[most.transport].label} needs ${times} times that.`,
  ]
}

const polls: readonly TransportName[] = ['short-polling', 'long-polling']

/** Polls share one head among all entries of an answer; from some rate on that beats wrapping each on its own. */
function onPolling(rows: readonly Row[]): string[] {
  const lanes = ranked(rows, figures.perEntry.value)
  const winner = lanes.findIndex(({ transport }) => polls.includes(transport))
  const beaten = lanes.slice(winner + 1).filter(({ transport }) => !polls.includes(transport))
  const winning = lanes[winner]
  if (!winning || beaten.length === 0) return []
  return [
    `Here polling wins: ${looks[winning.transport].label} needs fewer bytes per entry than ${names(beaten)}, ` +
      'because one answer carries many entries under a single head.',
  ]
}

interface Ranked {
  transport: TransportName
  value: number
}

function ranked(rows: readonly Row[], value: (row: Row) => number | undefined): Ranked[] {
  return rows
    .flatMap((row) => {
      const known = value(row)
      return known === undefined ? [] : { transport: row.transport, value: known }
    })
    .sort((one, other) => one.value - other.value)
}

const list = new Intl.ListFormat('en-GB')
const names = (lanes: readonly Ranked[]) => list.format(lanes.map(({ transport }) => looks[transport].label))
