import type { Report } from '../../scenarios/report.ts'
import { type FigureId, type FigureOf, figureOf, figures } from '../../scenarios/stats/figures.ts'
import type { Estimate, Summary } from '../../scenarios/stats/summary.ts'
import { Term } from '../ui/explain.tsx'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import { type Baseline, ratioTo, shadeOf } from './baseline.ts'
import { explain } from './explanations.ts'
import { format, formatRatio } from './format.ts'

interface SummaryTableProps {
  report: Report
  /** Of one case. */
  summaries: readonly Summary[]
  baseline: Baseline
}

/** Which figures belong together, under one heading, with names short enough to stand side by side. */
const groups: readonly { title: string; columns: Partial<Record<FigureId, string>> }[] = [
  {
    title: 'Latency',
    columns: { 'latency.p50': 'p50', 'latency.p95': 'p95', 'latency.p99': 'p99', 'latency.max': 'max' },
  },
  {
    title: 'Reading one delivery takes',
    columns: {
      bytes: 'bytes',
      overhead: 'overhead',
      requests: 'requests',
      'empty-share': 'empty polls',
      connections: 'new connections',
    },
  },
  { title: 'Back after a cut', columns: { 'recovery.p50': 'p50', 'recovery.max': 'longest' } },
  { title: 'Server', columns: { cpu: 'CPU a delivery', memory: 'memory a connection' } },
]

/** What went wrong is summed up over the runs: one lost delivery in one of them is one too many. */
const faults = ['lost', 'duplicated', 'reordered', 'late'] as const satisfies readonly FigureId[]

/** Each transport by each figure: the median over its runs, how far they spread, and how many times the baseline. */
export function SummaryTable({ report, summaries, baseline }: SummaryTableProps) {
  const shown = groups
    .map(({ title, columns }) => ({
      title,
      columns: figures.flatMap((figure) => {
        const name = columns[figure.id]
        return name && summaries.some((each) => each.figures[figure.id]) ? [{ ...figure, name }] : []
      }),
    }))
    .filter(({ columns }) => columns.length > 0)
  const columns = shown.flatMap((group) => group.columns)
  const first = new Set(shown.map((group) => group.columns[0]?.id))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label="Figures by transport">
      <table class="summary">
        <thead>
          <tr>
            <td colSpan={3} />
            {shown.map(({ title, columns }) => (
              <th key={title} scope="colgroup" colSpan={columns.length} data-first="true">
                {title}
              </th>
            ))}
          </tr>
          <tr>
            <th scope="col">transport</th>
            <th scope="col">runs</th>
            <th scope="col" class="faults">
              {faults.map((id, index) => (
                <span key={id}>
                  <Term of={explain(figureOf(id), report)}>{id}</Term>
                  {index < faults.length - 1 && ','}
                </span>
              ))}
            </th>
            {columns.map((figure) => (
              <th key={figure.id} scope="col" data-first={first.has(figure.id)}>
                <Term of={explain(figure, report)}>{figure.name}</Term>
                {figure.unit && <small>{figure.unit}</small>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {summaries.map((summary) => (
            <tr key={summary.transport} data-baseline={summary.transport === baseline}>
              <th scope="row">
                <Mark of={summary.transport} />
                {looks[summary.transport].label}
              </th>
              <td>
                {summary.valid}
                {summary.invalid > 0 && <small class="problem">{summary.invalid} invalid</small>}
              </td>
              <Faults summary={summary} />
              {columns.map((figure) => (
                <Cell
                  key={figure.id}
                  figure={figure}
                  estimate={summary.figures[figure.id]}
                  ratio={ratioTo(baseline, figure, summary, summaries)}
                  first={first.has(figure.id)}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Faults({ summary }: { summary: Summary }) {
  const counts = faults.map((id) =>
    (summary.figures[id]?.points ?? []).reduce((sum, point) => sum + point, 0),
  )
  return (
    <td class="faults" data-broken={counts.some((count) => count > 0)}>
      {counts.map((count) => format(count)).join(', ')}
    </td>
  )
}

interface CellProps {
  figure: FigureOf
  estimate: Estimate | undefined
  ratio: number | undefined
  first: boolean
}

function Cell({ figure, estimate, ratio, first }: CellProps) {
  const points = estimate && `${estimate.points.length} runs: ${estimate.points.map(format).join(', ')}`
  return (
    <td data-first={first} data-shade={shadeOf(ratio, figure.better)} data-figure={figure.id}>
      <span class="median" title={points}>
        {format(estimate?.median)}
      </span>
      {ratio !== undefined && estimate?.median !== 0 && <small class="ratio">{formatRatio(ratio)}</small>}
      {estimate && <small>{spread(estimate)}</small>}
    </td>
  )
}

/** The 95 % interval in brackets; from few runs only the lowest and the highest of them; of one value nothing. */
function spread({ points, interval }: Estimate): string {
  const [low, high] = interval ?? [Math.min(...points), Math.max(...points)]
  const [from, to] = [format(low), format(high)]
  if (from === to) return ''
  return interval ? `[${from}, ${to}]` : `${from} … ${to}`
}
