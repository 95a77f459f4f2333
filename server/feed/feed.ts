import type { ServerResponse } from 'node:http'
import type { Origin } from '../connection.ts'
import { type Cursor, parseCursor } from '../contract/cursor.ts'
import type { WireError } from '../contract/errors.ts'
import { type Draft, type Entry, type History, type Joined, PAGE_SIZE, type Page } from '../contract/wire.ts'
import { createPresence, type Presences } from '../people/presence.ts'
import type { Person } from '../people/sessions.ts'
import { type Batch, batchOf, lastOf } from './encoding.ts'
import { lengthOf } from './entries.ts'
import type { Appended, Log, Stop } from './log.ts'
import { createPolls, type Poll, type Waiting } from './polls.ts'
import { createRoster, type Roster } from './roster.ts'

/**
 * Who asks: the connection that carried them here, the lane that their request or handshake named, and the session it
 * showed. Not the request: whoever stays would keep it for as long.
 */
export interface Who {
  connection: Origin
  client: string | undefined
  /** Absent: a guest. */
  person?: Person | undefined
  /** What the page that they ask for will be written to, where it is said. */
  answer?: ServerResponse | undefined
}

/** A reader of a room. Calls come in the order joined, gap, entries; never two at once. */
export interface FeedListener {
  /** Once, before anything else: where the reader stands before what follows. */
  onJoined?: ((joined: Joined) => void) | undefined
  /** Something before `cursor` is lost to this reader; what is kept follows. */
  onGap(cursor: Cursor): void
  /** What follows where the reader stands. */
  onEntries(batch: Batch): void
  /**
   * The log cannot be read, and the reader has been left: nothing more will be said. Whoever carries it ends its
   * connection, so that it comes back with its cursor.
   */
  onFailed(): void
  /**
   * The reader may no longer read (`expired`, `removed`), and has been left: nothing more will be said. Whoever carries
   * it says so; who does not listen is told `onFailed`.
   */
  onEnded?(why: WireError): void
  /** Awaited before each batch of a backlog: a page of long texts is more than a connection may be owed. */
  ready?(): Promise<void> | undefined
}

/** The one feed that every transport carries, and who is there to read it. Wrapping it keeps its type. */
export interface Feed extends Presences {
  publish(room: string, draft: Draft, who: Who): Promise<Appended>
  /**
   * What a reader at `cursor` has not seen, at most 200 entries. Without a promise where another has just been told the
   * same.
   */
  page(room: string, cursor: Cursor | undefined, who: Who): Page | Promise<Page>
  /**
   * The same, as soon as there is something on it. Calls back once, and no promise is kept for each who waits. What it
   * returns ends the wait: any page will do from then on, also one with nothing on it.
   */
  nextPage(room: string, cursor: Cursor | undefined, who: Who, waiting: Waiting): Stop
  /** Ends the wait of everybody: the server is to stop. */
  endWaits(): void
  /** Backlog, then live, with no seam visible to the reader, until it leaves. */
  follow(room: string, cursor: Cursor | undefined, who: Who, listener: FeedListener): Joining
  /** What came before an entry, at most `limit` entries; before the next one where `seq` is absent. */
  history(room: string, seq: number | undefined, limit: number, who: Who): Promise<History>
  /** True while readers are handed entries: whatever is written meanwhile carries them. */
  isHandingOver(): boolean
  /** The page that one who waited is just being told of: a response that is ended meanwhile carries it. */
  pageInHand(): Page | undefined
}

/** A reader on the way into a room. */
export interface Joining {
  /** Resolves when the reader has joined, or has left before that; rejects when the log cannot be read. */
  joined: Promise<void>
  /** Its place there, from now on. */
  following: Following
}

