import { figures as explained, format, formatBytes } from '../dashboard/figures.ts'
import { type Explanation, Term } from '../ui/explain.tsx'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import type { Chat } from './chat.ts'
import type { Talk } from './talk.ts'

const meter = 'by the server at its TCP sockets: every byte, heads included.'
const bytes = (title: string, formula: string): Explanation => ({
  title,
  text: 'Everything that crossed the TCP connections for this page over this transport, in this direction.',
  formula,
  origin: 'measured',
  by: meter,
})

const columns: readonly { label: string; of: Explanation }[] = [
  { label: 'requests', of: explained.requests.explanation },
  { label: 'in', of: bytes('Bytes in', 'bytes the server read') },
  { label: 'out', of: bytes('Bytes out', 'bytes the server wrote') },
  { label: 'p50 ms', of: explained.p50.explanation },
  { label: 'n', of: explained.n.explanation },
]

/** What this page has cost at the server, by transport. */
export function Costs({ chat, talk }: { chat: Chat; talk: Talk }) {
  const { delivered, missed, duplicated } = talk.sequence.value
  return (
    <section class="costs" aria-labelledby="costs-title">
      <h2 id="costs-title">What it costs</h2>
      <div class="scroll">
        <table data-testid="costs">
          <thead>
            <tr>
              <th scope="col">over</th>
              {columns.map(({ label, of }) => (
                <th key={label} scope="col">
                  <Term of={of}>{label}</Term>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {chat.figures.costs.value.map(({ name, tally, p50, n }) => (
              <tr key={name} data-lane={name} data-now={name === chat.place.value.over}>
                <th scope="row">
                  <Mark of={name} /> {looks[name].short}
                </th>
                <td>{tally.requests}</td>
                <td>{formatBytes(tally.bytesIn)}</td>
                <td>{formatBytes(tally.bytesOut)}</td>
                <td>{format(p50, 'ms')}</td>
                <td>{n}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="hint" data-testid="sequence">
        Here since you came: {delivered} <Term of={explained.delivered.explanation}>delivered</Term>, {missed}{' '}
        <Term of={explained.missed.explanation}>missed</Term>, {duplicated}{' '}
        <Term of={explained.duplicated.explanation}>twice</Term>.
      </p>
    </section>
  )
}
