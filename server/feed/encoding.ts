import type { Cursor } from '../contract/cursor.ts'
import type { Entry } from '../contract/wire.ts'

/**
 * Encodes each entry once per wire format, not once per reader: the first reader pays, the others get the same
 * value. An entry that the log forgets takes its encodings with it.
 */
export function oncePerEntry<T>(encode: (entry: Entry, cursor: Cursor) => T): typeof encode {
  const encoded = new WeakMap<Entry, T>()
  // A fan-out asks for the same entry a thousand times in a row; a comparison is cheaper than a look-up.
  let latest: { entry: Entry; value: T } | undefined
  return (entry, cursor) => {
    if (latest?.entry === entry) return latest.value
    const value = encoded.get(entry) ?? encode(entry, cursor)
    encoded.set(entry, value)
    latest = { entry, value }
    return value
  }
}

/** The JSON of an entry: what every wire format has inside. */
export const entryJson = oncePerEntry((entry) => JSON.stringify(entry))
