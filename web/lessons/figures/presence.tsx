import './presence.css'
import { type ReadonlySignal, signal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import {
  inSeconds,
  type PresenceParameters,
  type Sight,
  type Typist,
} from '../../../scenarios/lessons/figures/presence.ts'
import { now } from '../../ui/clock.ts'
import { looks } from '../../ui/lanes.ts'
import { Mark } from '../../ui/mark.tsx'
import type { CreateFigure, FigureProps } from './figure.ts'
import { type PresenceShown, runPresence } from './presence-run.ts'

/** What one in the room sees of the others: a row for each who types, on one axis of time, and where that ended. */
export const createPresence: CreateFigure<'presence'> = () => {
  const shown = signal<PresenceShown | undefined>(undefined)
  return {
    async run(parameters, ended) {
      shown.value = undefined
      return runPresence(parameters, ended, (next) => {
        shown.value = next
      })
    },
    View: (props) => <PresenceView {...props} shown={shown} />,
    seconds: ({ typing, watch }) => 1 + typing + watch,
  }
}

const endings: Record<PresenceParameters['ending'], string> = {
  'half-open': 'the network dies',
  fin: 'their connections end',
  sent: 'they send it',
  stopped: 'they stop',
}

type PresenceViewProps = FigureProps<'presence'> & { shown: ReadonlySignal<PresenceShown | undefined> }

function PresenceView({ parameters, shown }: PresenceViewProps) {
  const run = shown.value
  const [, tick] = useState(0)
  const isGoing = run !== undefined && run.watchedUntil === undefined
  useEffect(() => {
    if (!isGoing) return undefined
    const timer = setInterval(() => tick((count) => count + 1), 250)
    return () => clearInterval(timer)
  }, [isGoing])

  const { transports, ending, typing, watch } = parameters.value
  if (!run) {
    return (
      <p class="hint blank">
        {transports.length === 1 ? 'Somebody' : `${transports.length} people`} will type here, and it will be
        drawn what Finn, who is in the same room, is told of it.
      </p>
    )
  }
  const span = run.watchedUntil ?? 1_000 * (typing + watch)
  const here = run.watchedUntil ?? Math.min(span, now() - run.startedAt)
  const place = (at: number) => `${(100 * Math.min(at, span)) / span}%`
  return (
    <div class="presence">
      <p class="hint">What Finn sees of each, over {inSeconds(span)} from left to right:</p>
      <ol>
        {run.people.map((typist) => (
          <li key={typist.transport}>
            <span class="name">
              <Mark of={typist.transport} /> <b>{typist.name}</b> {looks[typist.transport].label}
            </span>
            <span class="way">
              {run.endedAt !== undefined && (ending === 'half-open' || ending === 'fin') && (
                <i class="nobody" style={{ left: place(run.endedAt) }} />
              )}
              {spansOf(typist.seen, here, ({ isTyping }) => isTyping).map(([from, to]) => (
                <i
                  key={from}
                  class="typing"
                  data-of={typist.transport}
                  style={{ left: place(from), width: place(to - from) }}
                />
              ))}
              {spansOf(typist.seen, here, ({ isOnline }) => isOnline).map(([from, to]) => (
                <i
                  key={from}
                  class="online"
                  data-of={typist.transport}
                  style={{ left: place(from), width: place(to - from) }}
                />
              ))}
              {typist.signals.map((at) => (
                <i key={at} class="signal" style={{ left: place(at) }} />
              ))}
              {run.endedAt !== undefined && <i class="end" style={{ left: place(run.endedAt) }} />}
            </span>
            <span class="state">{inWords(typist, run.endedAt, here)}</span>
          </li>
        ))}
      </ol>
      <p class="key">
        <span>
          <i class="typing" /> typing
        </span>
        <span>
          <i class="online" /> online
        </span>
        <span>
          <i class="signal" /> says “I am typing”
        </span>
        <span>
          <i class="end" /> {endings[ending]}
        </span>
      </p>
    </div>
  )
}

/** From when to when it was so; what has not ended goes on until `here`. */
function spansOf(
  seen: readonly Sight[],
  here: number,
  of: (sight: Sight) => boolean,
): readonly [number, number][] {
  const spans: [number, number][] = []
  for (const [index, sight] of seen.entries()) {
    if (!of(sight)) continue
    const to = seen[index + 1]?.at ?? Math.max(here, sight.at)
    const last = spans.at(-1)
    if (last && last[1] === sight.at) last[1] = to
    else spans.push([Math.max(0, sight.at), to])
  }
  return spans
}

/** What Finn sees now, and how long after the end he saw the last of it. */
function inWords({ seen }: Typist, endedAt: number | undefined, here: number): string {
  const state = seen.at(-1)
  if (!state) return ''
  if (state.isTyping)
    return endedAt === undefined ? 'typing' : `still typing after ${inSeconds(here - endedAt)}`
  if (state.isOnline)
    return endedAt === undefined ? 'online' : `still online after ${inSeconds(here - endedAt)}`
  return endedAt === undefined ? 'not here' : `gone after ${inSeconds(Math.max(0, state.at - endedAt))}`
}
