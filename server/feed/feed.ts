import type { IncomingMessage } from 'node:http'
import { type Cursor, formatCursor, parseCursor } from '../contract/cursor.ts'
import { type Draft, type Entry, type Joined, PAGE_SIZE, type Page } from '../contract/wire.ts'
import type { Appended, Log, OnEntry, Stop } from './log.ts'

/** Who asks: the request or handshake that carried them here, and the lane it named. */
export interface Who {
  request: IncomingMessage
  client: string | undefined
}

/** A reader of a room. Calls come in the order joined, gap, entries; never two at once. */
export interface FeedListener {
  /** Once, before anything else: where the reader stands before what follows. */
  onJoined?(joined: Joined): void
  /** Something before `cursor` is lost to this reader; what is kept follows. */
  onGap(cursor: Cursor): void
  /** The cursor is that of this entry: where the reader stands once it has it. */
  onEntry(entry: Entry, cursor: Cursor): void
  /** Awaited before each entry of a backlog: a page of long texts is more than a connection may be owed. */
  ready?(): Promise<void> | undefined
}

/** The one feed that every transport carries. Wrapping it keeps its type. */
export interface Feed {
  publish(room: string, draft: Draft, who: Who): Promise<Appended>
  /** What a reader at `cursor` has not seen, at most 200 entries. */
  page(room: string, cursor: Cursor | undefined, who: Who): Promise<Page>
  /** Resolves once something follows the cursor, or `until` is aborted, whichever comes first. */
  news(room: string, cursor: Cursor, until: AbortSignal): Promise<void>
  /** Backlog, then live, with no seam visible to the reader, `until` it leaves; resolves when it has joined or left. */
  follow(
    room: string,
    cursor: Cursor | undefined,
    who: Who,
    listener: FeedListener,
    until: AbortSignal,
  ): Promise<void>
}

export function createFeed(log: Log): Feed {
  /** Live readers by room; a room nobody reads has no set. */
  const readers = new Map<string, Set<OnEntry>>()

  log.follow((entry, cursor) => {
    for (const onEntry of readers.get(entry.room) ?? []) onEntry(entry, cursor)
  })

  function subscribe(room: string, onEntry: OnEntry): Stop {
    const set = readers.get(room) ?? new Set()
    readers.set(room, set.add(onEntry))
    return () => {
      set.delete(onEntry)
      if (set.size === 0 && readers.get(room) === set) readers.delete(room)
    }
  }

  async function page(room: string, after: Cursor | undefined): Promise<Page> {
    const { cursor, gap, more, entries } = await log.after(room, after, PAGE_SIZE)
    return { cursor, gap, more, entries }
  }

  async function news(room: string, cursor: Cursor, until: AbortSignal) {
    let unsubscribe: Stop = () => {}
    try {
      await new Promise<void>((resolve, reject) => {
        unsubscribe = subscribe(room, () => resolve())
        until.addEventListener('abort', () => resolve(), { once: true })
        if (until.aborted) resolve()
        // What came between the reader's page and this subscription is in the log.
        log.after(room, cursor, 1).then(({ entries, gap }) => {
          if (entries.length > 0 || gap) resolve()
        }, reject)
      })
    } finally {
      unsubscribe()
    }
  }

  /**
   * The classic lost message falls between reading the backlog and subscribing. So subscribe first, and while the
   * backlog is read let live entries only say that there is more: the log holds them. A reader is live from the
   * moment a read came back with nothing more to read, which is one synchronous step with the last check.
   */
  async function follow(
    room: string,
    after: Cursor | undefined,
    _who: Who,
    listener: FeedListener,
    until: AbortSignal,
  ) {
    if (until.aborted) return
    let position = after
    /** The seq of `position`, once the log has said where that is. */
    let last = 0
    let live = false
    let news = false

    const unsubscribe = subscribe(room, (entry, cursor) => {
      if (!live) {
        news = true
      } else if (entry.seq === last + 1) {
        advance(cursor, entry.seq)
        listener.onEntry(entry, cursor)
      } else {
        // The room was forgotten and born again: let the log say what of it is lost.
        live = false
        void catchUp()
      }
    })
    until.addEventListener('abort', unsubscribe, { once: true })

    function advance(cursor: Cursor, seq: number) {
      position = cursor
      last = seq
    }

    async function catchUp(onFirst?: (start: Cursor) => void) {
      for (;;) {
        news = false
        const slice = await log.after(room, position, PAGE_SIZE)
        if (until.aborted) return
        onFirst?.(slice.start)
        onFirst = undefined
        const { epoch, seq } = parseCursor(slice.cursor)
        if (slice.gap) listener.onGap(slice.start)
        for (const entry of slice.entries) {
          const ready = listener.ready?.()
          if (ready) await ready
          // A reader may leave in the middle of a page.
          if (until.aborted) return
          listener.onEntry(entry, formatCursor(epoch, entry.seq))
        }
        advance(slice.cursor, seq)
        if (!slice.more && !news) break
      }
      live = true
    }

    try {
      await new Promise<void>((joined, failed) => {
        catchUp((start) => {
          // A cursor that lost its place is repeated, not replaced: cut here, its reader must still hear of the gap.
          listener.onJoined?.({ room, cursor: after === undefined || after === '0' ? start : after })
          joined()
        }).then(joined, failed)
      })
    } catch (error) {
      unsubscribe()
      throw error
    }
  }

  return {
    publish: (room, draft, who) => log.append(room, draft, who.client),
    page,
    news,
    follow,
  }
}
