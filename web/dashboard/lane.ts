import { type ReadonlySignal, signal } from '@preact/signals'
import { parseCursor } from '../../server/contract/cursor.ts'
import { emptyTally, type Tally } from '../../server/contract/meter.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import type { Draft, Entry, Receipt } from '../../server/contract/wire.ts'
import type { LaneObserver } from '../network/recovery.ts'
import { createSequenceChecker } from '../network/sequence.ts'
import { type ClientTransport, type Connection, PublishError, type Status } from '../transports/connection.ts'
import { now } from '../ui/clock.ts'
import { createDeliveries, freeze } from './delivery.ts'
import type { Row } from './figures.ts'
import { createTrack, type Exchange, type Track } from './track.ts'
import { type Crossing, type Network, watchTraffic } from './traffic.ts'

/** A connection's status, and one of the page's own: a hidden tab lets go of its connections. */
export type LaneStatus = (Status | { state: 'paused' }) & { since: number }

/** A delivery as the latency chart draws it: seconds since counting began, ms it took. */
export interface Point {
  x: number
  y: number
}

/** The latency chart shows at most this many points of a lane. */
const MAX_POINTS = 600

export interface Lane {
  readonly name: TransportName
  readonly client: string
  readonly status: ReadonlySignal<LaneStatus>
  /** Whether Socket.IO tried to upgrade its connection, and could not. */
  readonly upgradeFailed: ReadonlySignal<boolean>
  readonly track: Track & { trim(): void; note(event: string, detail?: string): void; mark(at: number): void }
  readonly points: readonly Point[]
  readonly lastSeq: number | undefined
  /** Since when a request has waited that should be answered at once. */
  readonly waitingSince: number | undefined
  /** Connects unless it is connected. */
  connect(after: string | undefined): void
  /** Lets go of the connection; `connect` goes on where it was. */
  pause(): void
  /** Goes on over another way, where it was; a lane without a connection takes it with the next. */
  move(way: LaneWay): void
  /** Tells an observer how it fares, until the returned function is called. */
  watch(observer: LaneObserver): () => void
  publish(draft: Draft): Promise<Receipt>
  /** Figures count from here: of entries, those after `seq`. */
  reset(seq: number): void
  row(tally: Tally | undefined): Row
}

/** Where a lane connects: the server's own origin, or a link's. */
export interface LaneWay {
  url: string
  /** What a new connection waits for its modelled handshake, ms. */
  handshake: number
}

interface LaneOptions {
  name: TransportName
  client: string
  room: string
  transport: ClientTransport
  network: Network
  /** Seconds between two short polls, asked before each. */
  interval(): number
  /** Seconds the server may hold a long poll; the client's own default without it. */
  wait?: number
  /** Whether page and server share a clock. */
  oneClock: boolean
  /** When this page was due to send the entry; absent if it did not, or before figures began to count. */
  sentAt(entry: Entry): number | undefined
  onEntry(entry: Entry): void
  onGap(cursor: string): void
  onCrossing?(crossing: Crossing): void
}

const polls: readonly TransportName[] = ['short-polling', 'long-polling']

