import type { Report } from '../../scenarios/report.ts'
import type { Sweep as SweepOf } from '../../scenarios/scenario.ts'
import { type FigureId, type FigureOf, figures } from '../../scenarios/stats/figures.ts'
import { casesOf, type Summary } from '../../scenarios/stats/summary.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import { axis, logarithmic, Plot, scaled, still } from '../ui/plot.tsx'
import { stamp } from '../ui/stamp.ts'
import type { Palette } from '../ui/theme.ts'
import { format, formatWithUnit } from './format.ts'
import { axisTitle, spansDecades } from './strips.tsx'
import { swept } from './swept.ts'

/** What is drawn against the swept value, as far as it was measured. */
const drawn: readonly FigureId[] = [
  'latency.p50',
  'latency.p99',
  'bytes',
  'requests',
  'cpu',
  'deliveries-per-cpu-second',
  'memory',
  'empty-share',
]

interface SweepProps {
  report: Report
  /** Of all cases. */
  summaries: readonly Summary[]
}

/** How each figure goes as one thing grows: a line for each transport through its medians. */
export function Sweep({ report, summaries }: SweepProps) {
  const { sweep } = report.scenario
  if (!sweep) return null
  const labels = casesOf(report)
  const shown = figures.filter(
    ({ id }) => drawn.includes(id) && summaries.filter((each) => each.figures[id]).length > 1,
  )
  return (
    <section class="card sweep" aria-labelledby="sweep-title">
      <h2 id="sweep-title">Against {swept[sweep.of].replace(/, .*/, '')}</h2>
      <p class="hint">
        Medians of the valid runs; the upright strokes reach from the lowest run to the highest.
      </p>
      <div class="multiples">
        {shown.map((figure) => (
          <Against
            key={figure.id}
            figure={figure}
            sweep={sweep}
            labels={labels}
            report={report}
            summaries={summaries}
          />
        ))}
      </div>
    </section>
  )
}

interface AgainstProps extends SweepProps {
  figure: FigureOf
  sweep: SweepOf
  labels: readonly string[]
}

function Against({ figure, sweep, labels, report, summaries }: AgainstProps) {
  const { id } = figure
  const numbers = sweep.values.filter((value) => typeof value === 'number')
  const log = spansDecades(numbers)
  /** True and false have no place on a scale but one beside the other; nor has nothing on one that spans decades. */
  const beside = numbers.length === 0 || (!log && spansDecades(numbers.filter((value) => value !== 0)))
  const place = (value: number | boolean) => (beside ? sweep.values.indexOf(value) : Number(value))
  const lines = report.scenario.transports.map((transport) => ({
    transport,
    points: labels.flatMap((label, index) => {
      const estimate = find(summaries, label, transport)?.figures[id]
      const value = sweep.values[index]
      return estimate && value !== undefined
        ? [{ x: place(value), y: estimate.median, points: estimate.points }]
        : []
    }),
  }))
  const heights = lines.flatMap(({ points }) => points.flatMap(({ points }) => points))
  const tall = spansDecades(heights)

  const build = (colours: Palette) => {
    const base = still(colours, true)
    const bottom = axis(
      colours,
      beside && numbers.length > 0 ? `${swept[sweep.of]} (not to scale)` : swept[sweep.of],
    )
    return {
      type: 'line' as const,
      data: {
        datasets: lines.flatMap(({ transport, points }) => {
          const colour = colours.lanes[transport]
          return [
            {
              label: looks[transport].label,
              data: points.map(({ x, y }) => ({ x, y })),
              borderColor: colour,
              backgroundColor: colour,
              borderWidth: scaled(2),
              borderDash: [...looks[transport].dash],
              pointStyle: stamp(transport, colour, scaled(4)),
              pointHitRadius: 8,
              // A mark on the edge is a whole one.
              clip: false as const,
            },
            ...points.map(({ x, points }) => ({
              label: '',
              data: [
                { x, y: Math.min(...points) },
                { x, y: Math.max(...points) },
              ],
              borderColor: colour,
              borderWidth: 1.5,
              pointRadius: 0,
              pointHitRadius: 0,
            })),
          ]
        }),
      },
      options: {
        ...base,
        scales: {
          x: log
            ? logarithmic(colours, swept[sweep.of], numbers)
            : {
                ...bottom,
                type: 'linear' as const,
                min: beside ? -0.5 : undefined,
                max: beside ? sweep.values.length - 0.5 : undefined,
                afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
                  scale.ticks = sweep.values.map((value) => ({ value: place(value) }))
                },
                ticks: {
                  ...bottom.ticks,
                  callback: (at: number | string) => {
                    const value = sweep.values.find((each) => place(each) === at)
                    return typeof value === 'boolean'
                      ? value
                        ? 'on'
                        : 'off'
                      : (value ?? '').toLocaleString('en')
                  },
                },
              },
          y: tall
            ? logarithmic(colours, figure.unit, heights)
            : { ...axis(colours, figure.unit), type: 'linear' as const, beginAtZero: true },
        },
        plugins: {
          ...base.plugins,
          legend: {
            ...base.plugins.legend,
            onClick: () => {},
            labels: { ...base.plugins.legend.labels, filter: ({ text }: { text: string }) => text !== '' },
          },
          tooltip: {
            ...base.plugins.tooltip,
            callbacks: {
              title: () => '',
              label: ({ dataset, parsed }: { dataset: { label?: string }; parsed: { y: number | null } }) =>
                `${dataset.label}: ${formatWithUnit(parsed.y ?? undefined, figure.unit)}`,
            },
          },
        },
      },
    }
  }

  return (
    <Plot
      title={axisTitle(figure)}
      about={figure.formula}
      label={`${figure.label} of each transport against ${swept[sweep.of]}. The table below holds the values.`}
      build={build}
      of={[report, id]}
    >
      <details class="behind">
        <summary>As a table</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <section class="scroll" tabIndex={0} aria-label={`${figure.label} by case`}>
          <table>
            <thead>
              <tr>
                <th scope="col">transport</th>
                {labels.map((label) => (
                  <th key={label} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {lines.map(({ transport }) => (
                <tr key={transport}>
                  <th scope="row">
                    <Mark of={transport} />
                    {looks[transport].label}
                  </th>
                  {labels.map((label) => (
                    <td key={label}>{format(find(summaries, label, transport)?.figures[id]?.median)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </Plot>
  )
}

const find = (summaries: readonly Summary[], label: string, transport: TransportName) =>
  summaries.find((each) => each.case === label && each.transport === transport)
