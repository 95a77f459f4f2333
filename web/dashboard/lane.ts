import { type ReadonlySignal, signal } from '@preact/signals'
import { parseCursor } from '../../server/contract/cursor.ts'
import { emptyTally, type Tally } from '../../server/contract/meter.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import type { Draft, Entry, Receipt } from '../../server/contract/wire.ts'
import { type ClientTransport, type Connection, PublishError, type Status } from '../transports/connection.ts'
import { now } from '../ui/clock.ts'
import { createDeliveries, freeze } from './delivery.ts'
import type { Row } from './figures.ts'
import { createSequenceChecker } from './sequence.ts'
import { createTrack, type Exchange, type Track } from './track.ts'
import { type Network, watchTraffic } from './traffic.ts'

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
  readonly track: Track & { trim(): void }
  readonly points: readonly Point[]
  readonly lastSeq: number | undefined
  /** Since when a request has waited that should be answered at once. */
  readonly waitingSince: number | undefined
  /** Connects unless it is connected. */
  connect(after: string | undefined): void
  /** Lets go of the connection; `connect` goes on where it was. */
  pause(): void
  publish(draft: Draft): Promise<Receipt>
  /** Figures count from here: of entries, those after `seq`. */
  reset(seq: number): void
  row(tally: Tally | undefined): Row
}

interface LaneOptions {
  name: TransportName
  client: string
  room: string
  transport: ClientTransport
  network: Network
  /** Seconds between two short polls, asked before each. */
  interval(): number
  /** Whether page and server share a clock. */
  oneClock: boolean
  /** When this page was due to send the entry; absent if it did not, or before figures began to count. */
  sentAt(entry: Entry): number | undefined
  onEntry(entry: Entry): void
  onGap(cursor: string): void
}

/** One transport in use by this page: its connection, what crossed, and what that amounts to. */
export function createLane(options: LaneOptions): Lane {
  const { name, client } = options
  const status = signal<LaneStatus>({ state: 'connecting', since: now() })
  const track = createTrack()
  const deliveries = createDeliveries()
  const sinceServer = createDeliveries()
  const sequence = createSequenceChecker()
  const points: Point[] = []
  let since = now()
  let reconnects = 0
  let turn = 0
  let connection: Connection | undefined
  let cursor: string | undefined

  return {
    name,
    client,
    status,
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
      tally,
    }),
  }

  function listen(after: string | undefined): Connection {
    const mine = ++turn
    // What a connection says after it was let go is not about this lane any more.
    const current = () => mine === turn
    const target = {
      url: location.origin,
      room: options.room,
      after,
      client,
      get interval() {
        return options.interval()
      },
      ...watchTraffic(options.network, track.cross),
    }
    return options.transport(target, {
      onEntry: (entry) => current() && onEntry(entry),
      onGap(cursor) {
        if (!current()) return
        sequence.gap()
        options.onGap(cursor)
      },
      onStatus(next) {
        if (!current()) return
        if (next.state === 'reconnecting' && status.value.state === 'open') reconnects += 1
        status.value = { ...next, since: now() }
      },
    })
  }

  function onEntry(entry: Entry): void {
    const at = now()
    const sentAt = options.sentAt(entry)
    const isNew = sequence.entry(entry.seq)
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
