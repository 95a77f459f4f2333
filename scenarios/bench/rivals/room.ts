import { formatCursor, parseCursor } from '../../../server/contract/cursor.ts'
import {
  BACKLOG,
  type Draft,
  type Entry,
  PAGE_SIZE,
  type Page,
  type Receipt,
} from '../../../server/contract/wire.ts'

/**
 * The one room that a rival has, in memory: an array. It makes entries with the fields and the length of the
 * product's, and does nothing else: no validation, no deduplication, no bound on what it keeps.
 */
export interface Room {
  readonly name: string
  /** Where a reader stands who has everything. */
  readonly cursor: string
  append(draft: Draft): { entry: Entry; receipt: Receipt }
  /** What follows a cursor; without one the latest entries. */
  page(after: string | undefined): Page
}

const EPOCH = 'riva'

/**
 * A rival serves one room, whatever the URL calls it. Its name is as long as those of the benchmark's rooms.
 */
export function createRoom(name = 'bench-00000000'): Room {
  const entries: Entry[] = []
  return {
    name,
    get cursor() {
      return formatCursor(EPOCH, entries.length)
    },
    append({ id = '', text, sentAt }) {
      const seq = entries.length + 1
      // To a microsecond, as the product's: a longer fraction would be a longer entry.
      const at = Math.round((performance.timeOrigin + performance.now()) * 1000) / 1000
      const entry: Entry = {
        room: name,
        seq,
        kind: 'text',
        id,
        from: { name: 'guest' },
        text: text ?? '',
        ...(sentAt !== undefined && { sentAt }),
        at,
      }
      entries.push(entry)
      return { entry, receipt: { id, seq, at, stored: 'memory' } }
    },
    page(after) {
      const from = after === undefined ? Math.max(0, entries.length - BACKLOG) : parseCursor(after).seq
      const page = entries.slice(from, from + PAGE_SIZE)
      return {
        cursor: formatCursor(EPOCH, from + page.length),
        gap: false,
        more: from + page.length < entries.length,
        entries: page,
      }
    },
  }
}

/** The cursor that goes with an entry. */
export const cursorOf = ({ seq }: Entry): string => formatCursor(EPOCH, seq)
