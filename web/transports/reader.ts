import { formatCursor, parseCursor } from '../../server/contract/cursor.ts'
import type { Entry, Page, Presence } from '../../server/contract/wire.ts'
import type { Listener, Target } from './connection.ts'

/** What every client keeps through its reconnects: where it stands. */
export interface Reader {
  readonly cursor: string | undefined
  /** The server says where we stand before what follows. */
  joined(cursor: string): void
  gap(cursor: string): void
  entry(entry: Entry): void
  page(page: Page): void
  presence(presence: Presence): void
  /** The version of presence to ask for news of; absent where nobody listens. */
  readonly version: string | undefined
}

/** `ended` says that the owner has closed the connection: of what had already arrived, nothing more is told. */
export function createReader({ after }: Target, listener: Listener, ended?: AbortSignal): Reader {
  let cursor = after
  let epoch = ''
  let seen = 0
  let version = 0

  function standAt(next: string) {
    cursor = next
    const parsed = parseCursor(next)
    epoch = parsed.epoch
    seen = parsed.seq
  }

  function gap(next: string) {
    if (ended?.aborted) return
    standAt(next)
    listener.onGap(next)
  }

  function entry(entry: Entry) {
    // A connection that was cut may have said this one just before; the log's order makes it easy to tell.
    if (entry.seq <= seen || ended?.aborted) return
    standAt(formatCursor(epoch, entry.seq))
    listener.onEntry(entry)
  }

  function presence(presence: Presence) {
    if (ended?.aborted) return
    version = presence.v
    listener.onPresence?.(presence)
  }

  return {
    presence,
    get version() {
      return listener.onPresence ? String(version) : undefined
    },
    get cursor() {
      return cursor
    },
    joined: standAt,
    gap,
    entry,
    page(page) {
      // The cursor is that of the last entry, and seqs have no holes: so this is where the page begins.
      const end = parseCursor(page.cursor)
      const start = formatCursor(end.epoch, end.seq - page.entries.length)
      if (page.gap) gap(start)
      else standAt(start)
      page.entries.forEach(entry)
      if (page.presence) presence(page.presence)
    },
  }
}
