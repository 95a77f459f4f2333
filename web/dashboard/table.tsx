import { useSignal } from '@preact/signals'
import { Term } from '../ui/explain.tsx'
import { onLoopback } from '../ui/host.ts'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import {
  type Figure,
  type FigureName,
  figures,
  format,
  knownFigures,
  type Row,
  timesBest,
} from './figures.ts'

/** Every figure of every lane, and how many times the best lane's it is. */
export function FigureTable({ rows }: { rows: readonly Row[] }) {
  const order = useSignal<{ by: FigureName; descending: boolean } | undefined>(undefined)
  const sortBy = (by: FigureName) => {
    const now = order.value
    // Up, down, and back to the order of the lanes.
    if (now?.by !== by) order.value = { by, descending: false }
    else order.value = now.descending ? undefined : { by, descending: true }
  }
  const names = knownFigures(onLoopback())
  const direction = (name: FigureName) => {
    if (order.value?.by !== name) return 'none'
    return order.value.descending ? 'descending' : 'ascending'
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-labelledby="table-title">
      <table class="every-figure">
        <thead>
          <tr>
            <th scope="col">transport</th>
            {names.map((name) => (
              <th key={name} scope="col" aria-sort={direction(name)}>
                <Term of={figures[name].explanation}>{figures[name].label}</Term>
                <button
                  type="button"
                  class="sort"
                  aria-label={`Sort by ${figures[name].label}`}
                  onClick={() => sortBy(name)}
                >
                  {{ none: '↕', ascending: '↑', descending: '↓' }[direction(name)]}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted(rows, order.value).map((row) => (
            <tr key={row.transport}>
              <th scope="row">
                <Mark of={row.transport} />
                {looks[row.transport].label}
              </th>
              {names.map((name) => (
                <Cell key={name} name={name} row={row} rows={rows} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Cell({ name, row, rows }: { name: FigureName; row: Row; rows: readonly Row[] }) {
  const { value, unit, cost }: Figure = figures[name]
  const times = timesBest(name, row, rows)
  return (
    <td data-best={times === 1}>
      {format(value(row), unit)}
      {cost && <small>{times === undefined ? ' ' : `× ${times.toFixed(2)}`}</small>}
    </td>
  )
}

function sorted(
  rows: readonly Row[],
  order: { by: FigureName; descending: boolean } | undefined,
): readonly Row[] {
  if (!order) return rows
  const { value }: Figure = figures[order.by]
  const sign = order.descending ? -1 : 1
  // What is not known stands last either way.
  return rows.toSorted((one, other) => {
    const [a, b] = [value(one), value(other)]
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
    return sign * (a - b)
  })
}
