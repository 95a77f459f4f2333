import type { Cursor } from '../contract/cursor.ts'
import { WireError } from '../contract/errors.ts'
import type { Feed, FeedListener, Following, Who } from '../feed/feed.ts'

/** One connection may follow this many rooms at once. */
const MAX_JOINS = 64

/** The rooms that one connection follows, for the transports that can carry many. */
export interface Joins {
  /** Joins a room; joining again replaces. Resolves when joined; throws when there are too many. */
  join(room: string, after: Cursor | undefined, listener: FeedListener): Promise<void>
  /** Resolves when nothing more of the room will be said. A join under way is answered first. */
  leave(room: string): Promise<void>
  /** The connection has ended: nobody is left to answer. */
  leaveAll(): void
}

/** `onExpired` is told when the session runs out, with which everything has been left. */
export function createJoins(feed: Feed, who: Who, onExpired: (why: WireError) => void): Joins {
  const joins = new Map<string, Pick<Following, 'joined' | 'leave'>>()
  const stopWaiting = who.person?.whenExpired((why) => {
    leaveAll()
    onExpired(why)
  })

  async function join(room: string, after: Cursor | undefined, listener: FeedListener): Promise<void> {
    if (!joins.has(room) && joins.size >= MAX_JOINS) {
      throw new WireError(
        'too-many',
        `One connection may join ${MAX_JOINS} rooms. Leave one, or open another connection.`,
      )
    }
    let following: Following | undefined
    let left = false
    const joined = leave(room).then(() => {
      if (left) return
      following = feed.follow(room, after, who, listener)
      return following.joined
    })
    const join = {
      joined,
      leave() {
        left = true
        following?.leave()
      },
    }
    joins.set(room, join)
    try {
      await joined
    } catch (error) {
      if (joins.get(room) === join) joins.delete(room)
      throw error
    }
  }

  async function leave(room: string) {
    const current = joins.get(room)
    joins.delete(room)
    await current?.joined.catch(() => {})
    current?.leave()
  }

  function leaveAll() {
    stopWaiting?.()
    for (const { leave } of joins.values()) leave()
    joins.clear()
  }

  return { join, leave, leaveAll }
}
