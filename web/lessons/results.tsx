import { withUnit } from '../../scenarios/stats/words.ts'
import { useStage } from './context.ts'
import { Compared } from './prediction.tsx'

/** What was predicted beside what came, and every figure that the lesson reads off its run. */
export function Findings() {
  const { lesson, predicted, first } = useStage()
  if (!first.value) return null
  return (
    <>
      <Compared prediction={lesson.prediction} answer={predicted.value} seen={first.value} />
      <Figures />
    </>
  )
}

/** The figures of the run, and of the changed one beside them. */
function Figures() {
  const { lesson, first, compared } = useStage()
  const labels = withoutWhatAllShare(Object.values(lesson.measures).map(({ label }) => label))
  const outcomes = [first.value, compared.value?.after].filter((outcome) => outcome !== undefined)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label="What was read off the run">
      <table class="readings">
        <thead>
          <tr>
            <th scope="col">Read off your run</th>
            <th scope="col">value</th>
            {compared.value && <th scope="col">{compared.value.option}</th>}
            <th scope="col">n</th>
            <th scope="col">origin</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(lesson.measures).map(([id, measure], row) => {
            const readings = outcomes.map((outcome) => measure.read(outcome))
            const [reading] = readings
            return (
              <tr key={id}>
                <th scope="row">{labels[row]}</th>
                {readings.map((each, index) => (
                  <td key={index}>{each ? withUnit(each.value, each.unit) : '–'}</td>
                ))}
                <td>{reading?.n ?? ''}</td>
                <td>{reading?.origin ?? ''}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

/** "Short polling: mean delay" is "mean delay" where the table is about short polling alone. */
function withoutWhatAllShare(labels: readonly string[]): readonly string[] {
  const prefix = labels[0]?.slice(0, labels[0].indexOf(': ') + 2) ?? ''
  return labels.every((label) => label.startsWith(prefix))
    ? labels.map((label) => label.slice(prefix.length))
    : labels
}
