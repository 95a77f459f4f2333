import type { IncomingMessage } from 'node:http'
import { type Cursor, parseCursor } from '../contract/cursor.ts'
import { type Draft, type Entry, type Joined, PAGE_SIZE, type Page } from '../contract/wire.ts'
import { type Batch, batchOf } from './encoding.ts'
import type { Appended, Log, Stop } from './log.ts'

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
  /** What follows where the reader stands. */
  onEntries(batch: Batch): void
  /**
   * The log cannot be read, and the reader has been left: nothing more will be said. Whoever carries it ends its
   * connection, so that it comes back with its cursor.
   */
  onFailed(): void
  /** Awaited before each batch of a backlog: a page of long texts is more than a connection may be owed. */
  ready?(): Promise<void> | undefined
}

/** The one feed that every transport carries. Wrapping it keeps its type. */
export interface Feed {
  publish(room: string, draft: Draft, who: Who): Promise<Appended>
  /** What a reader at `cursor` has not seen, at most 200 entries. */
  page(room: string, cursor: Cursor | undefined, who: Who): Promise<Page>
  /**
   * Calls back once, as soon as something follows the cursor, unless stopped before. Also when the log cannot say:
   * whoever reads on then hears why.
   */
  news(room: string, cursor: Cursor, onNews: () => void): Stop
  /** Backlog, then live, with no seam visible to the reader, until it leaves. */
  follow(room: string, cursor: Cursor | undefined, who: Who, listener: FeedListener): Following
  /** True while readers are handed entries: whatever is written meanwhile carries them. */
  isHandingOver(): boolean
}

/** A reader's place in a room. */
export interface Following {
  /** Resolves when the reader has joined, or has left before that; rejects when the log cannot be read. */
  joined: Promise<void>
  /** From here on the reader is told nothing more. */
  leave: Stop
  /** What the reader has been handed so far. It is counted here, where it costs a reader nothing to speak of. */
  handed(): Handed
}

/** Entries, and the bytes of their JSON. */
export interface Handed {
  entries: number
  bytes: number
}

/**
 * A batch is closed at about this many UTF-16 units of text. It is less than a socket takes at once, so that a reader
 * who keeps up never owes a large part of what it was just handed.
 */
const BATCH_SIZE = 32 * 1024

/** A room's live readers, and what they have yet to be handed. */
interface Audience {
  readers: Set<(batch: Batch) => void>
  waiting: Entry[]
  /** That of the last that waits. */
  cursor: Cursor
  size: number
}

