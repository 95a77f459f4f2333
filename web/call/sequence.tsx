import './sequence.css'
import { written } from '../../scenarios/stats/words.ts'
import type { Step } from './peer.ts'

interface SequenceProps {
  /** The instant that times count from, by the page's clock. */
  from: number
  /** One end of a call, or both where this page holds both: the first stands left, the second right. */
  sides: readonly { name: string; steps: readonly Step[] }[]
  caption: string
}

/** What was done when, from top to bottom. All times are of one clock, that of this page. */
export function Sequence({ from, sides, caption }: SequenceProps) {
  const rows = sides
    .flatMap(({ steps }, side) => steps.map((step) => ({ side, step })))
    .sort((one, other) => one.step.at - other.step.at)
  return (
    <div class="scroll sequence">
      <table data-testid="sequence">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">ms</th>
            {sides.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ side, step }, index) => (
            <tr key={index} data-step={step.name} data-way={step.way}>
              <td>{(step.at - from).toFixed(1)}</td>
              {sides.map(({ name }, column) => (
                <td key={name}>{column === side && <Cell step={step} isLeft={side === 0} />}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Cell({ step: { name, way, took, detail }, isLeft }: { step: Step; isLeft: boolean }) {
  const arrow = way === 'here' ? '·' : (way === 'out') === isLeft ? '→' : '←'
  return (
    <>
      <span aria-hidden="true">{arrow}</span> {name}
      {took !== undefined && <small> acknowledged after {written(took)} ms</small>}
      {detail !== undefined && <small class="detail"> {detail}</small>}
    </>
  )
}
