import './strip.css'
import { useStage } from './context.ts'
import { currentStep, isOpen, stepNames, steps } from './steps.ts'

/** The five steps: where one stands, where one can go, and the one thing to do next. */
export function Strip() {
  const { done, running, run, stop } = useStage()
  const current = currentStep(done.value)
  const at = current ? steps.indexOf(current) : steps.length
  return (
    <nav class="lesson-strip" aria-label="Steps of this lesson">
      <ol>
        {steps.map((step, index) => (
          <li key={step} aria-current={step === current ? 'step' : undefined} data-done={index < at}>
            <button type="button" disabled={!isOpen(step, done.value)} onClick={() => goTo(step)}>
              <span class="number" aria-hidden="true">
                {index < at ? '✓' : index + 1}
              </span>
              <span class="name">{stepNames[step]}</span>
              {index < at && <span class="unseen"> (done)</span>}
            </button>
          </li>
        ))}
      </ol>
      {running.value ? (
        <button type="button" class="go" data-testid="stop" onClick={stop}>
          Stop
        </button>
      ) : (
        <button
          type="button"
          class={current === 'run' || current === 'change' ? 'go primary' : 'go'}
          data-testid="run"
          disabled={!done.value.predicted}
          title={done.value.predicted ? undefined : 'Predict first'}
          onClick={() => void run()}
        >
          {done.value.ran ? 'Run again' : 'Run'}
        </button>
      )}
    </nav>
  )
}

/** Where a step is: the run is in the figure, all others are in the text. */
function goTo(step: (typeof steps)[number]): void {
  const place = document.getElementById(`step-${step}`)
  place?.focus({ preventScroll: true })
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
  place?.scrollIntoView({ behavior: calm ? 'auto' : 'smooth', block: 'start' })
}
