import type { Conditions } from '../../../server/contract/link.ts'
import type { Tally } from '../../../server/contract/meter.ts'
import type { PresetName } from '../../../server/contract/presets.ts'
import type { TransportName } from '../../../server/contract/transports.ts'
import { nameOf, written } from '../../stats/words.ts'
import type { Measure, Reading } from '../figures.ts'

/**
 * `lanes`: one to five real lanes of the feed in a room of their own, while real messages are published on a schedule,
 * over a WebSocket of its own that goes straight to the server: what a lane costs is what reading costs.
 */
export interface LanesParameters {
  transports: readonly [TransportName, ...TransportName[]]
  /** Messages a second. */
  rate: number
  /**
   * When they come: `spread` is one in each slot of 1/rate seconds, each time at another point of it, so that they never
   * keep step with a poll and few of them already tell the mean; `even` a beat; `bursts` `burst` of them at once.
   */
  arrivals?: 'spread' | 'even' | 'bursts'
  burst?: number
  /** Bytes of a message, or lines of a conversation. */
  payload?: number | 'conversation'
  seconds: number
  /** Between two short polls, in seconds. */
  interval?: number
  /** How long a long poll may be held, in seconds. */
  wait?: number
  /** The network in between, by the name of a preset or by its conditions; absent: none, the lanes talk to the server. */
  network?: PresetName | Conditions
  /** Cuts of all lanes' connections, in seconds from the start; for `seconds` new ones are refused. */
  cuts?: readonly { at: number; how: 'fin' | 'rst'; seconds: number }[]
  /** Has one lane served by a broken server of `server/lessons/broken/`, under its name: the lane of `brokenLane`. */
  broken?: keyof typeof brokenLane
  /** Has every message sent twice under the same id, as by an author who heard no receipt. */
  repeat?: true
  /** Has the SSE lane read by the browser's own EventSource, with nothing around it. */
  bare?: true
  /** Has the lanes publish in turn, each over its own connection, so that what a lane costs is reading and its share of writing. */
  authors?: 'lanes'
}

/** Which lane each broken server serves. */
export const brokenLane = {
  'between-polls': 'long-polling',
  compressed: 'sse',
  'compressed-flushed': 'sse',
  'last-five': 'sse',
  stumbles: 'sse',
} as const satisfies Record<string, TransportName>

/** What a run of it came to. Times are by the page's clock. */
export interface LanesOutcome {
  /** From the first message that could be due until the last had arrived. */
  seconds: number
  published: number
  /** How many drafts that took: more, where they were repeated. */
  sent: number
  /** How late the page was with its own schedule, p95 in ms: part of every delay. */
  late: number
  lanes: readonly LaneOutcome[]
}

export interface LaneOutcome {
  transport: TransportName
  delivered: number
  /** Entries that never came although later ones did, or that had not come when the run ended. */
  missed: number
  duplicated: number
  /** How often the lane lost its connection, and knew it. */
  reconnects: number
  /** From the instant each message was due until the page had it, in ms, in the order of arrival. */
  delays: readonly number[]
  /** When its last entry came, in s from the start. */
  lastAfter: number
  /** What the lane cost at the server's sockets during the run. Nothing is counted for a broken server. */
  tally: Tally
}

export const laneOf = ({ lanes }: LanesOutcome, transport: TransportName): LaneOutcome | undefined =>
  lanes.find((lane) => lane.transport === transport)

/** A measure of one lane. Where a lesson has several lanes its label names the transport. */
type OfLane = (transport: TransportName) => Measure<LanesOutcome>

const ofLane =
  (label: string, read: (lane: LaneOutcome, outcome: LanesOutcome) => Omit<Reading, 'origin'> | undefined) =>
  (transport: TransportName): Measure<LanesOutcome> => ({
    label: `${nameOf[transport]}: ${label}`,
    read(outcome) {
      const lane = laneOf(outcome, transport)
      const reading = lane && read(lane, outcome)
      return reading && { ...reading, origin: 'measured' }
    },
  })

const count = (value: number): Omit<Reading, 'origin'> => ({ value, unit: '' })

export const polls: OfLane = ofLane('requests', ({ tally }) => count(tally.requests))
export const empties: OfLane = ofLane('empty answers', ({ tally }) => count(tally.emptyResponses))
export const connections: OfLane = ofLane('TCP connections opened', ({ tally }) => count(tally.connections))
export const delivered: OfLane = ofLane('entries delivered', (lane) => count(lane.delivered))
export const missed: OfLane = ofLane('entries missed', (lane) => count(lane.missed))
export const duplicated: OfLane = ofLane('entries delivered twice', (lane) => count(lane.duplicated))
export const reconnects: OfLane = ofLane('reconnects', (lane) => count(lane.reconnects))

export const emptyShare: OfLane = ofLane('share of empty answers', ({ tally }) =>
  tally.requests === 0
    ? undefined
    : { value: (100 * tally.emptyResponses) / tally.requests, unit: '%', n: tally.requests },
)

export const meanDelay: OfLane = ofLane('mean delay', ({ delays }) => ofDelays(delays, mean))
export const longestDelay: OfLane = ofLane('longest delay', ({ delays }) =>
  ofDelays(delays, (all) => Math.max(...all)),
)
export const medianDelay: OfLane = ofLane('median delay', ({ delays }) =>
  ofDelays(delays, (all) => percentileOf(all, 0.5)),
)

export const bytesPerEntry: OfLane = ofLane('bytes per entry', ({ tally }) =>
  tally.entriesOut === 0
    ? undefined
    : { value: bytesOf(tally) / tally.entriesOut, unit: 'B', n: tally.entriesOut },
)

/** What an empty poll took: request and answer, heads included. */
export const bytesPerEmpty: OfLane = ofLane('bytes of an empty poll', ({ tally }) =>
  tally.emptyResponses === 0
    ? undefined
    : {
        value: (tally.emptyBytesIn + tally.emptyBytesOut) / tally.emptyResponses,
        unit: 'B',
        n: tally.emptyResponses,
      },
)

export const emptyBytesShare: OfLane = ofLane('share of bytes in empty polls', ({ tally }) =>
  bytesOf(tally) === 0
    ? undefined
    : { value: (100 * (tally.emptyBytesIn + tally.emptyBytesOut)) / bytesOf(tally), unit: '%' },
)

/** Both ways, everything included. */
export const bytesOf = ({ bytesIn, bytesOut }: Tally): number => bytesIn + bytesOut

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Nearest rank: the smallest value that at least `share` of all do not exceed. */
export function percentileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

function ofDelays(delays: readonly number[], of: (delays: readonly number[]) => number) {
  return delays.length === 0 ? undefined : ({ value: of(delays), unit: 'ms', n: delays.length } as const)
}

/** A number of ms as clauses say it: "512 ms". */
export const inMs = (value: number): string => `${written(value)} ms`
