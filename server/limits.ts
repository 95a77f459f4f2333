import type { Socket } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { connectionOf } from './connection.ts'
import { WireError } from './contract/errors.ts'
import type { Feed, Who } from './feed/feed.ts'

/** What one address may do; a client is a lane of it, by the name in its query. */
export interface Allowance {
  /** TCP connections open at a time. */
  connections: number
  /** Rooms whose first entry it publishes: so many at once, and as many more an hour. */
  rooms: number
  /** Sessions that it starts: so many at once, and as many more an hour. */
  sessions: number
  /**
   * Entries a second by one session, wherever it comes from, or by one client; who gives no name is, with all others who
   * give none, one client.
   */
  publishesByClient: number
  /** Entries a second by all clients of the address without a session, for a client may call itself anything. */
  publishes: number
}

export interface LimitOptions {
  /** For programs on this machine. Benchmarks are such: by default only connections are limited, to 20,000. */
  loopback?: Partial<Allowance>
  /** For everybody else. A school sits behind one address: the defaults are for hundreds of people. */
  others?: Partial<Allowance>
  /** How late the event loop must run, in ms, for load to be shed; 2,000 by default, Infinity for never. */
  lateAfter?: number
  /** How late it runs, in ms: measured, unless a test says. */
  lateness?: () => number
}

/** What is known of whoever opened a connection. */
export interface Visitor {
  /** Whose limits count (`addressOf`). */
  readonly address: string
  /** It was let in: whoever is here stays, also when the server is late. */
  isAdmitted: boolean
  /** Its address had all its connections open when it came. */
  isTooMany: boolean
}

/**
 * What keeps one visitor from taking the server from the others, asked by the door and by the feed. What is refused is
 * refused with 429, or 503 when it is the server that is late, and with how long to wait.
 */
export interface Limits {
  /** Counts a TCP connection, until it leaves. */
  enter(socket: Socket): void
  leave(socket: Socket): void
  /** Why a request of this visitor is not let in, where it is not. */
  refusal(visitor: Visitor): WireError | undefined
  /** The same feed, publishing within what is allowed. */
  limit(feed: Feed): Feed
  /** Takes a session from what its address may start, or throws how long to wait. */
  takeSession(socket: Socket): void
  /** The same for a room, however it is made. */
  takeRoom(socket: Socket): void
  close(): void
}

const LOOPBACK: Allowance = {
  connections: 20_000,
  rooms: Number.POSITIVE_INFINITY,
  sessions: Number.POSITIVE_INFINITY,
  publishesByClient: Number.POSITIVE_INFINITY,
  publishes: Number.POSITIVE_INFINITY,
}
const OTHERS: Allowance = {
  connections: 2_000,
  rooms: 500,
  sessions: 1_000,
  publishesByClient: 50,
  publishes: 1_000,
}

/** Connections beyond the limit that are kept until they ask, and are told why not; yet more are cut unheard. */
const TOLD = 100

const HOUR = 3_600_000

export function createLimits(options: LimitOptions = {}): Limits {
  const { lateAfter = 2_000 } = options
  const loopback = createAllowance({ ...LOOPBACK, ...options.loopback })
  const others = createAllowance({ ...OTHERS, ...options.others })
  const allowanceOf = (address: string) => (isLoopback(address) ? loopback : others)

  const open = new Map<string, number>()
  const pulse = options.lateness ? { late: options.lateness, stop() {} } : takePulse()

  const isLate = () => pulse.late() > lateAfter

  function enter(socket: Socket) {
    const visitor = connectionOf(socket)
    const { address } = visitor
    const count = (open.get(address) ?? 0) + 1
    open.set(address, count)
    const { connections } = allowanceOf(address)
    if (count > connections + TOLD) socket.destroy()
    else if (count > connections) visitor.isTooMany = true
  }

  function leave(socket: Socket) {
    const { address } = connectionOf(socket)
    const left = (open.get(address) ?? 1) - 1
    if (left > 0) open.set(address, left)
    else open.delete(address)
  }

  function refusal(visitor: Visitor): WireError | undefined {
    if (visitor.isAdmitted) return undefined
    if (visitor.isTooMany) {
      const { connections } = allowanceOf(visitor.address)
      const sentence = `Your address has its ${connections} connections open. Close some, or try again later.`
      return new WireError('too-many', sentence, someSeconds())
    }
    if (isLate()) return overloaded()
    visitor.isAdmitted = true
    return undefined
  }

  /** Takes a publish from what its author may, or throws how long to wait. */
  function takePublish(address: string, { client = '', person }: Who, sentence = 'You publish too fast.') {
    const { publishes, byClient } = allowanceOf(address)
    if (person) {
      // A school sits behind one address: whoever holds a session has a share of their own, and takes nobody's.
      const wait = byClient.wait(person.id)
      if (wait > 0) throw tooFast(wait, sentence)
      return byClient.take(person.id)
    }
    const author = `${address} ${client}`
    // Both are looked at first, so that a client who is refused takes nothing from the others at his address.
    const wait = Math.max(publishes.wait(address), byClient.wait(author))
    if (wait > 0) throw tooFast(wait, sentence)
    publishes.take(address)
    byClient.take(author)
  }

  /** Takes what is said beside the feed out of the same: it costs the others as much. */
  function takeWord(who: Who) {
    if (isLate()) throw overloaded()
    const { address } = who.connection
    if (!allowanceOf(address).unlimited) takePublish(address, who, 'You say too much.')
  }

  const knownRooms = new Set<string>()
  const births = new Map<string, Promise<void>>()

  /**
   * Takes a room from what its address may create, unless it exists. The log is asked once a room; drafts that come
   * meanwhile wait together, and so keep their order.
   */
  function takeBirth(feed: Feed, room: string, address: string, who: Who): Promise<void> {
    const key = `${address} ${room}`
    const birth = births.get(key) ?? giveBirth().finally(() => births.delete(key))
    births.set(key, birth)
    return birth

    async function giveBirth() {
      const { entries } = await feed.page(room, undefined, who)
      if (entries.length === 0) takeRoom(address)
      if (knownRooms.size >= MAX_KEYS) knownRooms.clear()
      knownRooms.add(room)
    }
  }

  function takeRoom(address: string) {
    const { rooms } = allowanceOf(address)
    const wait = rooms.wait(address)
    if (wait > 0) throw tooFast(wait, 'Your address creates rooms too fast. Publish in one that exists.')
    rooms.take(address)
  }

  return {
    enter,
    leave,
    refusal,
    limit: (feed) => ({
      ...feed,
      async publish(room, draft, who) {
        if (isLate()) throw overloaded()
        const { address } = who.connection
        const { unlimited, rooms } = allowanceOf(address)
        if (!unlimited) takePublish(address, who)
        if (!rooms.unlimited && !knownRooms.has(room)) await takeBirth(feed, room, address, who)
        return feed.publish(room, draft, who)
      },
      typing(room, who) {
        takeWord(who)
        feed.typing(room, who)
      },
      away(room, who, ...said) {
        takeWord(who)
        feed.away(room, who, ...said)
      },
    }),
    takeRoom: (socket) => takeRoom(connectionOf(socket).address),
    takeSession(socket) {
      const { address } = connectionOf(socket)
      const { sessions } = allowanceOf(address)
      const wait = sessions.wait(address)
      if (wait > 0) throw tooFast(wait, 'Your address starts sessions too fast.')
      sessions.take(address)
    },
    close: () => pulse.stop(),
  }
}

