import type { Report } from '../../scenarios/report.ts'
import { median } from '../../scenarios/stats/bootstrap.ts'
import type { FigureId } from '../../scenarios/stats/figures.ts'
import { runsOf, type Summary } from '../../scenarios/stats/summary.ts'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import { patternOf, segmentNames } from '../ui/patterns.ts'
import { axis, Plot, still } from '../ui/plot.tsx'
import type { Palette } from '../ui/theme.ts'
import { format } from './format.ts'

interface BytesProps {
  report: Report
  label: string
  summaries: readonly Summary[]
}

/** What a delivery's bytes are made of. Medians of parts need not add up to the median of the whole. */
export function Bytes({ report, label, summaries }: BytesProps) {
  const rows = summaries
    .filter(({ figures }) => figures.bytes)
    .map((summary) => ({ transport: summary.transport, ...partsOf(report, label, summary) }))
  if (rows.length === 0) return null

  const build = (colours: Palette) => {
    const base = still(colours, false)
    return {
      type: 'bar' as const,
      data: {
        labels: rows.map(({ transport }) => looks[transport].label),
        datasets: [
          ...segmentNames.map((name) => ({
            label: name,
            data: rows.map((row, y) => ({ x: row[name], y })),
            stack: 'parts',
            barPercentage: 1,
            backgroundColor: patternOf(name, colours),
            borderColor: colours.segmentInk,
            borderWidth: 1,
          })),
          {
            label: 'of it in empty polls',
            data: rows.map((row, y) => ({ x: row.empty, y })),
            stack: 'empty',
            barPercentage: 0.6,
            backgroundColor: patternOf('empty', colours),
            borderColor: colours.text,
            borderWidth: 1,
          },
        ],
      },
      options: {
        ...base,
        indexAxis: 'y' as const,
        scales: {
          x: { ...axis(colours, 'bytes a delivery'), type: 'linear' as const, stacked: true, min: 0 },
          y: {
            ...axis(colours),
            type: 'category' as const,
            stacked: true,
            grid: { display: false },
            ticks: { ...axis(colours).ticks, color: colours.text },
          },
        },
        plugins: {
          ...base.plugins,
          tooltip: {
            ...base.plugins.tooltip,
            callbacks: {
              label: ({ dataset, parsed }: { dataset: { label?: string }; parsed: { x: number | null } }) =>
                `${dataset.label}: ${format(parsed.x ?? undefined)} B`,
            },
          },
        },
      },
    }
  }

  return (
    <Plot
      title="Bytes a delivery"
      about="All bytes on the readers’ sockets, both ways, over the entries sent to them; medians of the valid runs. What publishing took is not in it. The narrower bar is a cross-cut: what empty polls took of it all."
      label="Bytes a delivery by part and transport. The table below holds the values."
      build={build}
      of={[report, label]}
      height={6 + 3 * rows.length}
    >
      <details class="behind">
        <summary>As a table: bytes a delivery by part</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <section class="scroll" tabIndex={0} aria-label="Bytes a delivery by part">
          <table>
            <thead>
              <tr>
                <th scope="col">transport</th>
                {segmentNames.map((name) => (
                  <th key={name} scope="col">
                    {name}, B
                  </th>
                ))}
                <th scope="col">of it in empty polls, B</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.transport}>
                  <th scope="row">
                    <Mark of={row.transport} />
                    {looks[row.transport].label}
                  </th>
                  {[...segmentNames, 'empty' as const].map((name) => (
                    <td key={name}>{format(row[name])}</td>
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

function partsOf(report: Report, label: string, { transport, figures }: Summary) {
  const of = (id: FigureId) => figures[id]?.median ?? 0
  const empty = runsOf(report, label, transport).flatMap(({ invalid, readersTally }) => {
    const { emptyBytesIn, emptyBytesOut, entriesOut } = readersTally
    return invalid === undefined && entriesOut > 0 ? [(emptyBytesIn + emptyBytesOut) / entriesOut] : []
  })
  return {
    payload: of('bytes') - of('overhead'),
    heads: of('heads'),
    framing: of('framing'),
    control: of('control'),
    empty: empty.length > 0 ? median(empty) : 0,
  }
}
