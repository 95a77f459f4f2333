import { cases } from '../../scenarios/plan.ts'
import { caseName, swept } from '../reports/swept.ts'
import { Command } from '../ui/command.tsx'
import type { Experiment } from './experiment.ts'
import { commandOf, settingsOf, shownScenario, type Taken } from './scenarios.ts'

/** The chosen scenario: its question, what to look at, what differs here, and its cases to step through. */
export function ScenarioCard({ experiment }: { experiment: Experiment }) {
  const settings = experiment.settings.value
  const shown = shownScenario(settings.scenario)
  if (!shown) return null
  const { scenario, changed } = shown
  const steps = cases(scenario).map((each) => ({ label: each.label, sets: settingsOf(each.scenario) }))
  const stands = (sets: Taken) =>
    (Object.keys(sets) as (keyof Taken)[]).every((key) => sets[key] === settings[key])
  const asItIs = stands(settingsOf(scenario)) || steps.some(({ sets }) => stands(sets))
  return (
    <section class="scenario card" aria-labelledby="scenario-title" data-changed={!asItIs}>
      <h2 id="scenario-title">
        {scenario.title}: <span class="asks">{scenario.question}</span>
      </h2>
      {scenario.sweep && (
        <fieldset class="cases">
          <legend class="unseen">Case</legend>
          <span class="of">{swept[scenario.sweep.of]}:</span>
          {steps.map(({ label, sets }) => (
            <button
              key={label}
              type="button"
              class="slim"
              aria-label={caseName(label)}
              aria-pressed={stands(sets)}
              onClick={() => experiment.change(sets)}
            >
              {label.split('=')[1]}
            </button>
          ))}
        </fieldset>
      )}
      {!asItIs && (
        <p class="changed">
          Changed by hand.{' '}
          <button type="button" class="slim" onClick={() => experiment.change(settingsOf(scenario))}>
            As the scenario says
          </button>
        </p>
      )}
      {!settings.projector && (
        <details class="about">
          <summary class="more">What to look at, and what differs here</summary>
          <p class="prose">{scenario.about}</p>
          <p class="prose">
            Here every lane is one reader, all run at once until you pause, and this page publishes: a
            demonstration. {changed.length > 0 && `Made smaller for the page: ${changed.join('; ')}. `}
            As a benchmark, one transport at a time:
          </p>
          <Command line={commandOf(scenario.name)} />
        </details>
      )}
    </section>
  )
}
