import { formatCursor, parseCursor } from '../../../server/contract/cursor.ts'
import { now } from './clock.ts'
import { createTimes, type Times } from './distribution.ts'
import { findAt, finder, findId, findSeq, readNumber, readString } from './entries.ts'

/**
 * The account of a run: what was due, what was published, and what of it each reader was given. A message is known by
 * its number; the log's seq leads to it, so that of the thousandth copy of an entry only the seq need be read.
 */
export interface Deliveries {
  /** A reader's own account; what it gets is not timed where that would time something else than the server. */
  account(timed?: boolean): Account
  /** Messages that will be published, due at these instants (ms since 1970); the number of the first. */
  expect(due: readonly number[], counts: boolean): number
  /** The draft's id of a message. */
  idOf(index: number): string
  written(index: number): void
  receipt(index: number, seq: number): void
  refused(index: number): void
  /** Deliveries after this instant are late. */
  lateAfter(instant: number): void
  /** What is still to come: drafts without a receipt, and deliveries of those with one. */
  readonly outstanding: number
  /** When the last delivery came that counts, ms since 1970; 0 before. */
  readonly lastAt: number
  read(): Figures
}

/** One reader: where it stands, and what it takes in. */
export interface Account {
  readonly cursor: string | undefined
  joined(cursor: string): void
  gap(cursor: string): void
  /** All entries whose `"seq":` lies between `start` and `end`. */
  entries(bytes: Buffer, start: number, end: number): void
  /** A poll's page; true when another waits. Its envelope comes before its entries, as our server writes it. */
  page(bytes: Buffer, start: number, end: number): boolean
}

/** Of the messages that count. */
export interface Figures {
  scheduled: number
  published: number
  refused: number
  expected: number
  delivered: number
  lost: number
  duplicated: number
  reordered: number
  late: number
  latency: Times
  rawLatency: Times
  sinceServer: Times
  lateness: Times
}

interface Message {
  due: number
  counts: boolean
  written: number
  /** The server's clock, once an entry has said it. */
  at: number
  state: 'due' | 'written' | 'published' | 'refused'
  delivered: number
  /** Readers to whom a gap has said that it is lost. */
  givenUp: number
}

/** A hole longer than this is no disorder but another log; what is in it is not waited for. */
const LONGEST_HOLE = 100_000

