import { type Cursor, formatCursor } from '../contract/cursor.ts'
import type { Entry } from '../contract/wire.ts'

/**
 * Entries of one room in `seq` order, without holes: what a reader is handed at a time, never empty. All live readers
 * of a room are handed the very same object, so whatever is made of it is made once.
 */
export interface Batch {
  readonly entries: readonly Entry[]
  readonly epoch: string
  /** Where a reader stands who has them all. */
  readonly cursor: Cursor
  /** Of their JSON in UTF-8, whatever a transport puts around it. */
  readonly bytes: number
}

export function batchOf(entries: readonly Entry[], epoch: string): Batch {
  let bytes = 0
  for (const entry of entries) bytes += entryBytes(entry)
  return { entries, epoch, cursor: formatCursor(epoch, entries.at(-1)?.seq ?? 0), bytes }
}

/** The seq at its end. */
export const lastOf = ({ entries }: Batch) => entries.at(-1)?.seq ?? 0

/**
 * Makes something of each entry once, not once per reader: the first reader pays, the others get the same value. An
 * entry that the log forgets takes what was made of it with it.
 */
export function oncePerEntry<T>(make: (entry: Entry, epoch: string) => T) {
  const made = new WeakMap<Entry, T>()
  return (entry: Entry, epoch = ''): T => {
    const known = made.get(entry)
    if (known !== undefined) return known
    const value = make(entry, epoch)
    made.set(entry, value)
    return value
  }
}

/**
 * Makes something of each thing once: a fan-out asks for the same one a thousand times in a row, and never again. Polls ask
 * for two by turns, the page with what is new and the one with nothing.
 */
export function once<Thing extends object, T>(make: (thing: Thing) => T): typeof make {
  let latest: { thing: Thing; value: T } | undefined
  let before = latest
  return (thing) => {
    if (latest?.thing === thing) return latest.value
    if (before?.thing === thing) return before.value
    before = latest
    latest = { thing, value: make(thing) }
    return latest.value
  }
}

/** Encodes batches for a wire on which entries just follow each other. Each entry is encoded once for all readers. */
export function batchEncoder(encode: (entry: Entry, cursor: Cursor) => Buffer): (batch: Batch) => Buffer {
  const encodeEntry = oncePerEntry((entry, epoch) => encode(entry, formatCursor(epoch, entry.seq)))
  return once(({ entries, epoch }) => {
    const encoded = entries.map((entry) => encodeEntry(entry, epoch))
    return encoded.length === 1 && encoded[0] ? encoded[0] : Buffer.concat(encoded)
  })
}

/** The JSON of an entry: what every wire format has inside. */
export const entryJson = oncePerEntry((entry) => JSON.stringify(entry))

/** Its length in UTF-8. */
export const entryBytes = oncePerEntry((entry) => Buffer.byteLength(entryJson(entry)))
