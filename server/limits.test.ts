import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { connectionOf } from './connection.ts'
import type { Draft } from './contract/wire.ts'
import { createFeed, type Feed, type Who } from './feed/feed.ts'
import { createMemoryLog } from './feed/memory-log.ts'
import { addressOf, createLimits, type LimitOptions, type Limits } from './limits.ts'
import type { Person } from './people/sessions.ts'

/** A connection as the door sees it, from where a loopback test cannot come. */
function connection(remoteAddress: string, limits?: Limits): Socket & { destroyed: boolean } {
  const socket = Object.assign(new EventEmitter(), {
    remoteAddress,
    destroyed: false,
    destroy() {
      socket.destroyed = true
      limits?.leave(socket as unknown as Socket)
    },
  })
  limits?.enter(socket as unknown as Socket)
  return socket as unknown as Socket & { destroyed: boolean }
}

const from = (address: string, client?: string): Who => ({
  client,
  connection: connectionOf(connection(address)),
})

const holding = (id: string, address: string, client?: string): Who => ({
  ...from(address, client),
  person: { id, name: 'Ada' } as Person,
})

const limitsOf = (options: LimitOptions) => createLimits({ lateness: () => 0, ...options })

/** Publishes until refused, and says how often it went through and why then no more. */
async function publishes(feed: Feed, who: Who, most = 200, room = () => 'lobby') {
  for (let n = 0; n < most; n++) {
    try {
      await feed.publish(room(), { text: 'hi' }, who)
    } catch (error) {
      return { times: n, error }
    }
  }
  return { times: most, error: undefined }
}

/** The clock that limits go by stands still, but for what a test adds. */
function stopTheClock() {
  let time = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => time)
  return (ms: number) => {
    time += ms
  }
}

afterEach(() => vi.restoreAllMocks())

describe('publishing', () => {
  test('a client may publish a second’s worth at once, then evenly, and is told how long to wait', async () => {
    const wait = stopTheClock()
    const feed = limitsOf({ others: { publishesByClient: 10 } }).limit(createFeed(createMemoryLog()))
    const ada = from('192.0.2.1', 'ada')
    const { times, error } = await publishes(feed, ada)
    expect(times).toBe(10)
    expect(error).toMatchObject({
      code: 'too-many',
      status: 429,
      retryAfter: 1,
      message: 'You publish too fast. Try again in 1 s.',
    })
    wait(99)
    expect(await publishes(feed, ada)).toMatchObject({ times: 0 })
    wait(1)
    expect(await publishes(feed, ada)).toMatchObject({ times: 1 })
    wait(350)
    expect(await publishes(feed, ada)).toMatchObject({ times: 3 })
    wait(60_000)
    expect(await publishes(feed, ada)).toMatchObject({ times: 10 })
  })

  test('one client’s flood leaves the others at his address what is theirs', async () => {
    stopTheClock()
    const feed = limitsOf({ others: { publishesByClient: 10, publishes: 25 } }).limit(
      createFeed(createMemoryLog()),
    )
    expect(await publishes(feed, from('192.0.2.1', 'ada'), 1_000)).toMatchObject({ times: 10 })
    expect(await publishes(feed, from('192.0.2.1', 'ada'), 1_000)).toMatchObject({ times: 0 })
    expect(await publishes(feed, from('192.0.2.1', 'bob'))).toMatchObject({ times: 10 })
    // Those who give no name, or ever another, share what the address has.
    expect(await publishes(feed, from('192.0.2.1'))).toMatchObject({ times: 5 })
    expect(await publishes(feed, from('192.0.2.1', 'eve'))).toMatchObject({ times: 0 })
    expect(await publishes(feed, from('192.0.2.2', 'ada'))).toMatchObject({ times: 10 })
  })

  test('a class of sessions behind one address: each has a share, wherever it speaks from, and takes nobody’s', async () => {
    stopTheClock()
    const feed = limitsOf({ others: { publishesByClient: 10, publishes: 25 } }).limit(
      createFeed(createMemoryLog()),
    )
    for (let pupil = 0; pupil < 30; pupil++)
      expect(await publishes(feed, holding(`pupil-${pupil}`, '192.0.2.1'))).toMatchObject({ times: 10 })
    // Another lane or another address is the same session.
    expect(await publishes(feed, holding('pupil-0', '192.0.2.1', 'lane'))).toMatchObject({ times: 0 })
    expect(await publishes(feed, holding('pupil-0', '192.0.2.9'))).toMatchObject({ times: 0 })
    // Guests have what they had.
    expect(await publishes(feed, from('192.0.2.1', 'ada'))).toMatchObject({ times: 10 })
  })

  test('an address starts so many sessions, or a class of one would be a class', () => {
    const wait = stopTheClock()
    const limits = limitsOf({ others: { sessions: 3 } })
    const socket = connection('192.0.2.1')
    for (let n = 0; n < 3; n++) limits.takeSession(socket)
    expect(() => limits.takeSession(socket)).toThrow('Your address starts sessions too fast.')
    limits.takeSession(connection('192.0.2.2'))
    wait(1_200_000)
    limits.takeSession(socket)
  })

  test('from loopback it is not limited, unless asked', async () => {
    stopTheClock()
    const log = createMemoryLog()
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
      expect(
        await publishes(limitsOf({}).limit(createFeed(log)), from(address, 'bench'), 6_000),
      ).toMatchObject({
        times: 6_000,
      })
    const asked = limitsOf({ loopback: { publishes: 3 } }).limit(createFeed(log))
    expect(await publishes(asked, from('127.0.0.1'))).toMatchObject({ times: 3 })
  })

  test('from elsewhere, unless told otherwise, 50 at once by one client', async () => {
    stopTheClock()
    const feed = limitsOf({}).limit(createFeed(createMemoryLog()))
    expect(await publishes(feed, from('192.0.2.1', 'ada'))).toMatchObject({ times: 50 })
  })
})