export function createDeliveries(readers: number, run: string): Deliveries {
  const messages: Message[] = []
  /** By seq, from the first that was seen; nothing for entries that are not ours. */
  const bySeq = new Map<number, Message | undefined>()
  const latency = createTimes()
  const rawLatency = createTimes()
  const sinceServer = createTimes()
  const lateness = createTimes()
  let unanswered = 0
  let owed = 0
  let duplicated = 0
  let reordered = 0
  let late = 0
  let lateAfter = Number.POSITIVE_INFINITY
  let lastAt = 0

  const idOf = (index: number) => `${run}-${String(index).padStart(6, '0')}`

  /** What our message an entry is, by its id. Asked once for each seq. */
  function learn(seq: number, bytes: Buffer, at: number, end: number): Message | undefined {
    const idAt = findId(bytes, at, end)
    const [name, number] = idAt < 0 ? [] : readString(bytes, idAt).split('-')
    const message = name === run ? messages[Number(number)] : undefined
    bySeq.set(seq, message)
    return message
  }

  /** The entry was given to a reader that had not had it. */
  function deliver(
    message: Message,
    timed: boolean,
    receivedAt: number,
    bytes: Buffer,
    at: number,
    end: number,
  ) {
    message.delivered++
    if (message.state === 'published') owed--
    if (!message.counts) return
    lastAt = receivedAt
    if (!timed) return
    if (message.at === 0) {
      const found = findAt(bytes, at, end)
      message.at = found < 0 ? Number.NaN : readNumber(bytes, found)
    }
    latency.record(receivedAt - message.due)
    rawLatency.record(receivedAt - message.written)
    if (!Number.isNaN(message.at)) sinceServer.record(receivedAt - message.at)
    if (receivedAt > lateAfter) late++
  }

  function account(timed = true): Account {
    let epoch = ''
    let last = 0
    /** Where a page said we stand; nothing once entries have moved us on. */
    let cursor: string | undefined
    /** Seqs that were skipped and may still come. */
    let missing: Set<number> | undefined

    function stand(at: string) {
      const parsed = parseCursor(at)
      epoch = parsed.epoch
      last = parsed.seq
      cursor = at
    }

    function entries(bytes: Buffer, start: number, end: number) {
      const receivedAt = now()
      for (let at = findSeq(bytes, start, end); at >= 0; at = findSeq(bytes, at, end)) {
        const seq = readNumber(bytes, at)
        let message = bySeq.get(seq)
        if (message === undefined && !bySeq.has(seq)) message = learn(seq, bytes, at, end)
        if (seq === last + 1) last = seq
        else if (seq > last) skip(seq)
        else if (missing?.delete(seq)) {
          if (message?.counts) reordered++
        } else {
          if (message?.counts) duplicated++
          continue
        }
        if (message) deliver(message, timed, receivedAt, bytes, at, end)
      }
      cursor = undefined
    }

    function skip(to: number) {
      if (to - last <= LONGEST_HOLE) {
        missing ??= new Set()
        for (let seq = last + 1; seq < to; seq++) missing.add(seq)
      }
      last = to
    }

    function gap(at: string) {
      const until = parseCursor(at).seq
      for (let seq = last + 1; seq <= until && seq - last <= LONGEST_HOLE; seq++) giveUp(seq)
      for (const seq of missing ?? []) giveUp(seq)
      missing = undefined
      stand(at)
    }

    return {
      get cursor() {
        if (cursor === undefined && epoch !== '') cursor = formatCursor(epoch, last)
        return cursor
      },
      joined(at) {
        // After a cut it is where we said that we stood; a hole in front of what follows would be seen.
        if (epoch === '') stand(at)
      },
      gap,
      entries,
      page(bytes, start, end) {
        const first = findEntries(bytes, start, end)
        const head = bytes.toString('latin1', start, first < 0 ? end : first)
        const at = /"cursor":"([^"]*)"/.exec(head)?.[1] ?? ''
        const firstSeq = findSeq(bytes, start, end)
        const before =
          firstSeq < 0 ? at : formatCursor(parseCursor(at).epoch, readNumber(bytes, firstSeq) - 1)
        if (head.includes('"gap":true')) gap(before)
        else if (epoch === '') stand(before)
        if (firstSeq >= 0) entries(bytes, start, end)
        cursor = at
        return head.includes('"more":true')
      },
    }
  }

  function giveUp(seq: number) {
    const message = bySeq.get(seq)
    if (!message) return
    message.givenUp++
    if (message.state === 'published') owed--
  }

  return {
    account,
    idOf,
    expect(due, counts) {
      const first = messages.length
      for (const instant of due) {
        messages.push({ due: instant, counts, written: 0, at: 0, state: 'due', delivered: 0, givenUp: 0 })
      }
      unanswered += due.length
      return first
    },
    written(index) {
      const message = messages[index] as Message
      message.state = 'written'
      message.written = now()
      if (message.counts) lateness.record(message.written - message.due)
    },
    receipt(index, seq) {
      const message = messages[index] as Message
      message.state = 'published'
      bySeq.set(seq, message)
      unanswered--
      owed += readers - message.delivered - message.givenUp
    },
    refused(index) {
      const message = messages[index] as Message
      message.state = 'refused'
      unanswered--
    },
    lateAfter(instant) {
      lateAfter = instant
    },
    get outstanding() {
      return unanswered + owed
    },
    get lastAt() {
      return lastAt
    },
    read() {
      const counted = messages.filter(({ counts }) => counts)
      const published = counted.filter(({ state }) => state === 'published')
      const expected = published.length * readers
      const delivered = published.reduce((sum, message) => sum + message.delivered, 0)
      return {
        scheduled: counted.length,
        published: published.length,
        refused: counted.length - published.length,
        expected,
        delivered,
        lost: expected - delivered,
        duplicated,
        reordered,
        late,
        latency,
        rawLatency,
        sinceServer,
        lateness,
      }
    },
  }
}

const findEntries = finder('"entries":[')