/** A reader's place in a room. */
export interface Following {
  /** From here on the reader is told nothing more. */
  leave(): void
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

/** A room's readers, and what they have yet to be handed. */
interface Audience {
  readonly room: string
  /**
   * Who has all that was handed over so far. They move in step, so where they stand and what they were handed is kept
   * once, here. A fan-out to a thousand is mostly waiting for memory: nothing is looked at for each that is the same
   * for all.
   */
  live: Map<Reader, FeedListener>
  /** Who follows and reads the log still. */
  others: Set<Reader>
  /** Who waits for a page. */
  polls: Roster<Poll>
  waiting: Entry[]
  /** That of the last that waits. */
  cursor: Cursor
  size: number
  /** Where the live readers stand, and what has been handed to them since the audience came together. */
  stands: Cursor
  last: number
  entries: number
  bytes: number
}

/**
 * A reader who follows. There are thousands, so each is one object, and what can be done with it are functions that all
 * have in common: a closure for each is as large as eight fields.
 */
interface Reader extends Following {
  readonly audience: Audience
  readonly listener: FeedListener
  /** Where it is to read on in the log. */
  position: Cursor | undefined
  /** The seq of `position`, once the log has said where that is. */
  last: number
  /** What it was handed, but for what it was since it became live: that is the audience's. */
  entries: number
  bytes: number
  isUpToDate: boolean
  /** Something came while the log was read. */
  hasNews: boolean
  isGone: boolean
}

export function createFeed(log: Log, { published, ...presences } = createPresence()): Feed {
  /** By room; a room nobody reads has none. */
  const audiences = new Map<string, Audience>()
  const due = new Set<Audience>()
  const polls = createPolls(log, disband)
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
    audience.size += lengthOf(entry)
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
    const { waiting, live, others, stands } = audience
    const [first] = waiting
    if (!first) return
    const batch = batchOf(waiting, parseCursor(audience.cursor).epoch)
    // The room was forgotten and born again: let the log say what of it is lost.
    if (first.seq !== audience.last + 1) for (const reader of live.keys()) fallBehind(reader, stands)
    audience.waiting = []
    audience.size = 0
    audience.stands = batch.cursor
    audience.last = lastOf(batch)
    audience.entries += batch.entries.length
    audience.bytes += batch.bytes
    whileHanding(() => {
      for (const listener of live.values()) listener.onEntries(batch)
    })
    // Last: one of them may be live from this batch on. A page that is answered now is an answer, with its envelope.
    for (const reader of others) tell(reader, batch)
    for (const poll of audience.polls.all()) polls.tell(poll, batch)
  }

  function whileHanding(hand: () => void) {
    handing = true
    try {
      hand()
    } finally {
      handing = false
    }
  }

  function audienceOf(room: string): Audience {
    const audience = audiences.get(room) ?? {
      room,
      live: new Map(),
      others: new Set(),
      polls: createRoster(),
      waiting: [],
      cursor: '',
      size: 0,
      stands: '',
      last: 0,
      entries: 0,
      bytes: 0,
    }
    audiences.set(room, audience)
    return audience
  }

  /** Lets go of an audience of nobody. */
  function disband(room: string) {
    const audience = audiences.get(room)
    if (audience && audience.live.size + audience.others.size + audience.polls.size === 0)
      audiences.delete(room)
  }

  /**
   * The classic lost message falls between reading the backlog and subscribing. So subscribe first, and while the
   * backlog is read let live entries only say that there is more: the log holds them. A read that came back with nothing
   * more to read, in one synchronous step with the last check, has brought the reader up; the first batch after that may
   * begin with what it has just read, and from its end on the reader is live.
   */
  function follow(room: string, after: Cursor | undefined, _who: Who, listener: FeedListener): Joining {
    const audience = audienceOf(room)
    const reader: Reader = {
      audience,
      listener,
      position: after,
      last: 0,
      entries: 0,
      bytes: 0,
      isUpToDate: false,
      hasNews: false,
      isGone: false,
      leave,
      handed,
    }
    audience.others.add(reader)
    return { joined: join(reader, after), following: reader }
  }

  function join(reader: Reader, after: Cursor | undefined): Promise<void> {
    const { listener } = reader
    const { room } = reader.audience
    return new Promise((resolve, reject) => {
      catchUp(reader, (start) => {
        // A cursor that lost its place is repeated, not replaced: cut here, its reader must still hear of the gap.
        listener.onJoined?.({ room, cursor: after === undefined || after === '0' ? start : after })
        // It comes once, and holds on to whatever was to be answered.
        listener.onJoined = undefined
        resolve()
      }).then(resolve, (error) => {
        if (reader.isGone) return resolve()
        fail(reader)
        reject(error)
      })
    })
  }

