import type { TransportName } from '../../server/contract/transports.ts'
import type { Report } from '../report.ts'
import { type FigureId, figureOf } from '../stats/figures.ts'
import { casesOf, summarise } from '../stats/summary.ts'
import { nameOf, written } from '../stats/words.ts'
import { type Column, layOut } from './report/layout.ts'

/** What must stay as it is while work grows, and what is shown beside it. */
const looked: readonly FigureId[] = ['deliveries-per-cpu-second', 'latency.p99', 'memory']

/** Fewer deliveries than this a second measure what the server does without them. */
const ENOUGH_DELIVERIES = 50

/** How much of its deliveries a CPU second the largest case may lose: runs of one case differ by about as much. */
const LEVEL = 0.8

/** Of fewer runs a case nothing is said: with one each, the same server lost half or won half on a machine of two cores. */
const ENOUGH_RUNS = 3

/** The figures of a swept report, a line for each transport, a column for each case; then a sentence for each line. */
export function growthOf(report: Report, width: number): string {
  const labels = casesOf(report)
  const summaries = summarise(report)
  const transports = [...new Set(summaries.map(({ transport }) => transport))]
  const columns: Column[] = [
    { head: '', side: 'left' },
    ...labels.map((head): Column => ({ head, side: 'right' })),
  ]
  const median = (transport: TransportName, label: string, id: FigureId) =>
    summaries.find((summary) => summary.transport === transport && summary.case === label)?.figures[id]
      ?.median
  const tables = looked.flatMap((id) => {
    const { label: title, unit } = figureOf(id)
    const rows = transports.map((transport) => [
      nameOf[transport],
      ...labels.map((label) => {
        const value = median(transport, label, id)
        return value === undefined ? '–' : written(value)
      }),
    ])
    const known = rows.some((row) => row.slice(1).some((cell) => cell !== '–'))
    return known ? ['', `${title}${unit && `, ${unit}`}`, ...layOut(columns, rows, width)] : []
  })
  return [...tables, '', ...transports.map((transport) => levelOf(report, transport))].join('\n')
}

/**
 * Whether a transport's deliveries a CPU second fall, stay level or rise, from the first case with enough of them to the
 * last. They fall, too, where they rose before: then what is said begins with the most of them.
 */
export function levelOf(report: Report, transport: TransportName): string {
  const name = nameOf[transport]
  const points = summarise(report)
    .filter((summary) => summary.transport === transport)
    .flatMap(({ case: label, figures, valid }) => {
      const estimate = figures['deliveries-per-cpu-second']
      const runs = report.runs.filter((run) => run.transport === transport && run.case === label)
      const enough = runs.some(({ delivered, seconds }) => delivered / seconds >= ENOUGH_DELIVERIES)
      return estimate && enough ? [{ label, valid, median: estimate.median }] : []
    })
  const last = points.pop()
  const [first] = points
  if (!first || !last) return `${name}: too few cases with enough deliveries to tell.`
  const best = points.reduce((best, point) => (point.median > best.median ? point : best))
  const falls = last.median < best.median * LEVEL
  const from = falls ? best : first
  const ratio = last.median / from.median
  const figure = `×${ratio.toFixed(2)} deliveries a CPU second from ${from.label} to ${last.label}`
  const runs = Math.min(from.valid, last.valid)
  if (runs < ENOUGH_RUNS)
    return `${name}: ${figure}, but ${ENOUGH_RUNS} valid runs of each are needed to tell.`
  return `${name}: ${falls ? 'falls' : ratio > 1 / LEVEL ? 'rises' : 'level'}, ${figure}.`
}
