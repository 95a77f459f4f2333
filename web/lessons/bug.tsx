import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { FigureName, Figures } from '../../scenarios/lessons/figures.ts'
import type { BugSwitch as Bug } from '../../scenarios/lessons/lesson.ts'
import { Pane } from './code/code-view.tsx'
import type { LiveFigure } from './figures/figure.ts'
import { createFigure } from './figures/index.ts'

type Version = 'broken' | 'cured'
type Outcome = Figures[FigureName]['outcome']

/** A pain people report: the broken version run for real, its symptom, and the cure at the same place. */
export function BugSwitch({ bug }: { bug: Bug }) {
  const figure = useSignal<LiveFigure<FigureName> | undefined>(undefined)
  const version = useSignal<Version>('broken')
  const parameters = useSignal<Figures[FigureName]['parameters']>(bug.broken)
  const outcomes = useSignal<Partial<Record<Version, Outcome>>>({})
  const running = useSignal<AbortController | undefined>(undefined)
  const trouble = useSignal<string | undefined>(undefined)
  useEffect(() => {
    void createFigure(bug.figure).then((created) => {
      figure.value = created
    })
    return () => running.peek()?.abort()
  }, [bug])

  const choose = (next: Version) => {
    version.value = next
    parameters.value = bug[next]
  }
  async function run() {
    if (!figure.value) return
    const ended = new AbortController()
    running.value = ended
    trouble.value = undefined
    try {
      const outcome = await figure.value.run(parameters.value, ended.signal)
      outcomes.value = { ...outcomes.peek(), [version.peek()]: outcome }
    } catch (error) {
      if (!ended.signal.aborted) trouble.value = error instanceof Error ? error.message : String(error)
    } finally {
      running.value = undefined
    }
  }
  const View = figure.value?.View
  return (
    <section class="bug" id="bug" aria-labelledby="head-bug">
      <h2 id="head-bug">A bug people have: {bug.pain}</h2>
      <p>{bug.about}</p>
      <p class="hint">
        Known from{' '}
        {bug.threads.map((thread, index) => (
          <>
            {index > 0 && ', '}
            <code>{thread}</code>
          </>
        ))}
        .
      </p>
      <fieldset class="row" disabled={running.value !== undefined}>
        <legend class="unseen">Version</legend>
        {(['broken', 'cured'] as const).map((each) => (
          <label key={each} class="choice">
            <input type="radio" name="bug" checked={version.value === each} onChange={() => choose(each)} />
            <span>{each}</span>
          </label>
        ))}
        <button type="button" data-testid="run-bug" disabled={!figure.value} onClick={() => void run()}>
          {running.value ? 'Running …' : `Run the ${version.value} version`}
        </button>
      </fieldset>
      {View && (
        <div class="card lesson-figure">
          <View parameters={parameters} ghost={undefined} isIdle={!running.value} />
        </div>
      )}
      <details>
        <summary>The bug and the cure, in the code</summary>
        <div class="panes">
          <Pane end="With the bug" file={bug.code.broken.file} places={[bug.code.broken]} />
          <Pane end="Without it" file={bug.code.cured.file} places={[bug.code.cured]} />
        </div>
      </details>
      {trouble.value && (
        <p class="problem" role="alert">
          There is no figure: {trouble.value}
        </p>
      )}
      <div aria-live="polite">
        <Seen version="broken" outcome={outcomes.value.broken} symptom={bug.symptom} />
        <Seen version="cured" outcome={outcomes.value.cured} symptom={bug.cure} />
      </div>
    </section>
  )
}

interface SeenProps {
  version: Version
  outcome: Outcome | undefined
  symptom: Bug['symptom']
}

function Seen({ version, outcome, symptom }: SeenProps) {
  if (!outcome) return null
  const finding = symptom.check(outcome)
  return (
    <p class="seen" data-testid={`bug-${version}`} data-holds={finding.holds}>
      <b>{version === 'broken' ? 'Broken' : 'Cured'}:</b>{' '}
      {finding.holds ? symptom.sentence : <strong class="otherwise">This run does not show it.</strong>}{' '}
      <span class="because">Here {finding.because}.</span>
    </p>
  )
}
