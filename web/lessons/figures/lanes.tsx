import { type ReadonlySignal, signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { bytesOf } from '../../../scenarios/lessons/figures/lanes.ts'
import { emptyTally, type Tally } from '../../../server/contract/meter.ts'
import { formatBytes } from '../../dashboard/figures.ts'
import type { Lane } from '../../dashboard/lane.ts'
import { TimelineCanvas } from '../../dashboard/timeline-canvas.tsx'
import { now } from '../../ui/clock.ts'
import { looks } from '../../ui/lanes.ts'
import { Mark } from '../../ui/mark.tsx'
import { Delays } from './delays.tsx'
import type { CreateFigure, FigureProps } from './figure.ts'
import { type LanesShown, newOnes, runLanes } from './lanes-run.ts'

/** One to five real lanes on one axis, and under each how long its entries took. */
export const createLanes: CreateFigure<'lanes'> = () => {
  const shown = signal<LanesShown | undefined>(undefined)
  return {
    run: (parameters, ended) =>
      runLanes(parameters, ended, (next) => {
        shown.value = next
      }),
    View: (props) => <LanesView {...props} shown={shown} />,
    seconds: ({ seconds }) => seconds + 2,
  }
}

type LanesViewProps = FigureProps<'lanes'> & { shown: ReadonlySignal<LanesShown | undefined> }

function LanesView({ parameters, ghost, shown }: LanesViewProps) {
  const { transports, interval = 1, seconds } = parameters.value
  const run = shown.value
  // What a poll has to wait for is worth seeing whole; other delays make their own axis.
  const longest = transports.includes('short-polling') ? interval * 1_000 : 1
  const limit = Math.max(longest, (ghost?.unit === 'ms' && ghost.value * 1.1) || 0)
  return (
    <div class="lanes">
      {transports.map((name, at) => {
        const lane = run?.lanes.find((each) => each.name === name)
        return (
          <section key={name} class="lesson-lane" aria-label={looks[name].label}>
            <h3>
              <Mark of={name} />
              {looks[name].label}
              {name === 'short-polling' && <small> every {interval} s</small>}
            </h3>
            {run && lane ? (
              <Traffic run={run} lane={lane} tally={run.tallies[at] ?? emptyTally()} />
            ) : (
              <p class="hint blank">A run takes {seconds} s. Its traffic will be drawn here as it happens.</p>
            )}
            <Delays
              lane={lane}
              version={run}
              limit={limit}
              ghost={ghost?.unit === 'ms' ? ghost.value : undefined}
            />
          </section>
        )
      })}
    </div>
  )
}

/** What crossed, and what that amounts to so far. */
function Traffic({ run, lane, tally }: { run: LanesShown; lane: Lane; tally: Tally }) {
  const { span, endedAt, published } = run
  const time = useMemo(() => (endedAt === undefined ? now : () => endedAt), [endedAt])
  const seconds = Math.round(span / 1_000)
  const counts = [
    ['requests', tally.requests],
    ['empty answers', tally.emptyResponses],
    ['connections', tally.connections],
    ['published', published],
    ['delivered', newOnes(lane)],
  ] as const
  return (
    <>
      <p class="axis" aria-hidden="true">
        <span>{endedAt === undefined ? `${seconds} s ago` : 'start'}</span>
        <span>{endedAt === undefined ? 'now' : `${seconds} s`}</span>
      </p>
      <div class="strip">
        <TimelineCanvas
          lane={lane}
          time={time}
          span={span}
          label={`Traffic of ${looks[lane.name].label}: ${tally.requests} requests, ${newOnes(lane)} entries delivered.`}
        />
      </div>
      <dl class="counts">
        {counts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div>
          <dt>bytes</dt>
          <dd>{formatBytes(bytesOf(tally))}</dd>
        </div>
      </dl>
    </>
  )
}
