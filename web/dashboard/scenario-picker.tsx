import { Command } from '../ui/command.tsx'
import type { Experiment } from './experiment.ts'
import { Menu } from './menu.tsx'
import { commandOf, freePlay, offers, shownScenario, taken } from './scenarios.ts'

/** Chooses what is said in the room. What a page cannot do stands there too, with the reason and what to type. */
export function ScenarioPicker({ experiment }: { experiment: Experiment }) {
  const chosen = experiment.settings.value.scenario
  const title = shownScenario(chosen)?.scenario.title ?? 'Free play'
  return (
    <Menu of="scenario" label="Scenario" hint="what is said in the room" title={title}>
      {(close) => {
        const choose = (name: string) => {
          experiment.change({ ...freePlay, ...taken(name), scenario: name })
          close()
        }
        return (
          <>
            <Offer
              title="Free play"
              question="Traffic and interval as you set them."
              chosen={chosen === ''}
              onChoose={() => choose('')}
            />
            {offers.map(({ original: { name, title, question }, here }) =>
              'reason' in here ? (
                <div key={name} class="offer" data-testid={`scenario-${name}`} data-refused="true">
                  <b>{title}</b>
                  <span class="asks">{question}</span>
                  <span class="note">{here.reason} On the command line:</span>
                  <Command line={commandOf(name)} />
                </div>
              ) : (
                <Offer
                  key={name}
                  name={name}
                  title={title}
                  question={question}
                  chosen={chosen === name}
                  onChoose={() => choose(name)}
                />
              ),
            )}
          </>
        )
      }}
    </Menu>
  )
}

interface OfferProps {
  name?: string
  title: string
  question: string
  chosen: boolean
  onChoose(): void
}

function Offer({ name = 'free', title, question, chosen, onChoose }: OfferProps) {
  return (
    <button
      type="button"
      class="offer"
      data-testid={`scenario-${name}`}
      aria-pressed={chosen}
      onClick={onChoose}
    >
      <b>{title}</b>
      <span class="asks">{question}</span>
    </button>
  )
}
