import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Person, Room } from '../../server/contract/people.ts'
import { ask, Trouble } from '../network/ask.ts'
import { randomName } from '../ui/random-name.ts'
import { createFigures, type Figures } from './figures.ts'
import { followPlace, type Place } from './place.ts'
import { createIdentity, type Identity } from './session.ts'
import { createStarvation } from './starvation.ts'
import { createTalk, type Talk } from './talk.ts'
import { createUnread, type Unread } from './unread.ts'

/** The chat of this page: who, where, and what is said there. */
export interface Chat {
  readonly identity: Identity
  readonly place: ReadonlySignal<Place>
  readonly figures: Figures
  /** One's own rooms, then public ones; the room that one is in among them. */
  readonly rooms: ReadonlySignal<readonly Room[]>
  readonly room: ReadonlySignal<Room>
  /** The room that one is in; nothing while nobody is signed in. */
  readonly talk: ReadonlySignal<Talk | undefined>
  readonly unread: ReadonlySignal<Unread | undefined>
  /** Whether this browser has no connection left for the requests of this page. */
  readonly isStarved: ReadonlySignal<boolean>
  /** What the server would not do, as a sentence. */
  readonly problem: ReadonlySignal<string | undefined>
  go(changes: Partial<Place>): void
  /** Does something about rooms, looks at them anew, and tells what went wrong. */
  act(what: () => Promise<unknown>): Promise<void>
  forgetProblem(): void
}

/** How often the rooms are asked for, in ms: what is unread elsewhere, and who came and went. */
const BEAT = 5_000

export function createChat(): Chat {
  const page = randomName()
  const identity = createIdentity()
  const { place, go } = followPlace()
  const figures = createFigures(page)
  const starvation = createStarvation()
  const listed = signal<readonly Room[]>([])
  const problem = signal<string | undefined>(undefined)
  const talk = signal<Talk | undefined>(undefined)
  const unread = signal<Unread | undefined>(undefined)
  const talks = new Map<string, Talk>()
  let ids = 0

  const rooms = computed(() => {
    const known = new Set(listed.value.map(({ room }) => room))
    // A public room is listed when somebody has spoken in it, and can be gone to before.
    const more = new Set(['lobby', place.value.room].filter((name) => !known.has(name) && !isGuarded(name)))
    return [...listed.value, ...[...more].map(publicRoom)]
  })
  const room = computed(
    () => rooms.value.find(({ room }) => room === place.value.room) ?? publicRoom(place.value.room),
  )

  async function refresh(): Promise<void> {
    if (!identity.me.peek()) return
    try {
      listed.value = (await starvation.watch(ask<{ rooms: Room[] }>('GET', '/rooms'))).rooms
    } catch {
      // It is asked again soon; that the server is away is told by the room's own connection.
    }
  }
  setInterval(refresh, BEAT)

  async function act(what: () => Promise<unknown>): Promise<void> {
    problem.value = undefined
    try {
      await what()
    } catch (error) {
      problem.value = error instanceof Trouble ? error.message : String(error)
      if (error instanceof Trouble && ['expired', 'unauthorized'].includes(error.code)) await renew()
    }
    await refresh()
  }

  /** One that was renewed goes on with a fresh cookie; of a connection that had the old one, only that has ended. */
  async function renew(): Promise<void> {
    const isStill = await identity.renew().catch(() => true)
    if (isStill) listen()
  }

  function talkIn(name: string): Talk {
    const known = talks.get(name)
    if (known) return known
    const fresh = createTalk({
      room: name,
      clients: figures.clients,
      newId: () => `${page}-${++ids}`,
      onEntry(entry) {
        if (!document.hidden) unread.peek()?.read(name, entry.seq)
        if (entry.kind === 'notice') void refresh()
      },
      onDelivered: figures.delivered,
      onExpired: renew,
    })
    talks.set(name, fresh)
    return fresh
  }

  function listen(): void {
    talk.peek()?.listen(place.peek().over)
  }

  /** A link with an invitation leads to its room, or, where it is not good any more, to where one is. */
  let taken: string | undefined
  async function takeInvitation(invite: string): Promise<void> {
    if (taken === invite) return
    taken = invite
    let joined: Partial<Place> = {}
    await act(async () => {
      const { room } = await ask<Room>('POST', '/rooms/join', { invite })
      joined = { room }
    })
    taken = undefined
    go({ ...joined, invite: undefined })
  }

  let known: Person | undefined
  effect(() => {
    const me = identity.me.value
    const { room, over, invite } = place.value
    if (me !== known) {
      // Under another name one connects anew, for what is open goes on under the old one.
      for (const each of talks.values()) each.pause()
      if (me?.id !== known?.id) {
        // Somebody else is in other rooms, and what was read there is not theirs to see.
        talks.clear()
        talk.value = undefined
        listed.value = []
        unread.value = me && createUnread(me.id)
      }
      known = me
      void refresh()
    }
    if (!me) return
    if (invite !== undefined) {
      void takeInvitation(invite)
      return
    }
    const next = talkIn(room)
    if (talk.peek() !== next) talk.peek()?.pause()
    talk.value = next
    figures.use(over)
    listen()
  })
  effect(() => {
    const counted = rooms.value.reduce((sum, room) => {
      unread.value?.changes.value
      const count = unread.value?.of(room) ?? 0
      return sum + (count === 'new' ? 1 : count)
    }, 0)
    document.title = `${counted > 0 ? `(${counted}) ` : ''}${room.value.name} · Chat · Wireside`
  })

  document.addEventListener('visibilitychange', () => {
    talk.peek()?.away(document.hidden)
    const last = talk.peek()?.entries.peek().at(-1)
    if (!document.hidden && last) unread.peek()?.read(last.room, last.seq)
  })

  return {
    identity,
    place,
    figures,
    rooms,
    room,
    talk,
    unread,
    isStarved: starvation.isStarved,
    problem,
    go,
    act,
    forgetProblem() {
      problem.value = undefined
    },
  }
}

/** Rooms that have members; the server gives out their names. */
const isGuarded = (name: string) => /^(private|direct)-/.test(name)

const publicRoom = (name: string): Room => ({ room: name, kind: 'public', name, head: 0 })
