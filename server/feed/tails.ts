import type { Entry } from '../contract/wire.ts'
import { sizeOf } from './entries.ts'

/** The latest entries of rooms that are in use, kept in memory so that their readers need not wait for the file. */
export interface Tails {
  /** The room's next entry. */
  add(entry: Entry): void
  /** The entries after `from` up to `last`, when all of them are here. */
  read(room: string, from: number, last: number): Entry[] | undefined
  /** Entries, as read from the file, up to the tail's beginning or, without a tail, up to the room's head. */
  prepend(room: string, entries: Entry[], head: number): void
  forget(room: string): void
}

interface Tail {
  /** Without a hole. */
  entries: Entry[]
  bytes: number
}

/** Keeps about the latest `perRoom` entries of a room, and `bytes` in all: beyond, the quietest room's go first. */
export function createTails({ perRoom, bytes: maxBytes }: { perRoom: number; bytes: number }): Tails {
  /** In order of their last use, the quietest first. */
  const tails = new Map<string, Tail>()
  let bytes = 0

  function set(room: string, entries: Entry[], weight: number) {
    forget(room)
    tails.set(room, { entries, bytes: weight })
    bytes += weight
    for (const quietest of tails.keys()) {
      if (bytes <= maxBytes) break
      forget(quietest)
    }
  }

  function forget(room: string) {
    bytes -= tails.get(room)?.bytes ?? 0
    tails.delete(room)
  }

  const weigh = (entries: Entry[]) => entries.reduce((sum, entry) => sum + sizeOf(entry), 0)

  return {
    add(entry) {
      const tail = tails.get(entry.room)
      // A room that was forgotten and is born again goes on elsewhere.
      if (!tail || tail.entries.at(-1)?.seq !== entry.seq - 1) return set(entry.room, [entry], sizeOf(entry))
      tail.entries.push(entry)
      if (tail.entries.length < 2 * perRoom) return set(entry.room, tail.entries, tail.bytes + sizeOf(entry))
      const latest = tail.entries.slice(-perRoom)
      set(entry.room, latest, weigh(latest))
    },
    read(room, from, last) {
      if (from === last) return []
      const entries = tails.get(room)?.entries
      const first = entries?.[0]?.seq
      if (!entries || first === undefined || first > from + 1 || last > first + entries.length - 1)
        return undefined
      return entries.slice(from + 1 - first, last + 1 - first)
    },
    prepend(room, entries, head) {
      const tail = tails.get(room)?.entries ?? []
      const next = tail[0]?.seq ?? head + 1
      const all = [...entries.filter(({ seq }) => seq < next), ...tail]
      if (entries.at(-1)?.seq !== next - 1 || all.length >= 2 * perRoom) return
      set(room, all, weigh(all))
    },
    forget,
  }
}
