import { useEffect, useRef } from 'preact/hooks'
import { transportNames } from '../../server/contract/transports.ts'
import { ExplanationPopover } from '../ui/explain.tsx'
import { onLoopback } from '../ui/host.ts'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import { segmentNames } from '../ui/patterns.ts'
import { Charts } from './charts.tsx'
import { Chat } from './chat.tsx'
import { Events } from './events.tsx'
import type { Experiment } from './experiment.ts'
import { FaultMenu } from './faults.tsx'
import { caveats } from './figures.ts'
import { Header } from './header.tsx'
import { Help } from './help.tsx'
import { InspectionView } from './inspection-view.tsx'
import { listenToKeys } from './keyboard.ts'
import { LaneView } from './lane-view.tsx'
import { NetworkCard } from './network-card.tsx'
import { Recoveries } from './recoveries.tsx'
import { ScenarioCard } from './scenario-card.tsx'
import { FigureTable } from './table.tsx'
import { bytesOf } from './tally.ts'
import { verdict } from './verdict.ts'
import { choose, enlarged, selected } from './view.ts'

export function Dashboard({ experiment }: { experiment: Experiment }) {
  const help = useRef<HTMLDialogElement>(null)
  const showHelp = () => help.current?.showModal()
  useEffect(() => listenToKeys(experiment, showHelp), [experiment])
  const { projector } = experiment.settings.value
  return (
    <div class="dashboard" data-projector={projector}>
      <Header experiment={experiment} onHelp={showHelp} />
      <main>
        <h1 class="unseen">One feed over five wires</h1>
        <Starvation experiment={experiment} />
        <ScenarioCard experiment={experiment} />
        <NetworkCard experiment={experiment} />
        <Chat experiment={experiment} />
        <Lanes experiment={experiment} />
        <Recoveries experiment={experiment} />
        <InspectionView experiment={experiment} />
        {!projector && <Events experiment={experiment} />}
        <Verdict experiment={experiment} />
        {!projector && <Evidence experiment={experiment} />}
      </main>
      <p class="unseen" aria-live="polite">
        {experiment.announcement.value}
      </p>
      <Help dialog={help} />
      <FaultMenu experiment={experiment} />
      <ExplanationPopover />
    </div>
  )
}

function Starvation({ experiment }: { experiment: Experiment }) {
  const why = experiment.starvation.value
  return <div role="status">{why && <p class="banner">{why}</p>}</div>
}

function Lanes({ experiment }: { experiment: Experiment }) {
  const { projector, over } = experiment.settings.value
  const publisher = over === 'each' ? 'each lane in turn' : looks[over].label
  const most = Math.max(...experiment.rows.value.map(({ tally }) => bytesOf(tally).total))
  return (
    <section class="lanes card" data-enlarged={enlarged.value.length} aria-labelledby="lanes-title">
      <div class="lanes-head">
        <h2 id="lanes-title">Five lanes, one time axis</h2>
        <p>
          Delivery includes the wire that publishes: {publisher}. All lanes at once is a demonstration, not a
          benchmark.
        </p>
      </div>
      <fieldset class="switcher">
        <legend class="unseen">Lane to show</legend>
        {transportNames.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={selected.value === name}
            aria-label={looks[name].label}
            onClick={() => choose(name, projector)}
          >
            <Mark of={name} />
            {looks[name].short}
          </button>
        ))}
      </fieldset>
      {experiment.lanes.map((lane) => (
        <LaneView key={lane.name} experiment={experiment} lane={lane} most={most} />
      ))}
      <Key />
    </section>
  )
}

/** What the bars' patterns mean; the drawing itself is explained in the help. */
function Key() {
  return (
    <p class="key">
      <span>Bytes:</span>
      {[...segmentNames, 'empty' as const].map((name) => (
        <span key={name}>
          <i data-segment={name} /> {name === 'empty' ? 'of it in empty polls' : name}
        </span>
      ))}
    </p>
  )
}

function Verdict({ experiment }: { experiment: Experiment }) {
  const says = verdict(experiment.rows.value, {
    oneMachine: onLoopback(),
    distant: (experiment.route.way.value.conditions.rtt ?? 0) > 0,
    lateness: experiment.sender.lateness.percentile(0.95),
  })
  const mixed = experiment.mixed.value
  const modelled = experiment.rows.value
    .filter((row) => row.deliveries.n > 0 && caveats(row).some((each) => each.startsWith('modelled')))
    .map(({ transport }) => looks[transport].label)
  return (
    <section class="verdict card" aria-labelledby="verdict-title">
      <h2 id="verdict-title">What the figures say</h2>
      {mixed.length > 0 && (
        <p>
          Changed since counting began: {mixed.join(', ')}. The figures mix before and after; Reset separates
          them.
        </p>
      )}
      {modelled.length > 0 && (
        <p>
          In the times of {modelled.join(', ')} is the modelled handshake of new connections: see the lanes.
        </p>
      )}
      {says.length === 0 && <p>Nothing is measured yet. Press Run or type a message.</p>}
      <ul>
        {says.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  )
}

function Evidence({ experiment }: { experiment: Experiment }) {
  return (
    <>
      <Charts experiment={experiment} />
      <div class="card evidence">
        <h2 id="table-title">Every figure</h2>
        <p>
          Measured since Run or Reset; × is how many times the best lane’s. The export holds the same numbers.
        </p>
        <FigureTable rows={experiment.rows.value} />
      </div>
    </>
  )
}
