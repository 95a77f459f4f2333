import { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connectionOf } from '../connection.ts'
import { formatCursor, parseCursor } from '../contract/cursor.ts'
import type { Entry, Page } from '../contract/wire.ts'
import type { Batch } from './encoding.ts'
import { createFeed, type Feed, type FeedListener } from './feed.ts'
import type { Log } from './log.ts'
import { createMemoryLog } from './memory-log.ts'

const who = { connection: connectionOf(new Socket()), client: undefined }
const rooms = ['a', 'b', 'c']

/** All that is due to run now has run: memory needs no more than a turn of the loop. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

/** The next page of room a. */
function waitFor(feed: Feed, cursor: string | undefined) {
  let end = () => {}
  const page = new Promise<Page>((resolve, reject) => {
    end = feed.nextPage('a', cursor, who, { onPage: resolve, onFailed: reject })
  })
  return { page, end }
}

interface Said {
  what: 'joined' | 'gap' | 'entry' | 'failed'
  cursor: string
  entry?: Entry
  /** Whether it was said in one breath with `joined`, so about the cursor that was asked for. */
  atOnce?: boolean
}

/** A reader that writes down what it is told. */
function notebook(ready?: FeedListener['ready']) {
  const said: Said[] = []
  let atOnce = false
  const listener: FeedListener = {
    onJoined({ cursor }) {
      said.push({ what: 'joined', cursor })
      atOnce = true
      queueMicrotask(() => {
        atOnce = false
      })
    },
    onGap: (cursor) => void said.push({ what: 'gap', cursor, atOnce }),
    onEntries({ entries, epoch }) {
      for (const entry of entries) said.push({ what: 'entry', cursor: formatCursor(epoch, entry.seq), entry })
    },
    onFailed() {
      said.push({ what: 'failed', cursor: '' })
    },
    ...(ready && { ready }),
  }
  return { said, listener }
}

/** Complains of everything that a reader may not be told. */
function faultsOf(said: Said[], after: string | undefined, published: ReadonlyMap<string, Entry>): string[] {
  const faults: string[] = []
  const [first, ...rest] = said
  if (first?.what !== 'joined') return ['did not begin with joined']
  if (after !== undefined && after !== '0' && first.cursor !== after)
    faults.push('joined is not where it stood')
  let { cursor } = first
  for (const { what, cursor: next, entry, atOnce } of rest) {
    const [one, other] = [parseCursor(cursor), parseCursor(next)]
    if (what === 'joined') faults.push('joined twice')
    // Once it has joined, it stands at a cursor like any other, and that may be lost before the next read.
    if (what === 'gap' && atOnce && (after === undefined || after === '0')) faults.push(`${after} had a gap`)
    if (what === 'entry') {
      if (one.epoch !== other.epoch || one.seq + 1 !== other.seq) faults.push(`${next} came after ${cursor}`)
      if (other.seq !== entry?.seq) faults.push(`${next} is not the cursor of ${entry?.seq}`)
      if (entry !== published.get(`${entry?.room} ${entry?.seq}`))
        faults.push(`${next} is not what was published`)
    }
    cursor = next
  }
  return faults
}

const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('publish' as const), room: fc.constantFrom(...rooms) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('join' as const),
        room: fc.constantFrom(...rooms),
        /** None, everything, a foreign one, or some seq: seen, evicted, or not reached yet. */
        from: fc.oneof(fc.constantFrom('absent', '0', 'foreign'), fc.nat(30)),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), reader: fc.nat(20) }) },
    /** Reads of the log go on: after enough of them a reader is live. */
    { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), turns: fc.nat(12) }) },
    /** The turn of the event loop ends: what was appended in it is handed over. */
    { weight: 2, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
  ),
  { maxLength: 60, size: 'max' },
)

