import { useSignal } from '@preact/signals'
import type { Room } from '../../server/contract/people.ts'
import { ask } from '../network/ask.ts'
import type { Chat } from './chat.ts'
import { publicName, writePlace } from './place.ts'

const kinds = [
  { kind: 'private', title: 'Private' },
  { kind: 'direct', title: 'Direct' },
  { kind: 'public', title: 'Public' },
] as const

export function RoomList({ chat }: { chat: Chat }) {
  const { rooms } = chat
  return (
    <nav class="rooms" aria-label="Rooms">
      {kinds.map(({ kind, title }) => {
        const these = rooms.value.filter((room) => room.kind === kind)
        if (these.length === 0) return null
        return (
          <section key={kind}>
            <h2 id={`rooms-${kind}`}>{title}</h2>
            <ul aria-labelledby={`rooms-${kind}`}>
              {these.map((room) => (
                <RoomLink key={room.room} chat={chat} room={room} />
              ))}
            </ul>
          </section>
        )
      })}
      <NewRoom chat={chat} />
    </nav>
  )
}

function RoomLink({ chat, room }: { chat: Chat; room: Room }) {
  const { place, unread } = chat
  unread.value?.changes.value
  const isHere = room.room === place.value.room
  const count = isHere ? 0 : (unread.value?.of(room) ?? 0)
  return (
    <li>
      <a
        href={writePlace({ ...place.value, room: room.room })}
        aria-current={isHere ? 'page' : undefined}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return
          event.preventDefault()
          chat.go({ room: room.room })
        }}
      >
        <bdi>{room.kind === 'public' ? `#${room.name}` : room.name}</bdi>
        {count !== 0 && (
          <b class="unread" data-testid="unread">
            {count}
            {count !== 'new' && <span class="unseen"> unread</span>}
          </b>
        )}
      </a>
    </li>
  )
}

function NewRoom({ chat }: { chat: Chat }) {
  const name = useSignal('')

  async function create(): Promise<void> {
    await chat.act(async () => {
      const { room } = await ask<Room>('POST', '/rooms', { name: name.value.trim() })
      await ask('POST', `/rooms/${room}/invite`)
      name.value = ''
      chat.go({ room })
    })
  }

  const isPublic = publicName(name.value)
  return (
    <form
      class="new-room"
      onSubmit={(event) => {
        event.preventDefault()
        create()
      }}
    >
      <label>
        Another room
        <input
          data-testid="room-name"
          required
          pattern=".*\S.*"
          maxLength={60}
          placeholder="Its name"
          value={name.value}
          onInput={({ currentTarget }) => {
            name.value = currentTarget.value
          }}
        />
      </label>
      <div class="row">
        <button type="submit" data-testid="create-room">
          Make it private
        </button>
        <button
          type="button"
          aria-disabled={isPublic === ''}
          title="Public rooms are whoever names them: it is there as soon as somebody speaks"
          onClick={() => {
            if (isPublic === '') return
            name.value = ''
            chat.go({ room: isPublic })
          }}
        >
          {isPublic === '' ? 'Go to a public one' : `Go to #${isPublic}`}
        </button>
      </div>
    </form>
  )
}
