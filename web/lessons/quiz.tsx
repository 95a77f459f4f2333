import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { Quiz as QuizData } from '../../scenarios/lessons/lesson.ts'

/** One question. A wrong answer is told what is wrong with it, and one tries again. */
export function Quiz({ quiz, onRight }: { quiz: QuizData; onRight(): void }) {
  const chosen = useSignal<number | undefined>(undefined)
  const name = useId()
  const answer = chosen.value === undefined ? undefined : quiz.options[chosen.value]
  return (
    <section class="quiz" id="quiz" aria-labelledby="head-quiz">
      <h2 id="head-quiz">One question</h2>
      <fieldset>
        <legend>{quiz.question}</legend>
        {quiz.options.map(({ text, right }, index) => (
          <label key={text} class="choice">
            <input
              type="radio"
              name={name}
              data-right={right ?? false}
              checked={chosen.value === index}
              onChange={() => {
                chosen.value = index
                if (right) onRight()
              }}
            />
            <span>{text}</span>
          </label>
        ))}
      </fieldset>
      <p class="verdict" role="status" data-right={answer?.right ?? false}>
        {answer && (
          <>
            <b>{answer.right ? '✓ Right.' : '✗ Not so.'}</b> {answer.because}
          </>
        )}
      </p>
    </section>
  )
}
