import type { Measure, Reading } from '../figures.ts'
import { mean, percentileOf } from './lanes.ts'

/**
 * `loops`: two ways to measure one server at once, over a WebSocket each. The closed loop asks again when it has the
 * answer; the open loop asks on a schedule, whatever became of the answers, and counts from the instant that was
 * scheduled. The server answers after a known time and stalls now and then (`server/lessons/slow.ts`).
 */
export interface LoopsParameters {
  /** The server answers after so many ms. */
  after: number
  /** And does nothing for so many ms, */
  stall: number
  /** once in so many. */
  every: number
  /** Questions a second of the open loop. */
  rate: number
  seconds: number
}

export interface LoopsOutcome {
  closed: readonly Asked[]
  open: readonly Asked[]
  /** How late the page was with the open loop's schedule, p95 in ms: part of its delays. */
  late: number
  /** When the server stalled, in ms of the page's clock since the start. */
  stalls: readonly { from: number; to: number }[]
  /** The server's clock less the page's, from `questions` questions to `/time`. */
  clock: { offset: number; uncertainty: number; questions: number }
}

/** One question. */
export interface Asked {
  /** The instant it counts from, in ms since the start: sent (closed), or scheduled (open). */
  at: number
  /** From then until its answer was there, in ms. */
  took: number
}

export type Loop = 'closed' | 'open'

/** Below a hundred the 99th percentile is the longest of all, and is not given. */
export const ENOUGH = 100

/** Longer than this, in ms, hardly anything takes that did not meet a stall; on a busy machine some answers do. */
export const LONG = 100

const nameOfLoop = { closed: 'Closed loop', open: 'Open loop' } as const

/** A measure of one loop: what it says of the times, and nothing where there are none. */
const ofLoop =
  (label: string, read: (took: readonly number[]) => Omit<Reading, 'origin'> | undefined) =>
  (loop: Loop): Measure<LoopsOutcome> => ({
    label: `${nameOfLoop[loop]}: ${label}`,
    read(outcome) {
      const took = outcome[loop].map(({ took }) => took)
      const reading = took.length > 0 ? read(took) : undefined
      return reading && { ...reading, origin: 'measured' }
    },
  })

const statistic = (label: string, of: (took: readonly number[]) => number, least = 1) =>
  ofLoop(label, (took) =>
    took.length >= least ? { value: of(took), unit: 'ms', n: took.length } : undefined,
  )

export const p50 = statistic('p50', (took) => percentileOf(took, 0.5))
export const p90 = statistic('p90', (took) => percentileOf(took, 0.9))
export const p99 = statistic('p99', (took) => percentileOf(took, 0.99), ENOUGH)
export const longest = statistic('longest', (took) => Math.max(...took))
export const meanTime = statistic('mean', mean)
export const long = ofLoop(`answers later than ${LONG} ms`, (took) => ({
  value: took.filter((each) => each > LONG).length,
  unit: '',
}))

export const clockOffset: Measure<LoopsOutcome> = {
  label: 'Server’s clock less the page’s',
  read: ({ clock }) => ({ value: clock.offset, unit: 'ms', n: clock.questions, origin: 'measured' }),
}
export const clockUncertainty: Measure<LoopsOutcome> = {
  label: 'known to plus or minus',
  read: ({ clock }) => ({ value: clock.uncertainty, unit: 'ms', n: clock.questions, origin: 'measured' }),
}
