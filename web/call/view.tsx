import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import type { Call } from './call.ts'
import { Conversation } from './conversation.tsx'
import { Figures } from './figures.tsx'
import type { Peer } from './peer.ts'
import { Sequence } from './sequence.tsx'

/** A call: how its two ways fare, what is said, and how it came about. */
export function CallView({ call }: { call: Call }) {
  const peer = call.peer.value
  return (
    <>
      <section class="card talking" aria-labelledby="call-title">
        <header>
          <h2 id="call-title">
            With <bdi>{call.other.name}</bdi>
          </h2>
          {call.ended.value === undefined && (
            <button type="button" data-testid="hang-up" onClick={call.hangUp}>
              Hang up
            </button>
          )}
        </header>
        <State call={call} peer={peer} />
        <Conversation call={call} peer={peer} />
      </section>
      <section class="card story" aria-labelledby="story-title">
        <h2 id="story-title">Step by step, in this tab</h2>
        {peer ? (
          <Sequence
            from={peer.begunAt}
            sides={[{ name: 'step', steps: peer.steps.value }]}
            caption="Milliseconds of this page’s own clock since both agreed. → crossed the server to the other side, ← came from it, · happened here."
          />
        ) : (
          <p class="hint">
            {call.ended.value === undefined
              ? 'It begins when both have agreed to talk.'
              : 'No step was taken: both must agree first.'}
          </p>
        )}
        <Figures call={call} />
      </section>
    </>
  )
}

/** The two ways apart: one goes on without the other. */
function State({ call, peer }: { call: Call; peer: Peer | undefined }) {
  const ended = call.ended.value
  const line = call.line.value
  const status = line?.status.value
  const channel = peer?.status.value.state
  const isOpen = channel === 'open'
  const isAway = line !== undefined && status?.state !== 'open'
  const alone = call.messages.value.filter(({ isAlone }) => isAlone).length
  return (
    <>
      <p class="states" role="status" data-testid="states">
        <span data-bad={ended === undefined && isAway}>
          <Mark of={call.over} /> signalling over {looks[call.over].label}:{' '}
          <b data-testid="signalling">{ended === undefined ? inWords(status?.state) : 'ended'}</b>
        </span>{' '}
        <span data-bad={channel === 'failed' || channel === 'unsure'}>
          channel:{' '}
          <b data-testid="channel">
            {ended !== undefined
              ? 'closed'
              : channel === 'unsure'
                ? 'no answer for now'
                : (channel ?? waiting(call))}
          </b>
        </span>
      </p>
      {ended !== undefined && (
        <p class={channel === 'failed' ? 'banner' : 'note'} role="alert" data-testid="ended">
          {ended}
        </p>
      )}
      {ended === undefined && isOpen && isAway && (
        <p class="note" data-testid="alone" role="status">
          The server does not answer, and the channel does not need it: {alone}{' '}
          {alone === 1 ? 'message has' : 'messages have'} passed since.
        </p>
      )}
    </>
  )
}

const inWords = (state: string | undefined) =>
  state === 'reconnecting' || state === 'closed' ? 'disconnected' : (state ?? 'connecting')

const waiting = (call: Call) => (call.line.value ? `waiting for ${call.other.name}` : 'not begun')
