import './call.css'
import { useMemo } from 'preact/hooks'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import { NameForm } from '../ui/name-form.tsx'
import { type Calls, createCalls } from './calls.ts'
import { People } from './people.tsx'
import { CallView } from './view.tsx'

/** Two people open a WebRTC data channel; what they have to say to each other for that crosses this server, over any transport. */
export function CallPage() {
  const calls = useMemo(createCalls, [])
  const me = calls.session.me.value
  if (!me)
    return (
      <NameForm
        title="Call"
        problem={calls.problem.value}
        onName={calls.start}
        hint="No password. Who you are here is this tab’s alone: another tab can be somebody else, and the two can call each other."
      >
        {calls.place.value.with !== undefined && (
          <p>You are asked to call somebody. Say who you are first.</p>
        )}
      </NameForm>
    )
  const call = calls.call.value
  return (
    <div class="calls">
      <header>
        <h1>Call</h1>
        <p class="hint">
          Two pages open a WebRTC data channel and chat over it. The server carries their signals until then,
          over the transport you choose, and no message afterwards.{' '}
          <a href="/learn/webrtc-signalling">The lesson</a> shows both ends.
        </p>
      </header>
      <Rings calls={calls} />
      <aside class="card around" aria-label="Who and over what">
        <p>
          In this tab you are <bdi data-testid="me">{me.name}</bdi>
        </p>
        <Over calls={calls} />
        <People calls={calls} me={me} />
      </aside>
      {call ? (
        <CallView key={call} call={call} />
      ) : (
        <section class="card blank">
          <h2>No call yet</h2>
          <p>
            Choose somebody on this page, or open the link in a second tab or on another machine of this
            network and take another name there.
          </p>
          <NoServers />
        </section>
      )}
    </div>
  )
}

/** What carries the signals of the next call. */
function Over({ calls }: { calls: Calls }) {
  const { over } = calls.place.value
  return (
    <label class="over">
      Signalling over
      <span class="row">
        <Mark of={over} />
        <select
          data-testid="over"
          value={over}
          onChange={({ currentTarget }) => calls.choose(currentTarget.value as TransportName)}
        >
          {transportNames.map((name) => (
            <option key={name} value={name}>
              {looks[name].label}
            </option>
          ))}
        </select>
      </span>
    </label>
  )
}

/** Who calls this tab. Nothing of it is told to them before the answer. */
function Rings({ calls }: { calls: Calls }) {
  return (
    <div role="status" class="rings">
      {calls.rings.value.map((ring) => (
        <p key={ring.from.id} class="card ring" data-testid="ring">
          <span>
            <bdi>{ring.from.name}</bdi> calls. Signals go over {looks[ring.over].label}. If you answer, your
            addresses in this network are told to them.
          </span>
          <button type="button" class="primary" data-testid="answer" onClick={() => calls.answer(ring)}>
            Answer
          </button>
          <button type="button" onClick={() => calls.decline(ring)}>
            Decline
          </button>
        </p>
      ))}
    </div>
  )
}

function NoServers() {
  return (
    <p class="hint">
      No STUN and no TURN server is asked. So the two browsers try only the addresses that they have
      themselves: it works within one machine and one network, and not through most routers between two homes.
    </p>
  )
}