/** One transport in use by this page: its connection, what crossed, and what that amounts to. */
export function createLane(options: LaneOptions): Lane {
  const { name, client } = options
  const status = signal<LaneStatus>({ state: 'connecting', since: now() })
  const upgradeFailed = signal(false)
  const track = createTrack()
  const observers = new Set<LaneObserver>()
  const deliveries = createDeliveries()
  const sinceServer = createDeliveries()
  const sequence = createSequenceChecker()
  const points: Point[] = []
  let since = now()
  let reconnects = 0
  let turn = 0
  let connection: Connection | undefined
  let cursor: string | undefined
  let way: LaneWay = { url: location.origin, handshake: 0 }
  /** The longest modelled handshake that may be in the figures. */
  let handshake = 0

  // Over all the lane's connections: the end of an old one must not be taken for that of the next.
  let ids = 0
  const nextId = () => ++ids

  const tell = (word: (observer: LaneObserver) => void) => {
    for (const observer of observers) word(observer)
  }

  return {
    name,
    client,
    status,
    upgradeFailed,
    track,
    points,

    get waitingSince() {
      // Sockets do not count against the browser's six connections, and a long poll that waits does what it is for.
      if (name === 'websocket' || name === 'socket-io') return undefined
      const prompt = ({ publishes }: Exchange) => publishes || name !== 'long-polling'
      return track.exchanges.find((exchange) => exchange.end === undefined && prompt(exchange))?.start
    },

    connect(after) {
      if (connection) return
      cursor ??= after
      if (cursor !== undefined && sequence.last === undefined) sequence.start(parseCursor(cursor).seq)
      connection = listen(cursor)
    },

    pause() {
      turn += 1
      cursor = connection?.cursor ?? cursor
      connection?.close()
      connection = undefined
      status.value = { state: 'paused', since: now() }
    },

    move(next) {
      way = next
      handshake = Math.max(handshake, next.handshake)
      if (!connection) return
      cursor = connection.cursor ?? cursor
      connection.close()
      connection = listen(cursor)
    },

    watch(observer) {
      observers.add(observer)
      return () => {
        observers.delete(observer)
      }
    },

    async publish(draft) {
      if (!connection) throw new PublishError('network', 'This lane is paused: its tab is hidden.')
      return connection.publish(draft)
    },

    get lastSeq() {
      return sequence.last
    },

    reset(seq) {
      since = now()
      reconnects = 0
      handshake = way.handshake
      deliveries.reset()
      sinceServer.reset()
      sequence.reset(seq)
      points.length = 0
    },

    row: (tally = emptyTally()) => ({
      transport: name,
      deliveries: freeze(deliveries),
      sinceServer: freeze(sinceServer),
      sequence: { ...sequence.counts },
      reconnects,
      lastSeq: sequence.last,
      handshake,
      tally,
    }),
  }

  function listen(after: string | undefined): Connection {
    const mine = ++turn
    // What a connection says after it was let go is not about this lane any more.
    const current = () => mine === turn
    const target = {
      url: way.url,
      room: options.room,
      after,
      client,
      wait: options.wait,
      get interval() {
        return options.interval()
      },
      ...watchTraffic(options.network, (crossing) => onCrossing(crossing, current()), nextId),
    }
    return options.transport(target, {
      onEntry: (entry) => current() && onEntry(entry),
      onGap(cursor) {
        if (!current()) return
        sequence.gap()
        tell((observer) => observer.gap())
        options.onGap(cursor)
      },
      onStatus(next) {
        if (!current()) return
        const at = now()
        if (next.state === 'reconnecting' && status.value.state === 'open') reconnects += 1
        if (next.state !== 'open') upgradeFailed.value = false
        status.value = { ...next, since: at }
        if (next.state === 'open') tell((observer) => observer.open(at))
        else if (next.state === 'reconnecting') tell((observer) => observer.lost(at))
      },
    })
  }

  /** That a connection ended is a part of the picture also when it is not the lane's any more. */
  function onCrossing(crossing: Crossing, isCurrent: boolean): void {
    track.cross(crossing)
    if (!isCurrent) return
    options.onCrossing?.(crossing)
    if (crossing.kind === 'upgrade-failed') upgradeFailed.value = true
    // A socket's handshake is answered before the server has said where the reader stands, and an event stream too.
    if (crossing.kind !== 'response' || !polls.includes(name)) return
    const asked = track.exchanges.findLast(({ id }) => id === crossing.exchange)
    if (asked && !asked.publishes) tell((observer) => observer.answer(crossing.at, asked.start))
  }

  function onEntry(entry: Entry): void {
    const at = now()
    const sentAt = options.sentAt(entry)
    const isNew = sequence.entry(entry.seq)
    tell((observer) => observer.entry(entry.seq, at))
    track.deliver(entry.seq, at, sentAt)
    if (isNew && sentAt !== undefined) {
      deliveries.add(at - sentAt)
      if (options.oneClock) sinceServer.add(at - entry.at)
      points.push({ x: (at - since) / 1000, y: Math.max(0.1, at - sentAt) })
      if (points.length > MAX_POINTS) points.shift()
    }
    options.onEntry(entry)
  }
}
