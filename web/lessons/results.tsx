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
  const outcomes = [first.value, compared.value?.after].filter((outcome) => outcome !== undefined)
  return (
    <div class="scroll">
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
          {Object.entries(lesson.measures).map(([id, measure]) => {
            const readings = outcomes.map((outcome) => measure.read(outcome))
            const [reading] = readings
            return (
              <tr key={id}>
                <th scope="row">{measure.label}</th>
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
    </div>
  )
}