test('in any order of publishes, evictions, joins and leaves, no reader has a hole that was not announced', () =>
  fc.assert(
    fc.asyncProperty(fc.scheduler(), steps, async (scheduler, steps) => {
      const log = createMemoryLog({ entriesPerRoom: 6, rooms: 2, bytes: 4_500 })
      const { epoch } = parseCursor((await log.after('a', '0', 1)).cursor)
      // Each read of the log takes its own time, before it reads and after: entries come in between.
      const slow: Log = {
        ...log,
        async after(room, cursor, limit) {
          await scheduler.schedule(Promise.resolve(), 'before reading')
          const slice = await log.after(room, cursor, Math.min(limit, 2))
          await scheduler.schedule(Promise.resolve(), 'after reading')
          return slice
        },
      }
      const feed = createFeed(slow)
      const published = new Map<string, Entry>()
      log.follow((entry) => void published.set(`${entry.room} ${entry.seq}`, entry))
      const readers: {
        room: string
        after: string | undefined
        left: boolean
        leave(): void
        said: Said[]
      }[] = []

      for (const step of steps) {
        if (step.do === 'publish') {
          const { receipt } = await feed.publish(step.room, { text: 'hi' }, who)
          expect(published.get(`${step.room} ${receipt.seq}`)).toMatchObject({ id: receipt.id })
        } else if (step.do === 'join') {
          const { said, listener } = notebook(() => scheduler.schedule(Promise.resolve(), 'a slow reader'))
          const after =
            typeof step.from === 'number'
              ? formatCursor(epoch, step.from)
              : { absent: undefined, '0': '0', foreign: epoch === 'zzzz' ? 'yyyy.3' : 'zzzz.3' }[step.from]
          const { following } = feed.follow(step.room, after, who, listener)
          readers.push({ room: step.room, after, left: false, leave: () => following.leave(), said })
        } else if (step.do === 'leave') {
          const reader = readers[step.reader]
          if (reader) reader.left = true
          reader?.leave()
        } else if (step.do === 'turn') {
          await settled()
        } else {
          for (let turn = 0; turn < step.turns && scheduler.count() > 0; turn++) await scheduler.waitOne()
        }
      }
      do {
        await scheduler.waitIdle()
        await settled()
      } while (scheduler.count() > 0)

      for (const { room, after, left, said } of readers) {
        if (said.length > 0) expect(faultsOf(said, after, published)).toEqual([])
        if (left) continue
        // Who is still there has been told everything: nothing that is kept follows its last cursor.
        expect(said.length).toBeGreaterThan(0)
        const { entries } = await log.after(room, said.at(-1)?.cursor, 1)
        expect(entries).toEqual([])
      }
    }),
    { numRuns: 300 },
  ))

