import type { Cursor } from '../contract/cursor.ts'
import { WireError } from '../contract/errors.ts'
import type { Feed, FeedListener, Who } from '../feed/feed.ts'

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

export function createJoins(feed: Feed, who: Who): Joins {
  const joins = new Map<string, { joined: Promise<void>; left: AbortController }>()

  async function join(room: string, after: Cursor | undefined, listener: FeedListener): Promise<void> {
    if (!joins.has(room) && joins.size >= MAX_JOINS) {
      throw new WireError(
        'too-many',
        `One connection may join ${MAX_JOINS} rooms. Leave one, or open another connection.`,
      )
    }
    const left = new AbortController()
    const joined = leave(room).then(() => feed.follow(room, after, who, listener, left.signal))
    joins.set(room, { joined, left })
    await joined
  }

  async function leave(room: string) {
    const current = joins.get(room)
    joins.delete(room)
    await current?.joined.catch(() => {})
    current?.left.abort()
  }

  return {
    join,
    leave,
    leaveAll() {
      for (const { left } of joins.values()) left.abort()
      joins.clear()
    },
  }
}
