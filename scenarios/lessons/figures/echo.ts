import type { CutHow } from '../../../server/contract/link.ts'
import type { Measure, Reading } from '../figures.ts'
import { percentileOf } from './lanes.ts'

/**
 * `echo`: a WebSocket to `/echo`, through a link. The page sends messages and each comes back: first one by one, each when
 * the one before is back; then as many again on a schedule, whatever is back. Then the link may end the connection, and
 * the page goes on speaking.
 */
export interface EchoParameters {
  /** How many are sent each way of sending; none where only the ending matters. */
  messages: number
  /** From one that does not wait to the next, in ms. */
  apart: number
  /** The round trip that the link adds, in ms. */
  rtt: number
  /** How the link ends the connection, and for how many seconds the page is watched after it at most. */
  ending?: { how: CutHow; seconds: number }
  /** Between two heartbeats of the page, in s; without it there are none. It gives a connection up when three stay unanswered. */
  heartbeat?: number
}

export interface EchoOutcome {
  oneByOne: readonly Trip[]
  atOnce: readonly Trip[]
  /** What was said after the link had ended the connection; times are from then. */
  afterwards: readonly Trip[]
  /** How many were under way at the same time, at most. */
  inFlight: number
  /** How many of those that did not wait were back before the last of them was sent. */
  backWhileSending: number
  /** Whether each echo was that of the oldest message still under way. */
  inOrder: boolean
  /** How many the page opened. */
  connections: number
  /** How the first connection ended; absent where the link did not end it. */
  end: EchoEnd | undefined
}

/** One message, in ms from the beginning of its part of the run, by the page's clock alone. */
export interface Trip {
  sent: number
  /** Absent while it is under way, and where it was lost. */
  back: number | undefined
}

export interface EchoEnd {
  /** How long the page was watched, in ms. */
  watched: number
  /** What `readyState` said when the page gave the connection up, or else when the run was over. */
  state: 'open' | 'closed'
  /** Bytes that the page handed over and the browser had not taken, in the end. */
  buffered: number
  /** ms until the page knew; absent where it never did. */
  knownAfter: number | undefined
  /** The code of the close event, if that is how the page knew. */
  code: number | undefined
}

const tripTimes = (trips: readonly Trip[]): number[] =>
  trips.flatMap(({ sent, back }) => (back === undefined ? [] : [back - sent]))

export const backOf = (trips: readonly Trip[]): number => tripTimes(trips).length

/** ms from the first that is sent until the last is back; absent unless all are. */
export function took(trips: readonly Trip[]): number | undefined {
  const [first] = trips
  if (!first || backOf(trips) < trips.length) return undefined
  return Math.max(...trips.map(({ back = 0 }) => back)) - first.sent
}

const reading = (
  label: string,
  read: (outcome: EchoOutcome) => Omit<Reading, 'origin'> | undefined,
): Measure<EchoOutcome> => ({
  label,
  read(outcome) {
    const found = read(outcome)
    // Most of each time is the round trip of the link.
    return found && { ...found, origin: found.unit === 'ms' ? 'modelled' : 'measured' }
  },
})

const count = (value: number) => ({ value, unit: '' as const })
const time = (value: number | undefined) => (value === undefined ? undefined : { value, unit: 'ms' as const })

export const messages = reading('messages, each way of sending', ({ oneByOne }) => count(oneByOne.length))
export const medianTrip = reading('median round trip, one by one', ({ oneByOne }) => {
  const times = tripTimes(oneByOne)
  return times.length === 0 ? undefined : { value: percentileOf(times, 0.5), unit: 'ms', n: times.length }
})
export const oneByOne = reading('all of them, one by one', (outcome) => time(took(outcome.oneByOne)))
export const atOnce = reading('all of them, without waiting', (outcome) => time(took(outcome.atOnce)))
export const inFlight = reading('most under way at one time', (outcome) => count(outcome.inFlight))
export const backWhileSending = reading('back before the last was sent', (outcome) =>
  count(outcome.backWhileSending),
)
