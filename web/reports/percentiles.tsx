import type { Report, Run } from '../../scenarios/report.ts'
import type { Summary } from '../../scenarios/stats/summary.ts'
import { runsOf } from '../../scenarios/stats/summary.ts'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import { axis, logarithmic, Plot, scaled, still } from '../ui/plot.tsx'
import type { Palette } from '../ui/theme.ts'
import { format } from './format.ts'

interface PercentilesProps {
  report: Report
  label: string
  summaries: readonly Summary[]
}

/** Percentiles on an axis that gives each nine as much room as the one before it: where the tail is, one can see it. */
export function Percentiles({ report, label, summaries }: PercentilesProps) {
  const lines = summaries.flatMap(({ transport }) => {
    const valid = runsOf(report, label, transport).filter(
      ({ invalid, latency }) => invalid === undefined && latency.curve.length > 0,
    )
    const middle = middleRun(valid)
    return valid.map((run) => ({ transport, bold: run === middle, points: pointsOf(run) }))
  })
  if (lines.length === 0) return null
  const values = lines.flatMap(({ points }) => points.map(({ y }) => y))
  const last = Math.max(1, ...lines.flatMap(({ points }) => points.map(({ x }) => x)))

  const build = (colours: Palette) => ({
    type: 'line' as const,
    data: {
      datasets: lines
        .toSorted((one, other) => Number(other.bold) - Number(one.bold))
        .map(({ transport, bold, points }) => ({
          label: looks[transport].label,
          data: points,
          borderColor: bold ? colours.lanes[transport] : faint(colours.lanes[transport]),
          borderWidth: scaled(bold ? 2.6 : 1),
          borderDash: [...looks[transport].dash],
          pointRadius: 0,
          pointHitRadius: bold ? 6 : 0,
          order: bold ? 0 : 1,
        })),
    },
    options: {
      ...still(colours, false),
      scales: {
        x: {
          ...axis(colours, 'of all deliveries, this share came no later'),
          type: 'linear' as const,
          min: 0,
          max: last,
          afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
            scale.ticks = nines.filter(([place]) => place <= last + 1e-9).map(([value]) => ({ value }))
          },
          ticks: {
            ...axis(colours).ticks,
            callback: (value: number | string) => nines.find(([place]) => place === value)?.[1] ?? '',
          },
        },
        y: logarithmic(colours, 'ms', values),
      },
      plugins: {
        ...still(colours, false).plugins,
        legend: {
          ...still(colours, false).plugins.legend,
          onClick: () => {},
          labels: {
            ...still(colours, false).plugins.legend.labels,
            boxWidth: 34,
            boxHeight: 0,
            filter: ({ datasetIndex }: { datasetIndex?: number }) =>
              (datasetIndex ?? 0) < lines.filter(({ bold }) => bold).length,
          },
        },
        tooltip: {
          ...still(colours, false).plugins.tooltip,
          callbacks: {
            title: () => '',
            label: ({
              dataset,
              parsed,
            }: {
              dataset: { label?: string }
              parsed: { x: number | null; y: number | null }
            }) => `${dataset.label}: ${percent(parsed.x ?? 0)} within ${format(parsed.y ?? 0)} ms`,
          },
        },
      },
    },
  })

  return (
    <Plot
      title="Delivery time by percentile"
      about="Each nine has as much room as the one before it. Thin: every valid run; bold: the run whose median is the middle one. Milliseconds, logarithmic."
      label="Percentiles of delivery time, a line for each run. The table below holds those of the middle run of each transport."
      build={build}
      of={[report, label]}
      height={24}
    >
      <Behind report={report} label={label} summaries={summaries} />
    </Plot>
  )
}

/** A share of deliveries and its place on the axis: log10 of 1/(1−p). */
const nines: readonly [number, string][] = [
  [0, '0 %'],
  [Math.log10(2), '50 %'],
  [1, '90 %'],
  [2, '99 %'],
  [3, '99.9 %'],
  [4, '99.99 %'],
  [5, '99.999 %'],
  [6, '99.9999 %'],
]

const percent = (place: number) => `${Number((100 * (1 - 10 ** -place)).toPrecision(6))} %`

/** The last point, 100 %, has no place on this axis; it is drawn where the slowest of n deliveries begins. */
function pointsOf({ latency: { curve, n } }: Run): { x: number; y: number }[] {
  const end = Math.log10(Math.max(2, n))
  return curve
    .map(([quantile, ms]) => ({ x: quantile < 1 ? Math.min(end, -Math.log10(1 - quantile)) : end, y: ms }))
    .filter(({ y }) => y > 0)
}

/** Of an odd number of runs the one with the middle median; of an even number the lower of the two. */
function middleRun(runs: readonly Run[]): Run | undefined {
  return runs.toSorted((one, other) => (one.latency.p50 ?? 0) - (other.latency.p50 ?? 0))[
    Math.floor((runs.length - 1) / 2)
  ]
}

/** The same colour, so that single runs stand behind the bold one. */
const faint = (rgb: string) => rgb.replace('rgb(', 'rgba(').replace(')', ', 0.4)')

function Behind({ report, label, summaries }: PercentilesProps) {
  const columns = ['n', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const
  return (
    <details class="behind">
      <summary>As a table: the middle run of each transport</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="scroll" tabIndex={0} aria-label="Percentiles of the middle runs">
        <table>
          <thead>
            <tr>
              <th scope="col">transport</th>
              {columns.map((name) => (
                <th key={name} scope="col">
                  {name === 'n' ? 'n' : `${name === 'p999' ? 'p99.9' : name}, ms`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {summaries.map(({ transport }) => {
              const run = middleRun(
                runsOf(report, label, transport).filter(({ invalid }) => invalid === undefined),
              )
              return (
                <tr key={transport}>
                  <th scope="row">
                    <Mark of={transport} />
                    {looks[transport].label}
                  </th>
                  {columns.map((name) => (
                    <td key={name}>{format(run?.latency[name])}</td>
                  ))}
                </tr>
              )
            })}
          </tbody>
        </table>
      </section>
    </details>
  )
}
