import type { Cursor } from '../contract/cursor.ts'
import { WireError } from '../contract/errors.ts'
import type { Feed, FeedListener, Who } from '../feed/feed.ts'

/** One connection may follow this many rooms at once. */
const MAX_JOINS = 64

/** The rooms that one connection follows, for the transports that can carry many. */
export interface Joins {
  /** Joins a room; joining again replaces. Resolves when joined; throws when there are too many. */
  join(room: string, after: Cursor | undefined, listener: FeedListener): Promise<void>
  leave(room: string): void
  leaveAll(): void
}

export function createJoins(feed: Feed, who: Who): Joins {
  const joins = new Map<string, AbortController>()

  async function join(room: string, after: Cursor | undefined, listener: FeedListener) {
    if (!joins.has(room) && joins.size >= MAX_JOINS) {
      throw new WireError(
        'too-many',
        `One connection may join ${MAX_JOINS} rooms. Leave one, or open another connection.`,
      )
    }
    joins.get(room)?.abort()
    const left = new AbortController()
    joins.set(room, left)
    await feed.follow(room, after, who, listener, left.signal)
  }

  function leave(room: string) {
    joins.get(room)?.abort()
    joins.delete(room)
  }

  return {
    join,
    leave,
    leaveAll: () => {
      for (const room of [...joins.keys()]) leave(room)
    },
  }
}
