import { now } from '../clock.ts'
import { type Cursor, formatCursor } from '../contract/cursor.ts'
import type { Draft, Entry, History } from '../contract/wire.ts'
import { entryOf, idTaken, isRepeat, newEpoch, receiptOf, repeatKey, sizeOf, startOf } from './entries.ts'
import type { Log, OnEntry, Stamp } from './log.ts'

/** What the log may hold. Beyond any of these the oldest goes first, and its readers are told `gap`. */
export interface MemoryLogLimits {
  entriesPerRoom?: number
  rooms?: number
  /** Bytes of text over all rooms, counted as two a UTF-16 unit, which is what V8 may need. */
  bytes?: number
}

interface Room {
  /** Kept entries by seq: a Map remembers insertion order, so its first key is the oldest. */
  kept: Map<number, Kept>
  /** The seq of the latest entry. */
  head: number
  /** Which draft became which entry, for as long as the entry is kept: `author id` → seq. */
  drafts: Map<string, number>
  bytes: number
}

interface Kept {
  entry: Entry
  /** Its key in `drafts`, where it may be repeated. */
  key: string | undefined
}

/** A log that lives and dies with the process; its epoch is drawn anew each time. */
export function createMemoryLog(limits: MemoryLogLimits = {}): Log {
  const { entriesPerRoom = 10_000, rooms: maxRooms = 1_000, bytes: maxBytes = 256 * 1024 * 1024 } = limits
  const epoch = newEpoch()
  const followers = new Set<OnEntry>()
  /** In order of their last entry, the quietest first. */
  const rooms = new Map<string, Room>()
  const records = new Map<string, object>()
  let totalBytes = 0
  /**
   * Rooms that were forgotten may be born again, and must not use a seq twice: a cursor of their first life would
   * then pass for one of the second. So every later birth starts beyond the highest head ever forgotten.
   */
  let base = 0

  const unborn = (): Room => ({ kept: new Map(), head: base, drafts: new Map(), bytes: 0 })
  const oldestSeq = (room: Room) => room.kept.keys().next().value ?? room.head + 1

  function append(name: string, draft: Draft, author: string | undefined, stamp?: Stamp) {
    const room = rooms.get(name) ?? unborn()
    const key = repeatKey(draft, author)
    const known = key === undefined ? undefined : room.kept.get(room.drafts.get(key) ?? 0)?.entry
    if (known) {
      if (!isRepeat(known, draft)) throw idTaken(known.id)
      return { receipt: receiptOf(known, 'memory'), repeat: true }
    }

    const entry = entryOf(name, room.head + 1, draft, now(), stamp)
    room.head = entry.seq
    room.kept.set(entry.seq, { entry, key })
    if (key !== undefined) room.drafts.set(key, entry.seq)
    room.bytes += sizeOf(entry)
    totalBytes += sizeOf(entry)
    rooms.delete(name)
    rooms.set(name, room)
    makeRoom(name, room)
    const cursor = formatCursor(epoch, entry.seq)
    for (const onEntry of followers) onEntry(entry, cursor)
    return { receipt: receiptOf(entry, 'memory'), repeat: false }
  }

  /** Brings the log back within its limits: first the room's own, then whole rooms, the quietest first. */
  function makeRoom(latestName: string, latest: Room) {
    while (latest.kept.size > entriesPerRoom) forgetOldest(latest)
    for (const [name, room] of rooms) {
      if (name === latestName || (rooms.size <= maxRooms && totalBytes <= maxBytes)) break
      rooms.delete(name)
      totalBytes -= room.bytes
      base = Math.max(base, room.head)
    }
    while (totalBytes > maxBytes && latest.kept.size > 1) forgetOldest(latest)
  }

  function forgetOldest(room: Room) {
    const oldest = room.kept.get(oldestSeq(room))
    if (!oldest) return
    room.kept.delete(oldest.entry.seq)
    if (oldest.key !== undefined) room.drafts.delete(oldest.key)
    room.bytes -= sizeOf(oldest.entry)
    totalBytes -= sizeOf(oldest.entry)
  }

  function after(name: string, cursor: Cursor | undefined, limit: number) {
    const room = rooms.get(name) ?? unborn()
    const { from, gap } = startOf({ first: oldestSeq(room), head: room.head }, epoch, cursor)
    const last = Math.min(from + limit, room.head)
    const entries: Entry[] = []
    for (let seq = from + 1; seq <= last; seq++) {
      const kept = room.kept.get(seq)
      if (kept) entries.push(kept.entry)
    }
    return {
      start: formatCursor(epoch, from),
      cursor: formatCursor(epoch, last),
      gap,
      more: last < room.head,
      entries,
    }
  }

  function before(name: string, seq: number | undefined, limit: number): History {
    const room = rooms.get(name) ?? unborn()
    const last = Math.min((seq ?? room.head + 1) - 1, room.head)
    const first = Math.max(oldestSeq(room), last - limit + 1)
    const entries: Entry[] = []
    for (let seq = first; seq <= last; seq++) {
      const kept = room.kept.get(seq)
      if (kept) entries.push(kept.entry)
    }
    const more = entries.length > 0 && first > oldestSeq(room)
    return { cursor: formatCursor(epoch, Math.max(0, last)), more, entries }
  }

  return {
    append: async (...draft) => append(...draft),
    after: async (room, cursor, limit) => after(room, cursor, limit),
    before: async (room, seq, limit) => before(room, seq, limit),
    rooms: () => [...rooms.keys()].reverse(),
    head: (room) => rooms.get(room)?.head ?? base,
    records: {
      all: async () => [...records],
      async put(name, value) {
        records.set(name, value)
      },
      async delete(name) {
        records.delete(name)
      },
    },
    follow(onEntry) {
      followers.add(onEntry)
      return () => followers.delete(onEntry)
    },
    close: () => followers.clear(),
  }
}
