import type { TransportName } from '../../../server/contract/transports.ts'
import type { Run } from '../../report.ts'
import type { Scenario } from '../../scenario.ts'

/**
 * What the benchmark and its load process say to each other over Node's process channel. The load waits after each of
 * its sentences until it is told to go on: meanwhile nothing is published, and whoever listens can read the server's
 * meter and clocks at a moment that is the same for all.
 */
export interface Plan {
  /** The server's origin, like `http://127.0.0.1:3000`. */
  url: string
  room: string
  transport: TransportName
  /** What carries the drafts: the transport under test unless somebody asked for another. */
  publishOver: TransportName
  /** A case: its `sweep` is filled in already, `transports` and `repeat` are not looked at. */
  scenario: Scenario
  /** Of the traffic's instants and texts. */
  seed: number
}

/** Clients of the load by name, so that the meter tells readers from publishers. */
export const readerClient = 'load-reader'
export const publisherClient = 'load-publisher'

export type ToLoad =
  | { tell: 'plan'; plan: Plan }
  | { tell: 'go' }
  /** So many readers stop reading, or all read again. */
  | { tell: 'pause'; readers: number }
  | { tell: 'resume' }
  /** A fault began and was over at these instants, in ms since 1970. */
  | { tell: 'happened'; from: number; until: number }
  | { tell: 'stop' }

export type FromLoad =
  /** The process is up, nothing is connected. */
  | { said: 'ready' }
  /** All readers and publishers are connected; the server is idle. */
  | { said: 'connected' }
  /** The warm-up's messages are all delivered. On `go` the figures begin to count. */
  | { said: 'warm' }
  /** The last delivery is in, or was given up. On `go` the connections close and the process ends. */
  | { said: 'measured'; result: LoadResult }
  /**
   * It cannot be done; the process ends. The sentence says what to do. `unreached`: not one connection could be made,
   * and the sentence says what became of the last.
   */
  | { said: 'failed'; message: string; unreached: boolean }

/** What of a run only the load can know. */
export type LoadResult = Pick<
  Run,
  | 'invalid'
  | 'seconds'
  | 'readers'
  | 'scheduled'
  | 'published'
  | 'refused'
  | 'expected'
  | 'delivered'
  | 'lost'
  | 'duplicated'
  | 'reordered'
  | 'late'
  | 'reconnects'
  | 'recovery'
  | 'latency'
  | 'rawLatency'
  | 'sinceServer'
  | 'lateness'
  | 'generator'
>
