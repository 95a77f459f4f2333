import type { Entry } from '../../server/contract/wire.ts'

/** What stands in the log, from top to bottom. */
export type Block =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'notice'; key: string; entry: Entry }
  | { kind: 'group'; key: string; from: Entry['from']; own: boolean; entries: Entry[] }

/** Messages of one author that follow each other so closely, in ms, stand under one name. */
const CLOSE = 5 * 60_000

/** Groups entries by day and author. Signals between two browsers are not for reading. */
export function blocksOf(entries: readonly Entry[], me: string): Block[] {
  const blocks: Block[] = []
  let day = ''
  let previous: Entry | undefined
  for (const entry of entries) {
    if (entry.kind === 'signal') continue
    const today = new Date(entry.at).toDateString()
    if (today !== day) {
      blocks.push({ kind: 'day', key: `day ${entry.seq}`, at: entry.at })
      day = today
      previous = undefined
    }
    const last = blocks.at(-1)
    if (entry.kind === 'notice') blocks.push({ kind: 'notice', key: `notice ${entry.seq}`, entry })
    else if (last?.kind === 'group' && previous && continues(previous, entry)) last.entries.push(entry)
    else {
      const own = entry.from.id === me
      blocks.push({ kind: 'group', key: `from ${entry.seq}`, from: entry.from, own, entries: [entry] })
    }
    previous = entry
  }
  return blocks
}

/** Names are nobody's own: of two who are called the same, an id tells them apart. */
const continues = (previous: Entry, { from, at }: Entry) =>
  previous.from.id === from.id && previous.from.name === from.name && at - previous.at < CLOSE
