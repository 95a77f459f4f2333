import type { Measure, Reading } from '../figures.ts'
import { percentileOf } from './lanes.ts'

/**
 * `echo`: a WebSocket to `/echo`, through a link. The page sends messages and each comes back: first one at a time, each
 * when the one before is back; then as many again without waiting. Then there may be silence, of the page or of the network.
 */
export interface EchoParameters {
  /** How many each way of sending sends; none of them where only the silence matters. */
  messages: number
  /** Between two that do not wait, in ms. */
  apart: number
  /** The round trip that the link adds, in ms. */
  rtt: number
  /** The link ends what is idle for so long, in s. */
  idleCut?: number
  /** `page`: the page says nothing. `network`: the link swallows all that is said, and tells neither end. */
  silence?: { of: 'page' | 'network'; seconds: number }
  /** Between two heartbeats of the page, in s; without it there are none. It gives up after 3 without a word back. */
  heartbeat?: number
}

export interface EchoOutcome {
  /** Each with when it was sent and when it was back, in ms from the beginning, by the page's clock alone. */
  oneByOne: readonly Trip[]
  atOnce: readonly Trip[]
  /** During the silence: what was sent and never came back, or did. */
  intoSilence: readonly Trip[]
  /** How many were under way at the same time, at most. */
  inFlight: number
  /** How many came back before the last was sent, of those that did not wait. */
  backWhileSending: number
  /** Whether all came back in the order in which they were sent. */
  inOrder: boolean
  /** Where there was a silence: how the socket stands at its end. */
  end: SilenceEnd | undefined
}

export interface Trip {
  sent: number
  back: number | undefined
}

export interface SilenceEnd {
  began: number
  /** How long it was watched, in ms. */
  watched: number
  /** What `readyState` said at its end. */
  state: 'open' | 'closed'
  /** Bytes that the system has not taken from the page. */
  buffered: number
  /** ms until the page knew that nobody is there, by its heartbeat. */
  noticedAfter: number | undefined
  /** ms until the socket was closed from outside, and with what code. */
  closed: { after: number; code: number } | undefined
}

export const tripTimes = (trips: readonly Trip[]): number[] =>
  trips.flatMap(({ sent, back }) => (back === undefined ? [] : [back - sent]))

/** From the first that is sent until the last is back. */
export function took(trips: readonly Trip[]): number | undefined {
  const [first, last] = [trips[0], trips.at(-1)]
  return first && last?.back !== undefined ? last.back - first.sent : undefined
}

const reading = (label: string, read: (outcome: EchoOutcome) => Omit<Reading, 'origin'> | undefined) => ({
  label,
  read(outcome: EchoOutcome): Reading | undefined {
    const found = read(outcome)
    // The link makes most of each round trip.
    return found && { ...found, origin: found.unit === 'ms' ? 'modelled' : 'measured' }
  },
})

const inMs = (value: number | undefined) => (value === undefined ? undefined : { value, unit: 'ms' as const })
const count = (value: number) => ({ value, unit: '' as const })

export const messages: Measure<EchoOutcome> = reading('messages, each way of sending', ({ oneByOne }) =>
  count(oneByOne.length),
)
export const medianTrip: Measure<EchoOutcome> = reading('median round trip, one by one', ({ oneByOne }) => {
  const times = tripTimes(oneByOne)
  return times.length === 0 ? undefined : { value: percentileOf(times, 0.5), unit: 'ms', n: times.length }
})
export const oneByOne: Measure<EchoOutcome> = reading('all of them, one by one', (outcome) =>
  inMs(took(outcome.oneByOne)),
)
export const atOnce: Measure<EchoOutcome> = reading('all of them, without waiting', (outcome) =>
  inMs(took(outcome.atOnce)),
)
export const inFlight: Measure<EchoOutcome> = reading('most under way at one time', (outcome) =>
  count(outcome.inFlight),
)
export const backWhileSending: Measure<EchoOutcome> = reading('back before the last was sent', (outcome) =>
  count(outcome.backWhileSending),
)
