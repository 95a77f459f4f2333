import { useRef } from 'preact/hooks'
import { Command } from '../ui/command.tsx'
import { placeUnder } from '../ui/place.ts'
import type { Experiment } from './experiment.ts'
import { commandOf, freePlay, offers, shownScenario, taken } from './scenarios.ts'

/** Chooses what is said in the room. What a page cannot do stands there too, with the reason and what to type. */
export function ScenarioPicker({ experiment }: { experiment: Experiment }) {
  const menu = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const chosen = experiment.settings.value.scenario
  const title = shownScenario(chosen)?.scenario.title ?? 'Free play'
  const choose = (name: string) => {
    experiment.change({ ...freePlay, ...taken(name), scenario: name })
    menu.current?.hidePopover()
    button.current?.focus()
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        class="scenario-button"
        popovertarget="scenarios"
        data-testid="scenario"
        aria-label={`Scenario: ${title}`}
        title="Scenario: what is said in the room"
      >
        <span class="label">Scenario:</span>
        <span class="title">{title}</span> ▾
      </button>
      <div
        ref={menu}
        id="scenarios"
        class="menu scenarios"
        popover="auto"
        role="dialog"
        aria-label="Scenarios"
        onToggle={() => menu.current && button.current && placeUnder(menu.current, button.current)}
      >
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
      </div>
    </>
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