  async function catchUp(reader: Reader, onFirst?: (start: Cursor) => void) {
    const { listener } = reader
    const { room } = reader.audience
    for (;;) {
      reader.hasNews = false
      const slice = await log.after(room, reader.position, PAGE_SIZE)
      if (reader.isGone) return
      onFirst?.(slice.start)
      onFirst = undefined
      const { epoch, seq } = parseCursor(slice.cursor)
      if (slice.gap) listener.onGap(slice.start)
      for (const entries of inBatches(slice.entries)) {
        const ready = listener.ready?.()
        if (ready) await ready
        // A reader may leave in the middle of a page.
        if (reader.isGone) return
        handOut(reader, batchOf(entries, epoch))
      }
      reader.position = slice.cursor
      reader.last = seq
      if (!slice.more && !reader.hasNews) break
    }
    reader.isUpToDate = true
  }

  /** Tells one who reads the log still, or has just done so. */
  function tell(reader: Reader, batch: Batch) {
    const { last } = reader
    if (!reader.isUpToDate) {
      reader.hasNews = true
      return
    }
    const first = batch.entries[0]?.seq ?? 0
    // The room was forgotten and born again: let the log say what of it is lost.
    if (first > last + 1) return readAgain(reader)
    const unseen = first === last + 1 ? batch : batchOf(batch.entries.slice(last + 1 - first), batch.epoch)
    if (lastOf(batch) >= last) becomeLive(reader)
    if (unseen.entries.length > 0) handOut(reader, unseen)
  }

  function handOut(reader: Reader, batch: Batch) {
    reader.entries += batch.entries.length
    reader.bytes += batch.bytes
    whileHanding(() => reader.listener.onEntries(batch))
  }

  function becomeLive(reader: Reader) {
    const { audience, listener } = reader
    audience.others.delete(reader)
    audience.live.set(reader, listener)
    reader.entries -= audience.entries
    reader.bytes -= audience.bytes
  }

  function leaveLive(reader: Reader) {
    const { audience } = reader
    if (!audience.live.delete(reader)) return
    reader.entries += audience.entries
    reader.bytes += audience.bytes
  }

  /** What follows does not follow where a live reader stood. */
  function fallBehind(reader: Reader, stood: Cursor) {
    leaveLive(reader)
    reader.audience.others.add(reader)
    reader.position = stood
    readAgain(reader)
  }

  function readAgain(reader: Reader) {
    reader.isUpToDate = false
    catchUp(reader).catch(() => fail(reader))
  }

  function fail(reader: Reader) {
    // Who has left already is not to be told.
    if (reader.isGone) return
    leaveRoom(reader)
    reader.listener.onFailed()
  }

  function leave(this: Reader) {
    leaveRoom(this)
  }

  function leaveRoom(reader: Reader) {
    const { audience } = reader
    reader.isGone = true
    leaveLive(reader)
    audience.others.delete(reader)
    disband(audience.room)
  }

  return {
    ...presences,
    publish(room, draft, who) {
      const { client, person } = who
      published(room, who, draft.name)
      return person
        ? // No client can go by this name, for its own has no colon.
          log.append(room, draft, `session:${person.id}`, { from: { name: person.name, id: person.id } })
        : log.append(room, draft, client)
    },
    page: polls.page,
    history: (room, seq, limit) => log.before(room, seq, limit),
    nextPage: (room, cursor, _who, waiting) => polls.wait(room, audienceOf(room).polls, cursor, waiting),
    endWaits() {
      for (const audience of [...audiences.values()]) audience.polls.all().forEach(polls.end)
    },
    follow,
    isHandingOver: () => handing,
    pageInHand: polls.inHand,
  }
}

function handed(this: Reader): Handed {
  const { audience, entries, bytes } = this
  if (!audience.live.has(this)) return { entries, bytes }
  return { entries: entries + audience.entries, bytes: bytes + audience.bytes }
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
    size += lengthOf(entry)
  }
  return batches
}
