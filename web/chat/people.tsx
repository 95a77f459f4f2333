import { useSignal } from '@preact/signals'
import type { Person, Room } from '../../server/contract/people.ts'
import { ask } from '../network/ask.ts'
import { copy } from '../ui/files.ts'
import type { Chat } from './chat.ts'
import { inviteLink } from './place.ts'
import type { Talk } from './talk.ts'

/** Who is here: the members of a room that has them, else whoever is online, as far as that is told, or has spoken. */
export function People({ chat, talk, me }: { chat: Chat; talk: Talk; me: Person }) {
  const room = chat.room.value
  const online = talk.presence.value?.online
  const { title, people } = peopleIn(room, talk)
  const isOwner = room.owner === me.id
  return (
    <section class="people" aria-labelledby="people-title">
      <h2 id="people-title">{title}</h2>
      <ul data-testid="people">
        {people.map(({ id, name }) => {
          const here = online?.find((each) => (each.id ?? each.name) === (id ?? name))
          return (
            <li key={id ?? name}>
              <PersonName chat={chat} me={me} person={{ name, ...(id !== undefined && { id }) }} />
              {here && <small>{here.away ? 'away' : 'online'}</small>}
              {room.owner !== undefined && room.owner === id && <small>owner</small>}
              {isOwner && id !== undefined && id !== me.id && (
                <button
                  type="button"
                  class="small"
                  aria-label={`Remove ${name}`}
                  onClick={() => {
                    if (confirm(`Remove ${name} from this room? The invitation that is out ends too.`))
                      chat.act(() => ask('DELETE', `/rooms/${room.room}/members/${id}`))
                  }}
                >
                  Remove
                </button>
              )}
            </li>
          )
        })}
        {people.length === 0 && <li class="hint">Nobody with a session yet.</li>}
      </ul>
      {room.kind === 'private' && <Membership chat={chat} room={room} isOwner={isOwner} />}
    </section>
  )
}

function peopleIn(room: Room, talk: Talk): { title: string; people: { id?: string; name: string }[] } {
  if (room.members) return { title: 'Members', people: room.members }
  const online = talk.presence.value?.online
  if (online) return { title: 'Online', people: online }
  // By id, with the name they used last.
  const spoken = new Map<string, string>()
  for (const { from } of talk.entries.value) if (from.id !== undefined) spoken.set(from.id, from.name)
  return { title: 'Who spoke here', people: [...spoken].map(([id, name]) => ({ id, name })) }
}

interface PersonNameProps {
  chat: Chat
  me: Person
  person: { id?: string; name: string }
}

/** A name that opens the room of two, where there is somebody behind it. */
export function PersonName({ chat, me, person: { id, name } }: PersonNameProps) {
  if (id === undefined || id === me.id)
    return (
      <bdi class="person">
        {name}
        {id === me.id ? ' (you)' : ''}
      </bdi>
    )
  return (
    <button
      type="button"
      class="person"
      title={`Talk to ${name} alone`}
      onClick={() =>
        chat.act(async () => chat.go({ room: (await ask<Room>('POST', '/rooms', { with: id })).room }))
      }
    >
      <bdi>{name}</bdi>
    </button>
  )
}

function Membership({ chat, room, isOwner }: { chat: Chat; room: Room; isOwner: boolean }) {
  const copied = useSignal('')
  const invite = (method: string) => chat.act(() => ask(method, `/rooms/${room.room}/invite`))
  return (
    <div class="membership">
      {isOwner && room.invite !== undefined && (
        <label>
          Whoever has this link can join
          <input
            readOnly
            data-testid="invite"
            value={inviteLink(room.invite)}
            onFocus={({ currentTarget }) => currentTarget.select()}
          />
        </label>
      )}
      <div class="row">
        {isOwner && room.invite !== undefined && (
          <button
            type="button"
            onClick={async () => {
              copied.value = (await copy(inviteLink(room.invite ?? ''))) ? 'Copied.' : 'Select it and copy.'
            }}
          >
            Copy link
          </button>
        )}
        {isOwner && (
          <button type="button" data-testid="new-invite" onClick={() => invite('POST')}>
            {room.invite === undefined ? 'Invite' : 'New link'}
          </button>
        )}
        {isOwner && room.invite !== undefined && (
          <button type="button" onClick={() => invite('DELETE')}>
            Take it back
          </button>
        )}
        <button
          type="button"
          data-testid="leave"
          onClick={() => {
            if (!confirm(`Leave ${room.name}? To come back you need an invitation.`)) return
            chat.act(async () => {
              await ask('POST', `/rooms/${room.room}/leave`)
              chat.go({ room: 'lobby' })
            })
          }}
        >
          Leave
        </button>
      </div>
      <p role="status" class="hint">
        {copied.value}
      </p>
    </div>
  )
}
