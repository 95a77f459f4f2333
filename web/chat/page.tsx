import './chat.css'
import { useSignal } from '@preact/signals'
import type { RefCallback } from 'preact'
import { useMemo } from 'preact/hooks'
import type { Person } from '../../server/contract/people.ts'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { sixAreHeld } from '../dashboard/starvation.ts'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import { type Chat, createChat } from './chat.ts'
import { Composer } from './composer.tsx'
import { Costs } from './cost.tsx'
import { Log } from './log.tsx'
import { People } from './people.tsx'
import { RoomList } from './room-list.tsx'
import { SignIn } from './sign-in.tsx'
import type { Talk } from './talk.ts'

export function ChatPage() {
  const chat = useMemo(createChat, [])
  const left = useOpenWhereWide()
  const right = useOpenWhereWide()
  const me = chat.identity.me.value
  const talk = chat.talk.value
  if (!me) return <SignIn chat={chat} />
  return (
    <div class="talk">
      <aside class="card left" aria-label="Where and who">
        <details ref={left}>
          <summary>Rooms</summary>
          <RoomList chat={chat} />
          <You chat={chat} me={me} />
        </details>
      </aside>
      {talk && <RoomView key={talk.room} chat={chat} talk={talk} me={me} />}
      <aside class="card right" aria-label="People and figures">
        <details ref={right}>
          <summary>People and figures</summary>
          {talk && <People chat={chat} talk={talk} me={me} />}
          {talk && <Costs chat={chat} talk={talk} />}
        </details>
      </aside>
    </div>
  )
}

/** On a phone what stands around the room is folded away, until it is asked for. */
function useOpenWhereWide(): RefCallback<HTMLDetailsElement> {
  return useMemo(() => {
    const narrow = matchMedia('(max-width: 52rem)')
    let details: HTMLDetailsElement | null = null
    const fold = () => {
      if (details) details.open = !narrow.matches
    }
    narrow.addEventListener('change', fold)
    return (element) => {
      details = element
      fold()
    }
  }, [])
}

function RoomView({ chat, talk, me }: { chat: Chat; talk: Talk; me: Person }) {
  const { name, kind } = chat.room.value
  const title = kind === 'public' ? `#${name}` : name
  const { problem } = chat
  return (
    <section class="card room" aria-labelledby="room-title">
      <header>
        <h1 id="room-title">
          <bdi>{title}</bdi> <small>{kind === 'public' ? 'public' : kind}</small>
        </h1>
        <Over chat={chat} talk={talk} />
      </header>
      {problem.value && (
        <p class="banner" role="alert">
          {problem.value}{' '}
          <button type="button" onClick={chat.forgetProblem}>
            Dismiss
          </button>
        </p>
      )}
      <Starved chat={chat} />
      <Closed chat={chat} talk={talk} />
      <Log chat={chat} talk={talk} me={me} />
      <Composer talk={talk} me={me} roomName={title} />
    </section>
  )
}

/** What carries the room, and how that fares. */
function Over({ chat, talk }: { chat: Chat; talk: Talk }) {
  const { over } = chat.place.value
  const status = talk.status.value
  return (
    <div class="row over">
      <label>
        <Mark of={over} /> Over{' '}
        <select
          data-testid="over"
          value={over}
          title="The next connection goes on where this one stands"
          onChange={({ currentTarget }) => chat.go({ over: currentTarget.value as TransportName })}
        >
          {transportNames.map((name) => (
            <option key={name} value={name}>
              {looks[name].label}
            </option>
          ))}
        </select>
      </label>
      <span role="status" data-testid="state" data-state={status.state}>
        {status.state}
        {status.state === 'open' && status.via !== undefined && ` on ${status.via}`}
        {status.state === 'reconnecting' &&
          status.inMs !== undefined &&
          ` in ${(status.inMs / 1000).toFixed(1)} s`}
      </span>
    </div>
  )
}

/** Why messages wait and rooms are not listed, and what can be done. */
function Starved({ chat }: { chat: Chat }) {
  const { over } = chat.place.value
  const holds = over === 'sse' || over === 'long-polling'
  return (
    <div role="status" data-testid="starved">
      {chat.isStarved.value && (
        <p class="banner row">
          {sixAreHeld} each tab that chats over SSE or long polling holds one of them for good, also while
          nobody looks at it. Close one, or let one go over to WebSocket, which is none of the six.{' '}
          {holds && (
            <button type="button" onClick={() => chat.go({ over: 'websocket' })}>
              Go over to WebSocket
            </button>
          )}
        </p>
      )}
    </div>
  )
}

/** Why nothing comes any more, and what can be done. */
function Closed({ chat, talk }: { chat: Chat; talk: Talk }) {
  const status = talk.status.value
  if (status.state !== 'closed' || status.reason === undefined) return null
  const isGone = status.code === 'removed' || status.code === 'not-found'
  return (
    <p class="banner" role="alert" data-testid="closed">
      {status.reason}{' '}
      {isGone ? (
        <button type="button" onClick={() => chat.go({ room: 'lobby' })}>
          Go to the lobby
        </button>
      ) : (
        <button type="button" onClick={() => talk.listen(chat.place.value.over)}>
          Connect again
        </button>
      )}
    </p>
  )
}

function You({ chat, me }: { chat: Chat; me: Person }) {
  const { identity } = chat
  const name = useSignal<string | undefined>(undefined)
  if (name.value === undefined)
    return (
      <section class="you" aria-label="You">
        <p>
          You are <bdi data-testid="me">{me.name}</bdi>
        </p>
        <div class="row">
          <button
            type="button"
            data-testid="rename"
            onClick={() => {
              name.value = me.name
            }}
          >
            Change name
          </button>
          <button type="button" onClick={() => chat.act(identity.end)}>
            Sign out
          </button>
        </div>
      </section>
    )
  return (
    <form
      class="you"
      onSubmit={(event) => {
        event.preventDefault()
        const next = name.value?.trim() ?? ''
        name.value = undefined
        if (next !== me.name) chat.act(() => identity.rename(next))
      }}
    >
      <label>
        Your name, in all tabs of this browser
        <input
          ref={(input) => input?.focus()}
          data-testid="new-name"
          required
          pattern=".*\S.*"
          maxLength={40}
          autocomplete="nickname"
          value={name.value}
          onInput={({ currentTarget }) => {
            name.value = currentTarget.value
          }}
        />
      </label>
      <div class="row">
        <button type="submit" class="primary">
          Change
        </button>
        <button
          type="button"
          onClick={() => {
            name.value = undefined
          }}
        >
          Keep
        </button>
      </div>
    </form>
  )
}
