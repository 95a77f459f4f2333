import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { cases } from '../plan.ts'
import type { Report, Run } from '../report.ts'
import { median, medianInterval } from './bootstrap.ts'
import { type FigureId, figures } from './figures.ts'

export { verdictOf } from './verdict.ts'

/** What one figure came to over the repetitions of one case on one transport. */
export interface Estimate {
  /**
   * One per valid run, in the order of the repetitions. Never pooled: a percentile of a mixture is of no run.
   */
  points: number[]
  median: number
  /** 95 %, bootstrap of the median; only from 10 repetitions. */
  interval?: [number, number]
}

export interface Summary {
  /** Like `rate=10`; `''` without a sweep. */
  case: string
  transport: TransportName
  valid: number
  invalid: number
  /** Of valid runs only. A figure that no run has is absent. */
  figures: Partial<Record<FigureId, Estimate>>
}

/**
 * One summary for each case and transport that was run at all: cases in the scenario's order, then
 * transports.
 */
export function summarise(report: Report): Summary[] {
  return casesOf(report).flatMap((label) =>
    transportNames.flatMap((transport) => {
      const runs = runsOf(report, label, transport)
      if (runs.length === 0) return []
      const valid = runs.filter(({ invalid }) => invalid === undefined)
      return {
        case: label,
        transport,
        valid: valid.length,
        invalid: runs.length - valid.length,
        figures: estimates(valid),
      }
    }),
  )
}

/** The labels of a report's cases, in the order of the scenario's sweep. */
export const casesOf = ({ scenario }: Report): string[] => cases(scenario).map(({ label }) => label)

/** The runs of one case and transport, by repetition. */
export function runsOf({ runs }: Report, label: string, transport: TransportName): Run[] {
  return runs
    .filter((run) => run.case === label && run.transport === transport)
    .sort((one, other) => one.repetition - other.repetition)
}

function estimates(valid: readonly Run[]): Summary['figures'] {
  return Object.fromEntries(
    figures.flatMap(({ id, value }) => {
      const points = valid.map(value).filter((point) => point !== undefined)
      return points.length > 0 ? [[id, estimate(points)]] : []
    }),
  )
}

function estimate(points: number[]): Estimate {
  const interval = medianInterval(points)
  return { points, median: median(points), ...(interval && { interval }) }
}
