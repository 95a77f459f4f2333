import type { FigureOf } from '../../scenarios/stats/figures.ts'
import type { Summary } from '../../scenarios/stats/summary.ts'
import type { TransportName } from '../../server/contract/transports.ts'

/** What 1.00 is in a table: one transport, or whichever is best in each column. */
export type Baseline = TransportName | 'best'

/** How many times the baseline's value this one is. Undefined where nothing can be compared: zero, or no value. */
export function ratioTo(
  baseline: Baseline,
  figure: FigureOf,
  mine: Summary,
  all: readonly Summary[],
): number | undefined {
  const { id, better } = figure
  const value = mine.figures[id]?.median
  if (better === 'neither' || value === undefined) return undefined
  const values = all.flatMap((summary) => {
    const median = summary.figures[id]?.median
    return median !== undefined && (baseline === 'best' || summary.transport === baseline) ? [median] : []
  })
  if (values.length === 0) return undefined
  const one = better === 'higher' ? Math.max(...values) : Math.min(...values)
  if (value === one) return 1
  // Nothing is a multiple of nothing; and overhead may be negative, where a ratio says the wrong thing.
  return one > 0 && value >= 0 ? value / one : undefined
}

/** How much worse than the baseline, in steps that a shade can show: 0 (no worse) to 3 (ten times and more). */
export function shadeOf(ratio: number | undefined, better: FigureOf['better']): 0 | 1 | 2 | 3 {
  if (ratio === undefined || better === 'neither') return 0
  const worse = better === 'higher' ? 1 / ratio : ratio
  return worse >= 10 ? 3 : worse >= 3 ? 2 : worse > 1.1 ? 1 : 0
}
