import type { Feed, Who } from '../../feed/feed.ts'
import type { Watcher } from '../../people/presence.ts'
import { sse } from '../../transports/sse.ts'
import type { BrokenServer } from './index.ts'

interface Guest {
  name: string
  isTyping: boolean
  watcher: Watcher | undefined
}

/**
 * SSE with a presence in which every end is something that must arrive: whoever types does so until they publish, or until
 * their connection is closed. One whose network is gone does neither. Known from open-chat-labs/open-chat#947 and
 * wireapp/wire-webapp#14165. The cure is in server/people/presence.ts: a timer, which each signal sets back.
 */
export const typingForEver: BrokenServer = async (app, { feed }) => {
  const rooms = new Map<string, Map<string, Guest>>()
  let v = 0

  const guestIn = (room: string, { client = '' }: Who) => rooms.get(room)?.get(client)

  function latest(room: string) {
    const guests = [...(rooms.get(room)?.values() ?? [])]
    const named = (some: readonly Guest[]) => some.map(({ name }) => ({ name }))
    return { v, online: named(guests), typing: named(guests.filter(({ isTyping }) => isTyping)) }
  }

  function tell(room: string) {
    v += 1
    const update = { room, presence: latest(room) }
    for (const { watcher } of rooms.get(room)?.values() ?? []) watcher?.onPresence(update)
  }

  const forEver: Feed = {
    ...feed,
    attend(room, { client = '' }, watcher) {
      const guests = rooms.get(room) ?? new Map<string, Guest>()
      const guest = { name: 'guest', isTyping: false, watcher }
      rooms.set(room, guests.set(client, guest))
      tell(room)
      const leave = () => {
        if (guests.get(client) === guest) guests.delete(client)
        if (guests.size === 0) rooms.delete(room)
        tell(room)
      }
      return { latest: () => latest(room), sinceLast: undefined, leave, lose: leave }
    },
    typing(room, who) {
      // It counts against what one address may say.
      feed.typing(room, who)
      const guest = guestIn(room, who)
      if (!guest || guest.isTyping) return
      // The bug is what is not here: a time after which that is no longer so.
      guest.isTyping = true
      tell(room)
    },
    away() {},
    async publish(room, draft, who) {
      const appended = await feed.publish(room, draft, who)
      const guest = guestIn(room, who)
      if (guest) {
        guest.name = draft.name ?? 'guest'
        guest.isTyping = false
        tell(room)
      }
      return appended
    },
  }

  app.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, hide: true }
  })
  await app.register(sse, { feed: forEver })
}
