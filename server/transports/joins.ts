import type { Cursor } from '../contract/cursor.ts'
import { WireError } from '../contract/errors.ts'
import type { Feed, FeedListener, Following, Who } from '../feed/feed.ts'
import type { Attendance, Watcher } from '../people/presence.ts'

/** One connection may follow this many rooms at once. */
export const MAX_JOINS = 64

/** The rooms that one connection follows, for the transports that can carry many. */
export interface Joins {
  /** Joins a room; joining again replaces. Resolves when joined; throws when there are too many. */
  join(room: string, after: Cursor | undefined, listener: FeedListener, watcher?: Watcher): Promise<void>
  /** Resolves when nothing more of the room will be said. A join under way is answered first. */
  leave(room: string): Promise<void>
  /** The connection has ended: nobody is left to answer. */
  leaveAll(): void
  /** Whether somebody looks at this device, in every room that is joined. */
  away(isAway: boolean): void
}

/** `onExpired` is told when the session runs out, with which everything has been left. */
export function createJoins(feed: Feed, who: Who, onExpired: (why: WireError) => void): Joins {
  const joins = new Map<string, { joined: Promise<void>; leave(isOver?: boolean): void }>()
  let isAway = false
  const stopWaiting = who.person?.whenExpired((why) => {
    leaveAll()
    onExpired(why)
  })

  async function join(
    room: string,
    after: Cursor | undefined,
    listener: FeedListener,
    watcher?: Watcher,
  ): Promise<void> {
    if (!joins.has(room) && joins.size >= MAX_JOINS) {
      throw new WireError(
        'too-many',
        `One connection may join ${MAX_JOINS} rooms. Leave one, or open another connection.`,
      )
    }
    let following: Following | undefined
    let attendance: Attendance | undefined
    let left = false
    const joined = leave(room).then(() => {
      if (left) return
      following = feed.follow(room, after, who, listener)
      return following.joined.then(attend)
    })
    function attend() {
      if (left) return
      attendance = feed.attend(room, who, watcher)
      if (isAway) feed.away(room, who, true)
    }
    const join = {
      joined,
      leave(isOver = false) {
        left = true
        following?.leave()
        if (isOver) attendance?.lose()
        else attendance?.leave()
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
    for (const { leave } of joins.values()) leave(true)
    joins.clear()
  }

  function away(nowAway: boolean) {
    isAway = nowAway
    for (const room of joins.keys()) feed.away(room, who, isAway)
  }

  return { join, leave, leaveAll, away }
}