describe('follow', () => {
  test('an entry published while the backlog is read comes once, after it', async () => {
    const log = createMemoryLog()
    const feed = createFeed({
      ...log,
      async after(...asked) {
        const slice = await log.after(...asked)
        // The classic moment: the backlog is read, and its reader not told yet.
        if (asked[1] === '0') await log.append('a', { text: 'in between' }, undefined)
        return slice
      },
    })
    await log.append('a', { text: 'before' }, undefined)
    const { said, listener } = notebook()
    await feed.follow('a', '0', who, listener).joined
    await log.append('a', { text: 'after' }, undefined)
    await settled()
    expect(said.map(({ entry }) => entry?.text)).toEqual([undefined, 'before', 'in between', 'after'])
  })

  test('says joined, gap, entries, in this order', async () => {
    const log = createMemoryLog({ entriesPerRoom: 2 })
    const feed = createFeed(log)
    for (let n = 0; n < 5; n++) await log.append('a', { text: 'hi' }, undefined)
    const { epoch } = parseCursor((await log.after('a', '0', 1)).cursor)
    const { said, listener } = notebook()
    await feed.follow('a', `${epoch}.1`, who, listener).joined
    await settled()
    expect(said.map(({ what, cursor }) => `${what} ${cursor}`)).toEqual([
      `joined ${epoch}.1`,
      `gap ${epoch}.3`,
      `entry ${epoch}.4`,
      `entry ${epoch}.5`,
    ])
  })

  test('a reader of a room that is forgotten and born again is told gap before the first entry of its new life', async () => {
    const log = createMemoryLog({ rooms: 1 })
    const feed = createFeed(log)
    const { said, listener } = notebook()
    await feed.follow('a', undefined, who, listener).joined
    await log.append('a', { text: 'first life' }, undefined)
    for (let n = 0; n < 3; n++) await log.append('b', { text: 'takes its place' }, undefined)
    await log.append('c', { text: 'takes that of b' }, undefined)
    await log.append('a', { text: 'second life' }, undefined)
    await settled()
    expect(said.map(({ what, cursor }) => `${what} ${parseCursor(cursor).seq}`)).toEqual([
      'joined 0',
      'entry 1',
      'gap 3',
      'entry 4',
    ])
  })

  test('a reader that is not ready is given nothing more, and all of it later', async () => {
    const log = createMemoryLog()
    const feed = createFeed(log)
    // Each as long as a batch.
    for (let n = 0; n < 5; n++) await log.append('a', { text: `${n}`.padEnd(40_000) }, undefined)
    let goOn = () => {}
    const { said, listener } = notebook(() => {
      if (said.length !== 4) return undefined
      return new Promise<void>((resolve) => {
        goOn = resolve
      })
    })
    await feed.follow('a', '0', who, listener).joined
    await log.append('a', { text: '5' }, undefined)
    await settled()
    const texts = () => said.map(({ entry }) => entry?.text.trimEnd())
    expect(texts()).toEqual([undefined, '0', '1', '2'])
    goOn()
    await settled()
    expect(texts()).toEqual([undefined, '0', '1', '2', '3', '4', '5'])
  })

  test('a reader that leaves before it has joined is told nothing, and is waited for by nobody', async () => {
    const log = createMemoryLog()
    const feed = createFeed(log)
    await log.append('a', { text: 'hi' }, undefined)
    const { said, listener } = notebook()
    const { joined, following } = feed.follow('a', '0', who, listener)
    following.leave()
    await joined
    await log.append('a', { text: 'hi' }, undefined)
    await settled()
    expect(said).toEqual([])
  })

  test('a reader that leaves in the middle of its backlog is told no more of it', async () => {
    const log = createMemoryLog()
    const feed = createFeed(log)
    for (let n = 0; n < 5; n++) await log.append('a', { text: 'hi'.padEnd(40_000) }, undefined)
    const { said, listener } = notebook()
    const { joined, following } = feed.follow('a', '0', who, {
      ...listener,
      onEntries(batch) {
        listener.onEntries(batch)
        if (said.length === 3) following.leave()
      },
    })
    await joined
    await settled()
    expect(said.map(({ what }) => what)).toEqual(['joined', 'entry', 'entry'])
  })

  test('entries of one turn are handed over together, the same object to every reader', async () => {
    const log = createMemoryLog()
    const feed = createFeed(log)
    const batches: Batch[][] = [[], []]
    for (const heard of batches) {
      const listener = {
        onGap: () => {},
        onFailed: () => {},
        onEntries: (batch: Batch) => void heard.push(batch),
      }
      await feed.follow('a', '0', who, listener).joined
    }
    for (let n = 0; n < 3; n++) void log.append('a', { text: `${n}` }, undefined)
    await settled()
    const [[one], [other]] = batches as [Batch[], Batch[]]
    expect(one?.entries.map(({ text }) => text)).toEqual(['0', '1', '2'])
    expect(parseCursor(one?.cursor ?? '')).toEqual({ epoch: one?.epoch, seq: 3 })
    expect(other).toBe(one)
    expect(batches.map(({ length }) => length)).toEqual([1, 1])
  })

  test('a flood is handed over in pieces that a connection can take', async () => {
    const log = createMemoryLog()
    const feed = createFeed(log)
    const { said, listener } = notebook()
    const sizes: number[] = []
    const onEntries = (batch: Batch) => {
      sizes.push(batch.entries.reduce((size, { text }) => size + text.length, 0))
      listener.onEntries(batch)
    }
    await feed.follow('a', '0', who, { ...listener, onEntries }).joined
    for (let n = 0; n < 500; n++) void log.append('a', { text: 'x'.repeat(4_000) }, undefined)
    await settled()
    expect(said.filter(({ what }) => what === 'entry')).toHaveLength(500)
    expect(Math.max(...sizes)).toBeLessThan(40_000)
  })

  test('a log that fails is the caller’s to hear of', async () => {
    const log = createMemoryLog()
    const feed = createFeed({ ...log, after: () => Promise.reject(new Error('disk full')) })
    const { said, listener } = notebook()
    await expect(feed.follow('a', '0', who, listener).joined).rejects.toThrow('disk full')
    expect(said).toEqual([{ what: 'failed', cursor: '' }])
    await expect(feed.page('a', '0', who)).rejects.toThrow('disk full')
    await expect(waitFor(feed, '0').page).rejects.toThrow('disk full')
  })
})

