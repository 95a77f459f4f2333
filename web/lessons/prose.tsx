import './forms.css'
import type { ComponentChildren } from 'preact'
import { withUnit } from '../../scenarios/stats/words.ts'
import { ChangeIt } from './change.tsx'
import { useStage } from './context.ts'
import { Hints } from './hints.tsx'
import { PredictionForm } from './prediction.tsx'
import { Findings } from './results.tsx'
import { Term } from './term.tsx'

/** The components that a lesson's prose is handed. The four sections come in this order, each once. */
export const proseComponents = { Before, Observe, Explain, Change, Measured, Claim, Term }

interface Section {
  children: ComponentChildren
}

/** What one should know before the run, and then the prediction. */
function Before({ children }: Section) {
  const { lesson, predicted, predict, first } = useStage()
  return (
    <>
      <section id="step-before" aria-labelledby="head-before">
        <h2 id="head-before">Before you run</h2>
        {children}
      </section>
      <section id="step-predict" tabIndex={-1} aria-labelledby="head-predict">
        <h2 id="head-predict">Predict</h2>
        <PredictionForm
          name="prediction"
          prediction={lesson.prediction}
          answer={predicted.value}
          isLocked={first.value !== undefined}
          onPredict={predict}
        />
        <Hints hints={lesson.hints} />
      </section>
    </>
  )
}

/** What to look at, beside what was predicted; there once something was measured. */
function Observe({ children }: Section) {
  const { first, done, explain } = useStage()
  return (
    <section id="step-observe" tabIndex={-1} aria-labelledby="head-observe" data-locked={!first.value}>
      <h2 id="head-observe">Observe</h2>
      {first.value ? (
        <>
          {children}
          <Findings />
          {!done.value.explained && (
            <p class="row">
              <button type="button" class="primary" data-testid="explain" onClick={explain}>
                Show the explanation
              </button>
            </p>
          )}
        </>
      ) : (
        <p class="hint">After the run.</p>
      )}
    </section>
  )
}

/** Why it came out so. Its figures are the run's own. */
function Explain({ children }: Section) {
  const { done } = useStage()
  return (
    <section
      id="step-explain"
      tabIndex={-1}
      aria-labelledby="head-explain"
      data-locked={!done.value.explained}
    >
      <h2 id="head-explain">Explain</h2>
      {done.value.explained ? children : <p class="hint">After you have looked at what was measured.</p>}
    </section>
  )
}

function Change({ children }: Section) {
  const { done } = useStage()
  return (
    <section id="step-change" tabIndex={-1} aria-labelledby="head-change" data-locked={!done.value.explained}>
      <h2 id="head-change">Change it</h2>
      {done.value.explained ? (
        <>
          {children}
          <ChangeIt />
        </>
      ) : (
        <p class="hint">After the explanation.</p>
      )}
    </section>
  )
}

/** A figure of the run itself, with n where it is a statistic and with where it comes from. */
function Measured({ id }: { id: string }) {
  const { lesson, first } = useStage()
  const measure = lesson.measures[id]
  const reading = first.value && measure?.read(first.value)
  if (!measure) return <span class="problem">[there is no measure “{id}”]</span>
  if (!reading) return <span class="measured">[not measured]</span>
  const { value, unit, n, origin } = reading
  return (
    <span class="measured" data-measure={id} data-origin={origin} title={`${measure.label}: ${origin}`}>
      {withUnit(value, unit)}
      {n !== undefined && <small> (n = {n})</small>}
      {origin !== 'measured' && <small> ({origin})</small>}
    </span>
  )
}

/** A sentence that the run must bear out. Where it does not, the page says so. */
function Claim({ id, children }: { id: string; children: ComponentChildren }) {
  const { lesson, first } = useStage()
  const rule = lesson.claims[id]
  const finding = first.value && rule?.check(first.value)
  if (!rule) return <span class="problem">[there is no claim “{id}”]</span>
  return (
    <span class="lesson-claim" data-claim={id} data-holds={finding?.holds}>
      {children}
      {finding && !finding.holds && (
        <strong class="otherwise"> Your run shows otherwise: {finding.because}.</strong>
      )}
    </span>
  )
}
