import './call.css'
import { type ReadonlySignal, signal } from '@preact/signals'
import { withUnit } from '../../../scenarios/stats/words.ts'
import { Sequence } from '../../call/sequence.tsx'
import { looks } from '../../ui/lanes.ts'
import { Mark } from '../../ui/mark.tsx'
import { type CallShown, runCall } from './call-run.ts'
import type { CreateFigure, FigureProps } from './figure.ts'

/** Two ends of a call on one page, and on one clock: Ada's steps stand left, Bob's right. */
export const createCall: CreateFigure<'call'> = () => {
  const shown = signal<CallShown | undefined>(undefined)
  return {
    async run(parameters, ended) {
      shown.value = undefined
      return runCall(parameters, ended, (next) => {
        shown.value = next
      })
    },
    View: (props) => <CallFigure {...props} shown={shown} />,
    seconds: ({ transport, interval }) => (transport === 'short-polling' ? 2 + 4 * interval : 3),
  }
}

type CallFigureProps = FigureProps<'call'> & { shown: ReadonlySignal<CallShown | undefined> }

function CallFigure({ parameters, shown }: CallFigureProps) {
  const run = shown.value
  const { transport } = parameters.value
  if (!run) {
    return (
      <p class="hint blank">
        Here Ada will call Bob. Both are on this page, each with a session, a connection to the server and an
        RTCPeerConnection of their own.
      </p>
    )
  }
  const { ada, bob, isCut, said, arrived } = run
  const opened = [ada, bob].map(({ steps }) => steps.value.find(({ name }) => name === 'channel open')?.at)
  const setup = opened.every((at) => at !== undefined)
    ? Math.max(...(opened as number[])) - ada.begunAt
    : undefined
  return (
    <div class="call-figure">
      <p class="states" role="status">
        <span>
          <Mark of={transport} /> signalling over {looks[transport].label}: <b>{isCut ? 'closed' : 'open'}</b>
        </span>
        <span>
          channel: <b>{setup === undefined ? 'not yet' : `opened after ${withUnit(setup, 'ms')}`}</b>
        </span>
        {isCut && (
          <span>
            said without the server: <b>{said}</b>, arrived: <b>{arrived}</b>
          </span>
        )}
      </p>
      <Sequence
        from={ada.begunAt}
        sides={[
          { name: 'Ada', steps: ada.steps.value },
          { name: 'Bob', steps: bob.steps.value },
        ]}
        caption="Both on the clock of this page. → and ← are signals, which cross the server; · happened in the browser."
      />
    </div>
  )
}