describe('a log that can no longer be read', () => {
  /** A room of two lives: its live readers have to ask the log where they are. */
  async function setUp(fails: (read: number) => boolean) {
    const log = createMemoryLog({ rooms: 1 })
    let reads = 0
    const feed = createFeed({
      ...log,
      after: (...asked) => (fails(++reads) ? Promise.reject(new Error('I/O error')) : log.after(...asked)),
    })
    const rebirth = async () => {
      await log.append('a', { text: 'first life' }, undefined)
      await settled()
      for (let n = 0; n < 3; n++) await log.append('b', { text: 'takes its place' }, undefined)
      await log.append('c', { text: 'takes that of b' }, undefined)
      await log.append('a', { text: 'second life' }, undefined)
      await settled()
    }
    return { feed, rebirth }
  }

  test('is the end of a live reader, who is told so once and nothing more', async () => {
    const { feed, rebirth } = await setUp((read) => read > 1)
    const { said, listener } = notebook()
    await feed.follow('a', undefined, who, listener).joined
    await rebirth()
    await rebirth()
    expect(said.map(({ what }) => what)).toEqual(['joined', 'entry', 'failed'])
  })

  test('is nothing to a reader who has left meanwhile', async () => {
    const { feed } = await setUp(() => true)
    const { said, listener } = notebook()
    const { joined, following } = feed.follow('a', undefined, who, listener)
    following.leave()
    await joined
    expect(said).toEqual([])
  })
})

describe('a page', () => {
  async function setUp() {
    const log = createMemoryLog({ rooms: 1 })
    let reads = 0
    const feed = createFeed({
      ...log,
      after(...asked) {
        reads++
        return log.after(...asked)
      },
    })
    await log.append('a', { text: 'one' }, undefined)
    const { cursor } = await feed.page('a', undefined, who)
    return { log, feed, cursor, reads: () => reads }
  }

  test('of those who have all there is is one for all, for which the log is read once', async () => {
    const { feed, cursor, reads } = await setUp()
    const first = await feed.page('a', cursor, who)
    const before = reads()
    expect(first).toMatchObject({ cursor, gap: false, more: false, entries: [] })
    expect(feed.page('a', cursor, who)).toBe(first)
    const { page, end } = waitFor(feed, cursor)
    end()
    expect(await page).toBe(first)
    expect(reads()).toBe(before)
  })

  test('of what is new is one for all who stood at the same place, until there is more', async () => {
    const { log, feed, cursor, reads } = await setUp()
    await feed.page('a', cursor, who)
    await log.append('a', { text: 'two' }, undefined)
    const news = await feed.page('a', cursor, who)
    const before = reads()
    expect(news.entries.map(({ text }) => text)).toEqual(['two'])
    expect(feed.page('a', cursor, who)).toBe(news)
    expect(reads()).toBe(before)
    await log.append('a', { text: 'three' }, undefined)
    expect((await feed.page('a', cursor, who)).entries.map(({ text }) => text)).toEqual(['two', 'three'])
  })

  test('says that there is a gap as soon as the room is forgotten, also to those who had all there was', async () => {
    const { log, feed, cursor } = await setUp()
    await feed.page('a', cursor, who)
    for (let n = 0; n < 2; n++) await log.append('b', { text: 'takes its place' }, undefined)
    await log.append('c', { text: 'takes that of b' }, undefined)
    expect(await feed.page('a', cursor, who)).toMatchObject({ gap: true, entries: [] })
    expect((await feed.page('a', cursor, who)).gap).toBe(true)
  })
})