function createAllowance({ connections, rooms, sessions, publishesByClient, publishes }: Allowance) {
  const byClient = createRate(publishesByClient, 1_000)
  const byAddress = createRate(publishes, 1_000)
  return {
    connections,
    rooms: createRate(rooms, HOUR),
    sessions: createRate(sessions, HOUR),
    byClient,
    publishes: byAddress,
    /** True where publishing costs not even a look. */
    unlimited: byClient.unlimited && byAddress.unlimited,
  }
}

function tooFast(wait: number, sentence: string) {
  // Not up to the next second for the rounding of a sum of times.
  const seconds = Math.max(1, Math.ceil(wait / 1_000 - 0.001))
  return new WireError('too-many', `${sentence} Try again in ${seconds} s.`, seconds)
}

const overloaded = () =>
  new WireError('overloaded', 'The server is too busy at the moment. Try again soon.', someSeconds())

/** So many different keys are remembered; beyond, the one that was quiet for longest is forgotten. */
const MAX_KEYS = 10_000

/**
 * A rate by key: `burst` at once, and as many more each `period` ms, evenly. It takes one number a key, the time when all
 * that was taken is made up for (the "generic cell rate algorithm", ITU-T I.371).
 */
export function createRate(burst: number, period: number) {
  const interval = period / burst
  const paidUntil = new Map<string, number>()
  return {
    unlimited: burst === Number.POSITIVE_INFINITY,
    /** How long until one more may be taken, in ms; 0 when it may be now. */
    wait(key: string): number {
      // A burst of none: there is never one more.
      if (burst === 0) return period
      const wait = (paidUntil.get(key) ?? 0) + interval - period - performance.now()
      // Below a microsecond it is the rounding of a sum of times.
      return wait > 0.001 ? wait : 0
    },
    take(key: string) {
      if (interval === 0) return
      const until = Math.max(paidUntil.get(key) ?? 0, performance.now()) + interval
      // Last in the order of the map is who took last.
      paidUntil.delete(key)
      const [quietest] = paidUntil.size >= MAX_KEYS ? paidUntil.keys() : []
      if (quietest !== undefined) paidUntil.delete(quietest)
      paidUntil.set(key, until)
    },
  }
}

/**
 * How late the event loop runs: the median over the last second of the time by which a timer missed its turn. Not the
 * worst: one long pause (a laptop that woke, a file that was read) is over when it is noticed, and there is nothing to shed.
 */
function takePulse() {
  const resolution = 20
  const histogram = monitorEventLoopDelay({ resolution })
  histogram.enable()
  let late = 0
  const timer = setInterval(() => {
    // Counts from turn to turn, the timer's own wait included.
    if (histogram.count > 0) late = histogram.percentile(50) / 1e6 - resolution
    histogram.reset()
  }, 1_000).unref()
  return {
    late: () => late,
    stop() {
      clearInterval(timer)
      histogram.disable()
    },
  }
}

/** 1 to 5 s, of each refusal its own: those who are refused together do not come back together. */
const someSeconds = () => 1 + Math.floor(Math.random() * 5)

/** Whose connection it is: an IPv4 address, or the 64 bits of an IPv6 one that a household is given (RFC 6177). */
export function addressOf(remoteAddress = ''): string {
  const address = remoteAddress.replace(/^::ffff:(?=\d+\.)/, '')
  if (!address.includes(':') || address === '::1') return address
  const [head = '', tail] = address.replace(/%.*$/, '').split('::')
  const before = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - before.length - (tail === '' ? 0 : tail.split(':').length)
  const groups = [...before, ...Array<string>(missing).fill('0'), ...(tail ? tail.split(':') : [])]
  return `${groups.slice(0, 4).join(':')}::/64`
}

export const isLoopback = (address: string) => address === '::1' || address.startsWith('127.')
