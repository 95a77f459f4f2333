import { type ReadonlySignal, signal } from '@preact/signals'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'

/** Where somebody is in the chat, so that it is a link. It stands in the hash, which no server and no log ever sees. */
export interface Place {
  room: string
  /** What carries the room. */
  over: TransportName
  /** An invitation that was not taken yet. */
  invite?: string | undefined
}

/** A value that makes no sense falls back quietly: a link must always open. */
export function readPlace(hash: string): Place {
  const given = new URLSearchParams(hash.replace(/^#/, ''))
  const room = given.get('room') ?? ''
  const invite = given.get('invite') ?? undefined
  return {
    room: /^[a-z0-9][a-z0-9-]{0,63}$/.test(room) ? room : 'lobby',
    over: transportNames.find((name) => name === given.get('over')) ?? 'websocket',
    ...(invite !== undefined && /^[a-z0-9]{24}$/.test(invite) && { invite }),
  }
}

export const writePlace = ({ room, over, invite }: Place): string =>
  `#${new URLSearchParams({ room, over, ...(invite !== undefined && { invite }) })}`

/** The link that invites to a room. */
export const inviteLink = (invite: string): string => `${location.origin}/chat#invite=${invite}`

/** Public rooms are named on the wire as people call them, as far as the wire allows. */
export const publicName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)

/** Follows the address, and writes it. Going to another room can be gone back from; another transport is no other place. */
export function followPlace(): { place: ReadonlySignal<Place>; go(changes: Partial<Place>): void } {
  const place = signal(readPlace(location.hash))
  addEventListener('popstate', () => {
    place.value = readPlace(location.hash)
  })
  return {
    place,
    go(changes) {
      const before = place.peek()
      const next = { ...before, ...changes }
      place.value = next
      if (next.room === before.room) history.replaceState(null, '', writePlace(next))
      else history.pushState(null, '', writePlace(next))
    },
  }
}