describe('the next page', () => {
  async function setUp() {
    const log = createMemoryLog()
    const feed = createFeed(log)
    const { cursor } = await feed.page('a', undefined, who)
    const say = (text: string, room = 'a') => log.append(room, { text }, undefined)
    return { log, feed, cursor, say }
  }
  const texts = ({ entries }: Page) => entries.map(({ text }) => text)

  test('is there at once when something follows the cursor', async () => {
    const { feed, cursor, say } = await setUp()
    await say('hi')
    const page = await waitFor(feed, cursor).page
    expect(page).toMatchObject({
      cursor: (await feed.page('a', cursor, who)).cursor,
      gap: false,
      more: false,
    })
    expect(texts(page)).toEqual(['hi'])
  })

  test('comes with what is published in its room, and with nothing that is published elsewhere', async () => {
    const { feed, cursor, say } = await setUp()
    const { page } = waitFor(feed, cursor)
    let there = false
    void page.then(() => {
      there = true
    })
    await say('elsewhere', 'b')
    await settled()
    expect(there).toBe(false)
    await say('here')
    expect(texts(await page)).toEqual(['here'])
  })

  test('is the same for all who wait at the same place, and the one that the log would give', async () => {
    const { feed, cursor, say } = await setUp()
    const pages = [1, 2, 3].map(() => waitFor(feed, cursor).page)
    await settled()
    await Promise.all([say('one'), say('two')])
    const [first, ...others] = await Promise.all(pages)
    for (const other of others) expect(other).toBe(first)
    const { cursor: after, entries, gap, more } = await feed.page('a', cursor, who)
    expect(first).toEqual({ cursor: after, entries, gap, more })
  })

  test('holds only what the reader has not seen, however the entries fall into batches', async () => {
    const { log, cursor } = await setUp()
    // What was read while it was appended is handed over once more, at the end of the turn.
    let slow = Promise.resolve()
    const feed = createFeed({
      ...log,
      async after(...asked) {
        await slow
        return log.after(...asked)
      },
    })
    const { page: seen } = waitFor(feed, cursor)
    await log.append('a', { text: 'one' }, undefined)
    const first = await seen
    slow = new Promise((resolve) => setImmediate(resolve))
    const { page } = waitFor(feed, first.cursor)
    await log.append('a', { text: 'two' }, undefined)
    const second = await page
    expect([...texts(first), ...texts(second)]).toEqual(['one', 'two'])
  })

  test('is an answer and no hand-over: what is written then is not entries alone', async () => {
    const { feed, cursor, say } = await setUp()
    const handing: Record<string, boolean> = {}
    const note = (whose: string) => {
      handing[whose] = feed.isHandingOver()
    }
    const answered = new Promise<void>((resolve, reject) => {
      feed.nextPage('a', cursor, who, {
        onPage() {
          note('page')
          resolve()
        },
        onFailed: reject,
      })
    })
    const { listener } = notebook()
    await feed.follow('a', cursor, who, { ...listener, onEntries: () => note('entries') }).joined
    await settled()
    await say('hi')
    await answered
    expect(handing).toEqual({ page: false, entries: true })
  })

  test('is in the feed’s hand while it is told, also where one who is told ends the wait of another', async () => {
    const { feed, cursor, say } = await setUp()
    const inHand: (string[] | undefined)[] = []
    const note = () => {
      const page = feed.pageInHand()
      inHand.push(page && texts(page))
    }
    const onFailed = () => {}
    const end = feed.nextPage('elsewhere', undefined, who, { onPage: note, onFailed })
    const onPage = () => {
      note()
      end()
      note()
    }
    feed.nextPage('a', cursor, who, { onPage, onFailed })
    await settled()
    note()
    await say('hi')
    await settled()
    note()
    expect(inHand).toEqual([undefined, ['hi'], [], ['hi'], undefined])
  })

  test('has at most 200 entries, of a larger batch the first', async () => {
    const { feed, cursor, say } = await setUp()
    const { page } = waitFor(feed, cursor)
    await settled()
    for (let n = 1; n <= 250; n++) void say(`line ${n}`)
    const { entries, more } = await page
    expect([entries.length, entries[0]?.text, more]).toEqual([200, 'line 1', true])
  })

  test('may be empty when the wait is ended, and says where the reader stands', async () => {
    const { feed, cursor, say } = await setUp()
    const { page, end } = waitFor(feed, undefined)
    end()
    expect(await page).toMatchObject({ cursor, gap: false, entries: [] })
    const later = waitFor(feed, undefined)
    await settled()
    later.end()
    expect(await later.page).toMatchObject({ cursor, entries: [] })
    // Nobody waits any more: a later entry changes nothing.
    await say('hi')
    await settled()
    expect((await later.page).entries).toEqual([])
  })

  test('a gap is news', async () => {
    const { feed } = await setUp()
    expect(await waitFor(feed, 'zzzz.9').page).toMatchObject({ gap: true, entries: [] })
  })
})
