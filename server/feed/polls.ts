import { type Cursor, parseCursor } from '../contract/cursor.ts'
import { PAGE_SIZE, type Page } from '../contract/wire.ts'
import { type Batch, lastOf, once } from './encoding.ts'
import type { Log, Stop } from './log.ts'
import type { Listed, Roster } from './roster.ts'

/**
 * The half of the feed that is asked: pages, and those who wait for one. Whoever asks from the same place as somebody
 * else is given the same page, so that the log is read and its JSON made once for all of them.
 */
export interface Polls {
  /** What came after `after`, at most 200 entries. Without a promise where another has just been told the same. */
  page(room: string, after: Cursor | undefined): Page | Promise<Page>
  /**
   * The same, as soon as there is something on it. Until then the poll is on the list of those `others` who wait in the
   * room; what is returned ends the wait.
   */
  wait(room: string, others: Roster<Poll>, after: Cursor | undefined, waiting: Waiting): Stop
  /** Tells one who waits what has been appended. */
  tell(poll: Poll, batch: Batch): void
  /** Ends a wait: any page will do from now on. */
  end(poll: Poll): void
  /** The page that one who waited is just being told of. */
  inHand(): Page | undefined
}

/** A reader who waits for a page: one of the two is called, and not before `wait` has returned. */
export interface Waiting {
  onPage(page: Page): void
  /** The log cannot be read, or no longer by this reader. */
  onFailed(error: Error): void
}

/** A reader who waits, of whom thousands come and go within a second: one object, and functions that all have in common. */
export interface Poll extends Listed {
  readonly room: string
  readonly others: Roster<Poll>
  readonly waiting: Waiting
  /** Where it waits; absent while the log is read. */
  stands: Standing | undefined
  /** Something came while the log was read. */
  missed: boolean
  ended: boolean
}

/** The place in a room of those who have all there is, and the page that says so, the same for all of them. */
interface Standing {
  head: number
  page: Page
}

/** Pages that many ask for: what is new after one place, and that there is nothing new. */
interface Shared {
  /** The room's head when they were read: they are true for as long as it is this. */
  head: number
  nothing?: Standing
  news?: { after: Cursor | undefined; page: Page }
}

/** For how long, at most, in ms: what is too old to be kept is not to be read for much longer. */
const SHARED_FOR = 1_000
const MAX_SHARED = 1_000

/** `onLeft` is called when one who waited in a room does so no longer. */
export function createPolls(log: Log, onLeft: (room: string) => void): Polls {
  /** By room; of all rooms together forgotten once a second. */
  const shared = new Map<string, Shared>()
  let inHand: Page | undefined

  function sharedIn(room: string): Shared | undefined {
    const pages = shared.get(room)
    return pages?.head === log.head(room) ? pages : undefined
  }

  /** Where somebody stands who has all there is. The log is not asked: most polls find nothing new. */
  function standingAt(room: string, cursor: Cursor | undefined): Standing | undefined {
    const nothing = sharedIn(room)?.nothing
    return nothing?.page.cursor === cursor ? nothing : undefined
  }

  /** A page that somebody else has been given who stood at the same place. */
  function sharedPage(room: string, after: Cursor | undefined): Page | undefined {
    const { nothing, news } = sharedIn(room) ?? {}
    if (nothing && nothing.page.cursor === after) return nothing.page
    return news && news.after === after ? news.page : undefined
  }

  /** Reads a page from the log, for this reader and those who ask from the same place soon. */
  async function readPage(room: string, after: Cursor | undefined): Promise<Page> {
    const head = log.head(room)
    const page = await log.after(room, after, PAGE_SIZE)
    // A gap is told to each on their own; and what has changed meanwhile is not known to be what was read.
    if (page.gap || log.head(room) !== head || shared.size >= MAX_SHARED) return page
    if (shared.size === 0) setTimeout(() => shared.clear(), SHARED_FOR).unref()
    const pages = sharedIn(room) ?? { head }
    if (page.entries.length === 0) pages.nothing ??= { head, page }
    else pages.news = { after, page }
    shared.set(room, pages)
    return page
  }

  /** On the list before the log is read, so that nothing falls between reading it and waiting. */
  function wait(room: string, others: Roster<Poll>, after: Cursor | undefined, waiting: Waiting): Stop {
    const stands = standingAt(room, after)
    const poll: Poll = { room, others, waiting, stands, missed: false, ended: false, place: -1 }
    others.add(poll)
    if (!stands) void readFor(poll, after)
    return () => end(poll)
  }

  async function readFor(poll: Poll, after: Cursor | undefined) {
    const { room } = poll
    poll.stands = undefined
    let position = after
    try {
      for (;;) {
        poll.missed = false
        const page = await readPage(room, position)
        if (page.entries.length > 0 || page.gap || poll.ended) return answer(poll, page)
        position = page.cursor
        if (poll.missed) continue
        poll.stands = standingAt(room, position) ?? { head: parseCursor(position).seq, page }
        return
      }
    } catch (error) {
      leave(poll)
      poll.waiting.onFailed(error as Error)
    }
  }

  function tell(poll: Poll, batch: Batch) {
    const { stands } = poll
    if (!stands) {
      poll.missed = true
      return
    }
    // It was in the log already when that was read.
    if (lastOf(batch) <= stands.head) return
    if (batch.entries[0]?.seq === stands.head + 1 && batch.entries.length <= PAGE_SIZE)
      answer(poll, pageOf(batch))
    else void readFor(poll, stands.page.cursor)
  }

  function end(poll: Poll) {
    poll.ended = true
    if (poll.stands) answer(poll, poll.stands.page)
  }

  function answer(poll: Poll, page: Page) {
    poll.stands = undefined
    leave(poll)
    // Whoever is told may end the wait of another.
    const before = inHand
    inHand = page
    try {
      poll.waiting.onPage(page)
    } finally {
      inHand = before
    }
  }

  function leave(poll: Poll) {
    poll.others.delete(poll)
    onLeft(poll.room)
  }

  return {
    page: (room, after) => sharedPage(room, after) ?? readPage(room, after),
    wait,
    tell,
    end,
    inHand: () => inHand,
  }
}

/** Whoever waits for the same batch is answered with the same page. */
const pageOf = once(
  ({ cursor, entries }: Batch): Page => ({ cursor, gap: false, more: false, entries: [...entries] }),
)
