import type { Measure, Reading } from '../figures.ts'

/**
 * `pool`: this page asks the server for things that are held open, and then for one thing more that is answered at once.
 * If that has not come after a while, the page lets go of the first. Meanwhile the server is asked, over a TCP connection
 * of its own that is none of the browser's pool, what of all this has reached it.
 */
export interface PoolParameters {
  /** How many are held, and as what. A WebSocket is held too, and is no HTTP any more. */
  held: number
  by: 'sse' | 'long-polling' | 'websocket'
  /** They are asked of another port of this server: a link that adds nothing. To the browser it is another origin. */
  elsewhere?: boolean
  /**
   * What is held are tabs that read a room, each opened in front of the one before, and the last request is one tab more.
   * `keep`: each keeps its stream; `let-go`: only while it is seen.
   */
  tabs?: 'keep' | 'let-go'
  /** How long the last request may wait until the first of the others is let go, in ms. */
  patience: number
}

/** Times are in ms by the page's clock, from the instant of the last request. */
export interface PoolOutcome {
  held: readonly Held[]
  /** When the last request was answered, or the last tab was reading; absent if it never was. */
  answeredAfter: number | undefined
  /** When the first was let go so that it might be; absent if there was no need. */
  letGoAfter: number | undefined
  /** Whether the last request had reached the server just before that, or when it was answered. */
  arrived: boolean
  /** How long the server took at that moment to answer a question over the other connection, by its own clock. */
  directly: number
  /** Of tabs: whether the first, seen again, had what was said meanwhile. */
  caughtUp: boolean | undefined
}

export interface Held {
  /** Whether the server had it when the last request was made. */
  arrived: boolean
}

export const arrivedIn = ({ held }: PoolOutcome): number => held.filter(({ arrived }) => arrived).length

const measured = (
  label: string,
  unit: Reading['unit'],
  value: (outcome: PoolOutcome) => number | undefined,
): Measure<PoolOutcome> => ({
  label,
  read(outcome) {
    const found = value(outcome)
    return found === undefined ? undefined : { value: found, unit, origin: 'measured' }
  },
})

export const held = measured('held, as the server counts', '', arrivedIn)
export const answered = measured(
  'until the last request was answered',
  'ms',
  ({ answeredAfter }) => answeredAfter,
)
export const letGo = measured('until the first was let go', 'ms', ({ letGoAfter }) => letGoAfter)
export const afterwards = measured('from letting go to the answer', 'ms', ({ answeredAfter, letGoAfter }) =>
  answeredAfter === undefined || letGoAfter === undefined ? undefined : answeredAfter - letGoAfter,
)
export const directly = measured(
  'the server’s answer over another connection',
  'ms',
  ({ directly }) => directly,
)

/** The last request waited until one of the others was let go. */
export const waited = ({ answeredAfter, letGoAfter }: PoolOutcome): boolean =>
  letGoAfter !== undefined && (answeredAfter === undefined || answeredAfter >= letGoAfter)
