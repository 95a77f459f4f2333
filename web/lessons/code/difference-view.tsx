import { useEffect, useState } from 'preact/hooks'
import { pairLines } from './difference.ts'
import { Line } from './line.tsx'
import { sourceOf } from './sources.ts'

/** Two files side by side. A line that only one of them has is marked by a sign too, not by colour alone. */
export function Difference({ left, right }: { left: string; right: string }) {
  const [sources, setSources] = useState<readonly string[]>([])
  useEffect(() => {
    Promise.all([sourceOf(left), sourceOf(right)]).then(setSources, ({ message }: Error) =>
      setSources([message, '']),
    )
  }, [left, right])
  const [one, other] = sources
  if (one === undefined || other === undefined) return null
  const pairs = pairLines(one, other)
  return (
    <div class="scroll">
      <table class="difference">
        <caption>{pairs.filter(({ same }) => same).length} lines are the same</caption>
        <thead>
          <tr>
            <th scope="col">{left}</th>
            <th scope="col">{right}</th>
          </tr>
        </thead>
        <tbody>
          {pairs.map((pair, index) => (
            <tr key={index} data-same={pair.same}>
              <td>{pair.left !== undefined && <Signed sign="−" pair={pair.same} text={pair.left} />}</td>
              <td>{pair.right !== undefined && <Signed sign="+" pair={pair.same} text={pair.right} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Signed({ sign, pair, text }: { sign: string; pair: boolean; text: string }) {
  return (
    <>
      <span class="sign">{pair ? ' ' : sign}</span>
      <Line text={text} />
    </>
  )
}
