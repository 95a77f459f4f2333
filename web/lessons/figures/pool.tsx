import { type ReadonlySignal, signal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import { withUnit } from '../../../scenarios/stats/words.ts'
import { now } from '../../ui/clock.ts'
import type { CreateFigure, FigureProps } from './figure.ts'
import { type Asked, type PoolShown, runPool } from './pool-run.ts'

/** What a page holds open, and what waits behind it: a row each on one axis of time. */
export const createPool: CreateFigure<'pool'> = () => {
  const shown = signal<PoolShown | undefined>(undefined)
  return {
    async run(parameters, ended) {
      shown.value = undefined
      return runPool(parameters, ended, (next) => {
        shown.value = next
      })
    },
    View: (props) => <PoolView {...props} shown={shown} />,
    seconds: ({ patience }) => 1 + patience / 1_000,
  }
}

type PoolViewProps = FigureProps<'pool'> & { shown: ReadonlySignal<PoolShown | undefined> }

function PoolView({ parameters, shown }: PoolViewProps) {
  const run = shown.value
  const [, tick] = useState(0)
  const isGoing = run !== undefined && run.endedAt === undefined
  useEffect(() => {
    if (!isGoing) return undefined
    const timer = setInterval(() => tick((count) => count + 1), 250)
    return () => clearInterval(timer)
  }, [isGoing])

  const { held, by } = parameters.value
  if (!run) {
    return (
      <p class="hint blank">
        {held} {by === 'sse' ? 'event streams' : by === 'websocket' ? 'WebSockets' : 'long polls'} and one
        request more will be drawn here as this page makes them.
      </p>
    )
  }
  const end = run.endedAt ?? now()
  const place = (at: number) => `${(100 * (at - run.startedAt)) / Math.max(1, end - run.startedAt)}%`
  return (
    <div class="pool">
      <ol>
        {run.asked.map((each) => (
          <li key={each.client} data-last={each === run.asked.at(-1)}>
            <span class="name">{each.label}</span>
            <span class="way">
              <i
                class="waiting"
                style={{ left: place(each.askedAt), right: rest(each.openAt ?? each.endedAt ?? end) }}
              />
              {each.openAt !== undefined && (
                <i
                  class="open"
                  data-of={each.transport}
                  style={{ left: place(each.openAt), right: rest(each.endedAt ?? end) }}
                />
              )}
              {run.letGoAt !== undefined && <i class="let-go" style={{ left: place(run.letGoAt) }} />}
            </span>
            <span class="state">{stateOf(each)}</span>
          </li>
        ))}
      </ol>
      <p class="key">
        <span>
          <i class="waiting" /> asked for
        </span>
        <span>
          <i class="open" /> open, or answered
        </span>
        {run.letGoAt !== undefined && <span>┆ the first is let go</span>}
        <span>{withUnit(end - run.startedAt, 'ms')} from left to right</span>
      </p>
    </div>
  )

  function rest(at: number) {
    return `${(100 * (end - at)) / Math.max(1, end - (run?.startedAt ?? end))}%`
  }
}

/** What is known of it: by the page, and by the server. */
function stateOf({ arrived, openAt, askedAt, transport }: Asked): string {
  if (openAt !== undefined)
    return `${transport === 'short-polling' ? 'answered' : 'open'} after ${withUnit(openAt - askedAt, 'ms')}`
  return arrived ? 'the server has it' : 'the server has not seen it'
}
