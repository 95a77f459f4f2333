import type { ComponentChildren } from 'preact'
import type { Client } from './clients.ts'

/** How much of a life is shown; a client that is cut again and again has a long one. */
const LATEST = 5

interface BoxProps {
  client: Client
  /** How often it heard what is looked at; the last thing said without it. */
  heard?: number | undefined
  /** What can be done with it. */
  children?: ComponentChildren
}

/** A client: who it is now, what happened to it, and whether it heard what is looked at. */
export function Box({ client, heard = client.state.value.heard, children }: BoxProps) {
  const { name } = client
  const { id, rooms, life } = client.state.value
  return (
    <section class="card box" aria-label={`Client ${name}`} data-heard={heard > 0}>
      <header>
        <h2>{name}</h2>
        <span>{heard > 0 ? `● heard it${heard === 1 ? '' : ` ${heard} times`}` : '○ heard nothing'}</span>
      </header>
      <p>
        <code data-testid="id">{id ?? 'not connected'}</code>
      </p>
      <p data-testid="rooms">
        Rooms: {id ? rooms.filter((each) => each !== id).join(', ') || 'only its own id' : 'none'}
      </p>
      {children}
      <ol
        class="life"
        start={Math.max(1, life.length - LATEST + 1)}
        aria-label={`The life of ${name}`}
        aria-live="polite"
      >
        {life.slice(-LATEST).map((what, index) => (
          <li key={Math.max(0, life.length - LATEST) + index}>{what}</li>
        ))}
      </ol>
    </section>
  )
}

interface ControlsProps {
  client: Client
  /** What is joined and left. */
  room: string
  isBusy: boolean
  act(what: string): void
  enterAdmin(token: string): void
  /** Absent while nothing is predicted. */
  prediction: { is: boolean; set(is: boolean): void } | undefined
}

/** What can be done with a client of the lab's page. */
export function Controls({ client, room, isBusy, act, enterAdmin, prediction }: ControlsProps) {
  const { name } = client
  const { id, rooms, admin } = client.state.value
  const isIn = rooms.includes(room)
  return (
    <>
      {prediction && (
        <label class="check">
          <input
            type="checkbox"
            checked={prediction.is}
            onChange={({ currentTarget }) => prediction.set(currentTarget.checked)}
          />
          {name} will hear it
        </label>
      )}
      {/* One button for both ways: it keeps the focus. */}
      <p class="row">
        <button type="button" aria-disabled={isBusy || !id} onClick={() => act(isIn ? 'leave' : 'join')}>
          {isIn ? 'Leave' : 'Join'} {room}
        </button>
        <button type="button" onClick={() => (id ? client.disconnect() : client.connect())}>
          {id ? 'Disconnect' : 'Connect'}
        </button>
        <button type="button" aria-disabled={!id} onClick={() => id && client.cut()}>
          Cut
        </button>
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={client.answers.value}
          onChange={({ currentTarget }) => {
            client.answers.value = currentTarget.checked
          }}
        />
        answers when asked
      </label>
      <details>
        <summary>A second namespace</summary>
        <p class="row">
          <button
            type="button"
            aria-disabled={isBusy}
            aria-label={`Enter /lab-admin as ${name}`}
            onClick={() => enterAdmin('open-sesame')}
          >
            Enter /lab-admin
          </button>
          <button
            type="button"
            aria-disabled={isBusy}
            aria-label={`Enter /lab-admin as ${name} with a wrong token`}
            onClick={() => enterAdmin('a guess')}
          >
            With a wrong token
          </button>
        </p>
        <p aria-live="polite" data-testid="admin">
          {admin}
        </p>
      </details>
    </>
  )
}
