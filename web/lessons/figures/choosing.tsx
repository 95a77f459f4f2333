import './choosing.css'
import { type ReadonlySignal, signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import {
  type ChoosingOutcome,
  choiceOf,
  costFor,
  planOf,
  SECONDS,
} from '../../../scenarios/lessons/figures/choosing.ts'
import { nameOf, withUnit, written } from '../../../scenarios/stats/words.ts'
import { type TransportName, transportNames } from '../../../server/contract/transports.ts'
import { formatBytes } from '../../dashboard/figures.ts'
import { TimelineCanvas } from '../../dashboard/timeline-canvas.tsx'
import { now } from '../../ui/clock.ts'
import { Mark } from '../../ui/mark.tsx'
import { runChoosing } from './choosing-run.ts'
import type { CreateFigure, FigureProps } from './figure.ts'
import { type LanesShown, newOnes } from './lanes-run.ts'
import { LoadForm } from './load-form.tsx'

/** A load, the five transports under it, and a card that says which to take and why. */
export const createChoosing: CreateFigure<'choosing'> = () => {
  const shown = signal<LanesShown | undefined>(undefined)
  const outcome = signal<ChoosingOutcome | undefined>(undefined)
  return {
    async run(load, ended) {
      outcome.value = undefined
      outcome.value = await runChoosing(load, ended, (next) => {
        shown.value = next
      })
      return outcome.value
    },
    View: (props) => <ChoosingView {...props} shown={shown} outcome={outcome} />,
    seconds: (load) => SECONDS + 1 + planOf(load, true).interval,
  }
}

type ChoosingViewProps = FigureProps<'choosing'> & {
  shown: ReadonlySignal<LanesShown | undefined>
  outcome: ReadonlySignal<ChoosingOutcome | undefined>
}

function ChoosingView({ parameters, isIdle, shown, outcome }: ChoosingViewProps) {
  const choice = outcome.value && choiceOf(outcome.value)
  return (
    <div class="choosing">
      {outcome.value && <Card outcome={outcome.value} />}
      <LoadForm load={parameters} isIdle={isIdle} />
      <ol>
        {transportNames.map((name) => (
          <li key={name} aria-label={nameOf[name]} data-chosen={choice?.transport === name}>
            <Lane name={name} run={shown.value} outcome={outcome.value} why={choice?.against[name]} />
          </li>
        ))}
      </ol>
    </div>
  )
}

/** The answer, its reasons, what it comes to for all readers, and what would change it. */
function Card({ outcome }: { outcome: ChoosingOutcome }) {
  const { transport, reasons, otherwise } = choiceOf(outcome)
  const cost = transport && costFor(outcome, transport)
  const { readers, rate } = outcome.load
  return (
    <section class="choice-card" data-testid="choice" data-transport={transport} aria-labelledby="choice">
      <h3 id="choice">
        {transport && <Mark of={transport} />}
        {transport ? `For this load: ${nameOf[transport]}` : 'For this load: none of the five'}
      </h3>
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
        {cost && (
          <li>
            All {readers.toLocaleString('en-GB')} readers together: {rough(cost.requests * readers)} requests
            and {formatBytes(cost.bytes * rate * readers)} a second
            {transport !== 'short-polling' && ', and a connection each that is held'}{' '}
            <small>(modelled: one reader’s figures, times)</small>.
          </li>
        )}
      </ul>
      {otherwise.length > 0 && (
        <p>
          By the same figures it would be{' '}
          {otherwise
            .map(({ need, transport: other }) => `${other ? nameOf[other] : 'none of them'} if ${need}`)
            .join(', ')}
          .
        </p>
      )}
    </section>
  )
}

/** What was multiplied has no more digits than what was measured. */
const rough = (value: number): string => written(Number(value.toPrecision(3)))

interface LaneProps {
  name: TransportName
  run: LanesShown | undefined
  outcome: ChoosingOutcome | undefined
  /** Why it was not chosen. */
  why: string | undefined
}

/** One transport: what crossed, what that cost, and in the end the verdict. */
function Lane({ name, run, outcome, why }: LaneProps) {
  const lane = run?.lanes.find((each) => each.name === name)
  const cost = outcome && costFor(outcome, name)
  const endedAt = run?.endedAt
  const time = useMemo(() => (endedAt === undefined ? now : () => endedAt), [endedAt])
  return (
    <>
      <h3>
        <Mark of={name} />
        {nameOf[name]}
      </h3>
      {cost ? (
        <p class="cost">
          p95 {withUnit(cost.p95, 'ms')} <small>(n = {cost.n})</small> · {withUnit(cost.bytes, 'B')} a
          delivery · {withUnit(cost.requests, '/s')} requests to read
        </p>
      ) : (
        <p class="cost hint">
          {lane ? `${newOnes(lane)} delivered` : run ? 'has no lane: the upgrade was refused' : 'not run yet'}
        </p>
      )}
      {run && lane && (
        <div class="strip">
          <TimelineCanvas
            lane={lane}
            time={time}
            span={run.span}
            label={`Traffic of ${nameOf[name]}: ${newOnes(lane)} entries delivered.`}
          />
        </div>
      )}
      {outcome && <p class="why">{why ?? 'This is the one to take.'}</p>}
    </>
  )
}
