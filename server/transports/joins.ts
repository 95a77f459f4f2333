import type { Cursor } from '../contract/cursor.ts'
import { WireError } from '../contract/errors.ts'
import type { Feed, FeedListener, Following, Who } from '../feed/feed.ts'
import type { Stop } from '../feed/log.ts'
import type { Attendance, Watcher } from '../people/presence.ts'

/** One connection may follow this many rooms at once. */
export const MAX_JOINS = 64

/**
 * The rooms that one connection follows, for the transports that can carry many. What can be done with them are the
 * functions below, which all connections have in common: an idle one is to keep as little as it can.
 */
export interface Joins {
  readonly feed: Feed
  readonly who: Who
  /** A list made anew at each change, so that it has room for no more than there are. */
  rooms: readonly Join[]
  /** Nobody looks at this device. */
  isAway: boolean
  /** Whoever has a session may be told that it runs out. */
  stopWaiting: Stop | undefined
}

interface Join {
  readonly room: string
  /** Settles when the room is joined, or cannot be; absent from then on. */
  joined: Promise<void> | undefined
  following: Following | undefined
  attendance: Attendance | undefined
  hasLeft: boolean
}

/** `onExpired` is told when the session runs out, with which everything has been left. */
export function createJoins(feed: Feed, who: Who, onExpired: (why: WireError) => void): Joins {
  const joins: Joins = { feed, who, rooms: [], isAway: false, stopWaiting: undefined }
  joins.stopWaiting = who.person?.whenExpired((why) => {
    leaveAll(joins)
    onExpired(why)
  })
  return joins
}

/** Joins a room; joining again replaces. Resolves when joined; throws when there are too many. */
export async function joinRoom(
  joins: Joins,
  room: string,
  after: Cursor | undefined,
  listener: FeedListener,
  watcher?: Watcher,
): Promise<void> {
  const { feed, who, rooms } = joins
  if (rooms.length >= MAX_JOINS && !rooms.some((join) => join.room === room)) {
    throw new WireError(
      'too-many',
      `One connection may join ${MAX_JOINS} rooms. Leave one, or open another connection.`,
    )
  }
  const join: Join = { room, joined: undefined, following: undefined, attendance: undefined, hasLeft: false }
  const before = leaveRoom(joins, room)
  join.joined = start()
  // Not by spreading, which leaves room for sixteen more.
  joins.rooms = joins.rooms.concat(join)
  try {
    await join.joined
  } catch (error) {
    joins.rooms = joins.rooms.filter((each) => each !== join)
    throw error
  } finally {
    join.joined = undefined
  }

  async function start() {
    await before
    if (join.hasLeft) return
    const { joined, following } = feed.follow(room, after, who, listener)
    join.following = following
    await joined
    if (join.hasLeft) return
    join.attendance = feed.attend(room, who, watcher)
    if (joins.isAway) feed.away(room, who, true)
  }
}

/** Resolves when nothing more of the room will be said. A join under way is answered first. */
export async function leaveRoom(joins: Joins, room: string): Promise<void> {
  const current = joins.rooms.find((join) => join.room === room)
  if (!current) return
  joins.rooms = joins.rooms.filter((join) => join !== current)
  await current.joined?.catch(() => {})
  leave(current)
}

/** The connection has ended: nobody is left to answer. */
export function leaveAll(joins: Joins): void {
  joins.stopWaiting?.()
  const { rooms } = joins
  joins.rooms = []
  for (const join of rooms) leave(join, true)
}

/** Whether somebody looks at this device, in every room that is joined. */
export function setAway(joins: Joins, isAway: boolean): void {
  const { feed, who } = joins
  joins.isAway = isAway
  for (const { room } of joins.rooms) feed.away(room, who, isAway)
}

function leave(join: Join, isOver = false) {
  join.hasLeft = true
  join.following?.leave()
  if (isOver) join.attendance?.lose()
  else join.attendance?.leave()
}