export function createFeed(log: Log): Feed {
  /** By room; a room nobody reads has none. */
  const audiences = new Map<string, Audience>()
  const due = new Set<Audience>()
  let handing = false

  /**
   * Entries that are appended in one turn of the event loop are handed over together at its end: each reader then costs
   * one write, however many they are. A lone entry waits for nothing but the requests that came in beside it.
   */
  log.follow((entry, cursor) => {
    const audience = audiences.get(entry.room)
    if (!audience) return
    // A room that was forgotten and born again in one turn has left a hole, and a batch has none.
    if (audience.waiting.at(-1)?.seq !== entry.seq - 1) handOverTo(audience)
    audience.waiting.push(entry)
    audience.cursor = cursor
    audience.size += entry.text.length
    if (due.size === 0) setImmediate(handOver)
    due.add(audience)
    if (audience.size >= BATCH_SIZE) handOverTo(audience)
  })

  function handOver() {
    const audiencesNow = [...due]
    due.clear()
    audiencesNow.forEach(handOverTo)
  }

  function handOverTo(audience: Audience) {
    const { waiting, cursor, readers } = audience
    if (waiting.length === 0) return
    audience.waiting = []
    audience.size = 0
    const batch = batchOf(waiting, parseCursor(cursor).epoch)
    whileHanding(() => {
      for (const onBatch of readers) onBatch(batch)
    })
  }

  function whileHanding(hand: () => void) {
    handing = true
    try {
      hand()
    } finally {
      handing = false
    }
  }

  function subscribe(room: string, onBatch: (batch: Batch) => void): Stop {
    const audience = audiences.get(room) ?? { readers: new Set(), waiting: [], cursor: '', size: 0 }
    audiences.set(room, audience)
    audience.readers.add(onBatch)
    return () => {
      audience.readers.delete(onBatch)
      if (audience.readers.size === 0 && audiences.get(room) === audience) audiences.delete(room)
    }
  }

  function news(room: string, cursor: Cursor, onNews: () => void): Stop {
    const unsubscribe = subscribe(room, tell)
    let told = false
    function tell() {
      if (told) return
      stop()
      onNews()
    }
    function stop() {
      told = true
      unsubscribe()
    }
    // What came between the reader's page and this subscription is in the log.
    log.after(room, cursor, 1).then(({ entries, gap }) => {
      if (entries.length > 0 || gap) tell()
    }, tell)
    return stop
  }

  /**
   * The classic lost message falls between reading the backlog and subscribing. So subscribe first, and while the
   * backlog is read let live entries only say that there is more: the log holds them. A reader is live from the
   * moment a read came back with nothing more to read, which is one synchronous step with the last check.
   */
  function follow(room: string, after: Cursor | undefined, _who: Who, listener: FeedListener): Following {
    let position = after
    /** The seq of `position`, once the log has said where that is. */
    let last = 0
    let entries = 0
    let bytes = 0
    let live = false
    let news = false
    let gone = false

    const unsubscribe = subscribe(room, (batch) => {
      if (!live) {
        news = true
        return
      }
      const next = follows(batch)
      if (next === undefined) {
        // The room was forgotten and born again: let the log say what of it is lost.
        live = false
        catchUp().catch(fail)
      } else if (next.entries.length > 0) {
        advance(next.cursor, last + next.entries.length)
        handOut(next)
      }
    })
    function leave() {
      gone = true
      unsubscribe()
    }

    function fail() {
      // Who has left already is not to be told.
      if (gone) return
      leave()
      listener.onFailed()
    }

    /** What of a batch the reader has not seen: all, unless it has just read the batch's beginning in the log. */
    function follows(batch: Batch): Batch | undefined {
      const first = batch.entries[0]?.seq ?? 0
      if (first === last + 1) return batch
      if (first > last) return undefined
      return batchOf(batch.entries.slice(last + 1 - first), batch.epoch)
    }

    function handOut(batch: Batch) {
      entries += batch.entries.length
      bytes += batch.bytes
      listener.onEntries(batch)
    }

    function advance(cursor: Cursor, seq: number) {
      position = cursor
      last = seq
    }

    async function catchUp(onFirst?: (start: Cursor) => void) {
      for (;;) {
        news = false
        const slice = await log.after(room, position, PAGE_SIZE)
        if (gone) return
        onFirst?.(slice.start)
        onFirst = undefined
        const { epoch, seq } = parseCursor(slice.cursor)
        if (slice.gap) listener.onGap(slice.start)
        for (const entries of inBatches(slice.entries)) {
          const ready = listener.ready?.()
          if (ready) await ready
          // A reader may leave in the middle of a page.
          if (gone) return
          whileHanding(() => handOut(batchOf(entries, epoch)))
        }
        advance(slice.cursor, seq)
        if (!slice.more && !news) break
      }
      live = true
    }

    const joined = new Promise<void>((resolve, reject) => {
      catchUp((start) => {
        // A cursor that lost its place is repeated, not replaced: cut here, its reader must still hear of the gap.
        listener.onJoined?.({ room, cursor: after === undefined || after === '0' ? start : after })
        resolve()
      }).then(resolve, (error) => {
        if (gone) return resolve()
        fail()
        reject(error)
      })
    })
    return { joined, leave, handed: () => ({ entries, bytes }) }
  }

  return {
    publish: (room, draft, who) => log.append(room, draft, who.client),
    page: (room, cursor) => log.after(room, cursor, PAGE_SIZE),
    news,
    follow,
    isHandingOver: () => handing,
  }
}

/** A page in pieces, none much larger than a batch. */
function inBatches(entries: Entry[]): Entry[][] {
  const batches: Entry[][] = []
  let size = BATCH_SIZE
  for (const entry of entries) {
    if (size >= BATCH_SIZE) {
      batches.push([])
      size = 0
    }
    batches.at(-1)?.push(entry)
    size += entry.text.length
  }
  return batches
}