describe('rooms', () => {
  test('an address may create so many; those that exist cost nothing', async () => {
    stopTheClock()
    const log = createMemoryLog()
    await log.append('old', { text: 'hi' }, undefined)
    const feed = limitsOf({ others: { rooms: 5 } }).limit(createFeed(log))
    let n = 0
    const { times, error } = await publishes(feed, from('192.0.2.1', 'ada'), 50, () => `room-${n++}`)
    expect(times).toBe(5)
    expect(error).toMatchObject({ code: 'too-many', retryAfter: 720 })
    await feed.publish('old', { text: 'ho' }, from('192.0.2.1', 'ada'))
    await feed.publish('room-0', { text: 'ho' }, from('192.0.2.1', 'ada'))
    // The refused room was not born.
    expect((await log.after('room-5', '0', 1)).entries).toEqual([])
    await feed.publish('room-5', { text: 'hi' }, from('192.0.2.2', 'bob'))
  })

  test('drafts for a room that may not exist yet keep their order', async () => {
    const log = createMemoryLog()
    const read = log.after
    // A log that takes its time, and for the first question most of it.
    let ms = 20
    log.after = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, ms--))
      return read(...args)
    }
    const feed = limitsOf({ others: { rooms: 1 } }).limit(createFeed(log))
    const ada = from('192.0.2.1', 'ada')
    const drafts: Draft[] = Array.from({ length: 10 }, (_, n) => ({ id: `${n}`, text: 'hi' }))
    await Promise.all(drafts.map((draft) => feed.publish('new', draft, ada)))
    expect((await read('new', '0', 50)).entries.map(({ id }) => id)).toEqual(drafts.map(({ id }) => id))
  })
})

describe('connections', () => {
  test('beyond the limit of its address one is refused with 429, and far beyond cut', () => {
    const limits = limitsOf({ others: { connections: 3 } })
    const sockets = Array.from({ length: 103 }, () => connection('192.0.2.1', limits))
    const answers = sockets.map((socket) => limits.refusal(connectionOf(socket))?.status)
    expect(answers).toEqual([undefined, undefined, undefined, ...Array(100).fill(429)])
    expect(limits.refusal(connectionOf(sockets[3] as Socket))?.retryAfter).toBeGreaterThanOrEqual(1)
    expect(sockets.some(({ destroyed }) => destroyed)).toBe(false)
    expect(connection('192.0.2.1', limits).destroyed).toBe(true)
    expect(limits.refusal(connectionOf(connection('192.0.2.2', limits)))).toBeUndefined()
  })

  test('one that has ended makes room for another', () => {
    const limits = limitsOf({ loopback: { connections: 2 } })
    for (let n = 0; n < 10; n++) {
      const pair = [connection('127.0.0.1', limits), connection('127.0.0.1', limits)]
      expect(pair.map((socket) => limits.refusal(connectionOf(socket)))).toEqual([undefined, undefined])
      for (const socket of pair) limits.leave(socket)
    }
  })
})

describe('load', () => {
  test('while the loop is late new connections and publishes are refused; who is here stays', async () => {
    let late = 0
    const limits = createLimits({ lateness: () => late })
    const feed = limits.limit(createFeed(createMemoryLog()))
    const old = connection('127.0.0.1', limits)
    expect(limits.refusal(connectionOf(old))).toBeUndefined()
    late = 2_001
    expect(limits.refusal(connectionOf(old))).toBeUndefined()
    const refusal = limits.refusal(connectionOf(connection('127.0.0.1', limits)))
    expect(refusal).toMatchObject({ code: 'overloaded', status: 503 })
    expect(refusal?.retryAfter).toBeGreaterThanOrEqual(1)
    expect(refusal?.retryAfter).toBeLessThanOrEqual(5)
    await expect(feed.publish('lobby', { text: 'hi' }, from('127.0.0.1'))).rejects.toMatchObject({
      code: 'overloaded',
    })
    expect((await feed.page('lobby', '0', from('127.0.0.1'))).entries).toEqual([])
    late = 2_000
    expect(limits.refusal(connectionOf(connection('127.0.0.1', limits)))).toBeUndefined()
    await feed.publish('lobby', { text: 'hi' }, from('127.0.0.1'))
  })

  test('a refusal is of its own length: those refused together do not come back together', () => {
    const limits = createLimits({ lateness: () => 10_000 })
    const waits = Array.from(
      { length: 200 },
      () => limits.refusal(connectionOf(connection('127.0.0.1', limits)))?.retryAfter,
    )
    expect(new Set(waits)).toEqual(new Set([1, 2, 3, 4, 5]))
  })
})

describe('an address', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::1', '::1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8::7', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    [undefined, ''],
  ])('%s counts as %s', (address, counted) => {
    expect(addressOf(address)).toBe(counted)
  })
})
