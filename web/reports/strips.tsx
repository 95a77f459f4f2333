import { useSignal } from '@preact/signals'
import type { Report } from '../../scenarios/report.ts'
import { type FigureId, type FigureOf, figureOf, figures } from '../../scenarios/stats/figures.ts'
import { type Estimate, runsOf, type Summary } from '../../scenarios/stats/summary.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import { axis, logarithmic, Plot, scaled, still } from '../ui/plot.tsx'
import { stamp } from '../ui/stamp.ts'
import type { Palette } from '../ui/theme.ts'
import { format, formatWithUnit } from './format.ts'

interface StripsProps {
  report: Report
  label: string
  summaries: readonly Summary[]
  figure: FigureId
  onFigure(figure: FigureId): void
}

interface Dot {
  value: number
  y: number
  repetition: number
  invalid: boolean
}

/** Every repetition as a mark of its own, in a row for each transport: what a median leaves out. */
export function Strips({ report, label, summaries, figure: chosen, onFigure }: StripsProps) {
  const relative = useSignal(false)
  const offered = figures.filter(({ id }) => summaries.some((each) => each.figures[id]))
  // A case with few deliveries has no 99th percentile, and another figure stands in.
  const figure = offered.find(({ id }) => id === chosen) ?? offered[0] ?? figureOf(chosen)
  const { id } = figure
  const scale = ({ median }: Estimate) => (relative.value && median !== 0 ? 100 / median : 1)
  const rows = summaries.map((summary, row) => {
    const estimate = summary.figures[id]
    const by = estimate ? scale(estimate) : 1
    return {
      transport: summary.transport,
      estimate,
      dots: dotsOf(report, label, summary.transport, figure, row),
      at: (value: number | undefined) => (value === undefined ? Number.NaN : value * by),
    }
  })
  const values = rows.flatMap(({ dots, at }) => dots.map(({ value }) => at(value)))
  const log = spansDecades(values)
  const title = relative.value ? `${figure.label}, % of each transport’s median` : axisTitle(figure)

  const build = (colours: Palette) => {
    const base = still(colours, true)
    return {
      type: 'scatter' as const,
      data: {
        datasets: rows.flatMap(({ transport, dots, estimate, at }, row) => {
          const colour = colours.lanes[transport]
          const [low, high] = estimate?.interval ?? []
          return [
            {
              label: looks[transport].label,
              data: dots.map((dot) => ({ ...dot, x: at(dot.value) })),
              pointStyle: dots.map(({ invalid }) => stamp(transport, colour, scaled(5), invalid)),
              pointRadius: 6,
              // A mark on the edge is a whole one.
              clip: false as const,
            },
            // The median as an upright stroke, its interval as a line beneath.
            line(
              [
                { x: at(estimate?.median), y: row - 0.32 },
                { x: at(estimate?.median), y: row + 0.32 },
              ],
              colours.text,
              2.5,
            ),
            line(
              [
                { x: at(low), y: row + 0.32 },
                { x: at(high), y: row + 0.32 },
              ],
              colours.text,
              2.5,
            ),
          ]
        }),
      },
      options: {
        ...base,
        scales: {
          x: log
            ? logarithmic(colours, title, values)
            : { ...axis(colours, title), type: 'linear' as const, beginAtZero: !relative.value },
          y: {
            ...axis(colours),
            type: 'linear' as const,
            reverse: true,
            min: -0.5,
            max: rows.length - 0.5,
            grid: { display: false },
            afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
              scale.ticks = rows.map((_, value) => ({ value }))
            },
            ticks: {
              ...axis(colours).ticks,
              color: colours.text,
              callback: (value: number | string) => {
                const transport = rows[Number(value)]?.transport
                return transport ? looks[transport].label : ''
              },
            },
          },
        },
        plugins: {
          ...base.plugins,
          legend: { display: false },
          tooltip: {
            ...base.plugins.tooltip,
            filter: ({ raw }: { raw: unknown }) => isDot(raw),
            callbacks: {
              label: ({ raw, dataset }: { raw: unknown; dataset: { label?: string } }) =>
                isDot(raw)
                  ? `${dataset.label}, run ${raw.repetition}${raw.invalid ? ' (invalid)' : ''}: ${formatWithUnit(raw.value, figure.unit)}`
                  : '',
            },
          },
        },
      },
    }
  }

  return (
    <Plot
      title={
        <>
          Run by run{' '}
          <select
            aria-label="Figure to show run by run"
            value={id}
            onChange={({ currentTarget }) => onFigure(figureOf(currentTarget.value).id)}
          >
            {offered.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
          <label class="check">
            <input
              type="checkbox"
              checked={relative.value}
              onChange={({ currentTarget }) => {
                relative.value = currentTarget.checked
              }}
            />
            around each median
          </label>
        </>
      }
      about={`Each mark is one run; the stroke is the median of the valid ones${
        rows.some(({ estimate }) => estimate?.interval)
          ? ', the line under it its 95 % interval'
          : '; with fewer than 10 there is no interval'
      }. Hollow: an invalid run.${log ? ' Logarithmic.' : ''}`}
      label={`${figure.label} of every run. The table below holds the values.`}
      build={build}
      of={[report, label, id, relative.value]}
      height={4 + 3 * rows.length}
    >
      <details class="behind">
        <summary>As a table: {figure.label.toLowerCase()} of each run</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <section class="scroll" tabIndex={0} aria-label={`${figure.label} of each run`}>
          <table>
            <tbody>
              {rows.map(({ transport, dots, estimate }) => (
                <tr key={transport}>
                  <th scope="row">
                    <Mark of={transport} />
                    {looks[transport].label}
                  </th>
                  <td>
                    <b>{formatWithUnit(estimate?.median, figure.unit)}</b>
                  </td>
                  {dots.map(({ value, repetition, invalid }) => (
                    <td key={repetition}>
                      {format(value)}
                      {invalid && <small> invalid</small>}
                    </td>
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

/** Spread over the row by a fixed pattern, so that equal values do not hide each other; the height means nothing. */
function dotsOf(
  report: Report,
  label: string,
  transport: TransportName,
  figure: FigureOf,
  row: number,
): Dot[] {
  return runsOf(report, label, transport).flatMap((run, index) => {
    const value = figure.value(run)
    const y = row + (((index * 2) % 5) - 2) * 0.09
    return value === undefined
      ? []
      : [{ value, y, repetition: run.repetition, invalid: run.invalid !== undefined }]
  })
}

const isDot = (raw: unknown): raw is Dot => typeof raw === 'object' && raw !== null && 'repetition' in raw

const line = (data: { x: number; y: number }[], colour: string, width: number) => ({
  type: 'line' as const,
  label: '',
  data,
  borderColor: colour,
  borderWidth: width,
  pointRadius: 0,
  pointHitRadius: 0,
  order: -1,
})

export const axisTitle = ({ label, unit }: FigureOf): string => (unit ? `${label}, ${unit}` : label)

/** Whether a linear axis would press the small values into one line. Zero has no place on a logarithmic one. */
export function spansDecades(values: readonly number[]): boolean {
  const low = Math.min(...values)
  return values.length > 0 && low > 0 && Math.max(...values) / low > 10
}
