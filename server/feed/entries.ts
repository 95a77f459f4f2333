import { randomBytes, randomInt } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type Cursor, parseCursor } from '../contract/cursor.ts'
import { WireError } from '../contract/errors.ts'
import { BACKLOG, type Draft, type Entry, type Receipt } from '../contract/wire.ts'
import type { Stamp } from './log.ts'

/** What every log has to know of entries, wherever it keeps them. */

/** Which entries of a room are kept: those from `first` to `head`, without a hole; none when `first` is beyond. */
export interface Extent {
  /** The seq of the oldest entry that is kept, or the one after `head`. */
  first: number
  /** The seq of the latest entry there ever was. */
  head: number
}

/** Four characters of a–z and 0–9. */
export function newEpoch(): string {
  return randomInt(36 ** 4)
    .toString(36)
    .padStart(4, '0')
}

/** A draft as the entry it becomes; an id is made where its author gave none. `at`: ms since 1970. */
export function entryOf(room: string, seq: number, draft: Draft, at: number, stamp: Stamp = {}): Entry {
  return {
    room,
    seq,
    kind: stamp.kind ?? draft.kind ?? 'text',
    id: draft.id ?? randomBytes(9).toString('base64url'),
    from: stamp.from ?? { name: draft.name ?? 'guest' },
    text: draft.kind === 'signal' ? '' : (draft.text ?? ''),
    ...(draft.kind === 'signal' && { data: draft.data }),
    ...(draft.kind === 'signal' && draft.to !== undefined && { to: draft.to }),
    ...(draft.sentAt !== undefined && { sentAt: draft.sentAt }),
    at,
  }
}

/** Under which key a draft may be repeated in its room; under none when nobody can say whose it is. */
export function repeatKey(draft: Draft, author: string | undefined): string | undefined {
  return draft.id !== undefined && author !== undefined ? `${author} ${draft.id}` : undefined
}

/** Whether a draft says what the entry of the same id says: else that id is taken. */
export const isRepeat = (entry: Entry, draft: Draft): boolean =>
  draft.kind === 'signal'
    ? entry.kind === 'signal' && isDeepStrictEqual(entry.data, draft.data)
    : entry.kind !== 'signal' && entry.text === draft.text

export const idTaken = (id: string) =>
  new WireError('id-taken', `You published something else as "${id}" before. Choose another id.`)

export const receiptOf = ({ id, seq, at }: Entry, stored: Receipt['stored']): Receipt => ({
  id,
  seq,
  at,
  stored,
})

/** The seq after which a reader begins, and whether something before it is lost to that reader. */
export function startOf({ first, head }: Extent, epoch: string, cursor: Cursor | undefined) {
  const beginning = first - 1
  if (cursor === undefined) return { from: Math.max(beginning, head - BACKLOG), gap: false }
  if (cursor === '0') return { from: beginning, gap: false }
  const asked = parseCursor(cursor)
  const held = asked.epoch === epoch && asked.seq >= beginning && asked.seq <= head
  return held ? { from: asked.seq, gap: false } : { from: beginning, gap: true }
}

/** What an entry weighs in memory, in bytes: its strings, at two a UTF-16 unit, and the objects that hold them. */
export const sizeOf = (entry: Entry): number =>
  2 * (lengthOf(entry) + entry.id.length + entry.from.name.length) + 400

/** What it says, in UTF-16 units. */
export const lengthOf = ({ text = '', data }: Pick<Draft, 'text' | 'data'>): number =>
  text.length + (data === undefined ? 0 : JSON.stringify(data).length)
