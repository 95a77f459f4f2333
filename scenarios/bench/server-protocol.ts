/**
 * What the benchmark asks of a server that it has started, over Node's process channel: a server answers each question
 * once, in order. A process that serves the same wire and answers these can be put in the product's place.
 */
export type ToServer =
  /** How much processor time it has used, and how late its event loop was since it was last asked to forget. */
  | { ask: 'usage' }
  /**
   * How much memory is resident, and how much of it objects and buffers are in, after garbage was collected where the
   * process may do that (`--expose-gc`); and how much was resident at most since the process began.
   */
  | { ask: 'memory' }
  /** Forget how late the event loop was: what is to be measured begins now. */
  | { ask: 'forget' }
  /** End in good order, as on SIGTERM: this is answered by the end of the process. */
  | { ask: 'drain' }

export type FromServer =
  /** It listens, on this port of 127.0.0.1. */
  | { said: 'listening'; port: number }
  | { said: 'usage'; usage: Usage }
  | { said: 'memory'; rss: number; inUse: number; peak: number }
  | { said: 'forgotten' }

export interface Usage {
  /** User and system time of the process since it began, in s. */
  cpuSeconds: number
  /** In ms; 0 when nothing was recorded. */
  eventLoopDelayP99: number
  eventLoopDelayMax: number
}
