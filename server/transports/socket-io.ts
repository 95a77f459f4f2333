import type { IncomingMessage } from 'node:http'
import { type DefaultEventsMap, Server, type Socket } from 'socket.io'
import type { Static } from 'typebox'
import type { Cursor } from '../contract/cursor.ts'
import { toWireError, type WireError } from '../contract/errors.ts'
import { emitted } from '../contract/sockets.ts'
import { pathOf } from '../contract/transports.ts'
import { checkStructure, compile, readDraft } from '../contract/validate.ts'
import { MAX_BODY } from '../contract/wire.ts'
import type { Door } from '../door.ts'
import { type Batch, batchEncoder, entryJson, once, oncePerEntry } from '../feed/encoding.ts'
import type { FeedListener } from '../feed/feed.ts'
import { senderOf } from '../people/identify.ts'
import type { Update } from '../people/presence.ts'
import { idleWireOf, wireOf } from './engine-wire.ts'
import { textFrame } from './frame.ts'
import { createJoins, type Joins, joinRoom, leaveAll, leaveRoom, setAway } from './joins.ts'
import { drained, MAX_QUEUE, type ServerTransport, whoIs } from './transport.ts'

/**
 * Socket.IO 4: events with acknowledgements over Engine.IO, which begins with HTTP polling and upgrades to WebSocket.
 * Costs up to five requests before it settles, then some twenty bytes of packet syntax per entry.
 * Cannot be read by a plain WebSocket client; its own needs its library.
 * On the wire: `42/chat,["entry",{…}]`: 4 = Engine.IO message, 2 = Socket.IO event, then namespace and JSON.
 */
export const socketIo: ServerTransport = async (app, { feed }) => {
  app.io.of('/chat').on('connection', (socket: ChatSocket) => {
    const joins = createJoins(feed, whoIs(socket.request), ({ body }) => {
      socket.emit('expired', body)
      socket.disconnect(true)
    })
    socket.data = { joins, queued: 0 }
    letGoOfHandshake(socket)
    socket.onAny(hear)
    socket.on('disconnect', end)
  })

  // What follows all connections have in common: of thousands each would keep its own.
  function hear(this: ChatSocket, event: string, ...args: unknown[]) {
    void answer(this, event, args)
  }

  function end(this: ChatSocket) {
    leaveAll(this.data.joins)
  }

  /** By event. */
  const handlers: Record<string, Handler> = {
    // Receive
    join(socket, request, ack) {
      const { room, after, presence: asksPresence } = check<JoinRequest>(checkJoin, request)
      const watcher = { onPresence: (update: Update) => offer(socket, encodePresence(update)) }
      const reader = new RoomReader(socket, room, ack)
      return joinRoom(socket.data.joins, room, after ?? undefined, reader, asksPresence ? watcher : undefined)
    },
    async leave({ data: { joins } }, request, ack) {
      const { room } = check<RoomRequest>(checkRoom, request)
      await leaveRoom(joins, room)
      ack({ room })
    },

    // Publish
    async publish({ data: { joins } }, request, ack) {
      const { room, draft } = check<PublishRequest>(checkPublish, request)
      const { receipt } = await feed.publish(room, readDraft(draft), joins.who)
      ack(receipt)
    },

    // Beside the feed
    async typing({ data: { joins } }, request, ack) {
      const { room } = check<RoomRequest>(checkRoom, request)
      feed.typing(room, joins.who)
      ack({ room })
    },
    async away({ data: { joins } }, request, ack) {
      const { away } = check<{ away: boolean }>(checkAway, request)
      setAway(joins, away)
      ack({ away })
    },
  }

  /** Handles one event: whatever goes wrong is said in the acknowledgement, where the client asked for one. */
  async function answer(socket: ChatSocket, event: string, args: unknown[]) {
    const handle = Object.hasOwn(handlers, event) ? handlers[event] : undefined
    const last = args.at(-1)
    const ack: Ack = typeof last === 'function' ? (reply) => last(reply) : () => {}
    try {
      await handle?.(socket, args[0], ack)
    } catch (error) {
      const wireError = toWireError(error)
      if (wireError.status === 500) app.log.error(error)
      ack({ error: wireError.body })
    }
  }

  // Close: clients that are sent away, not cut off, know that they need not hurry. Awaiting io.close() would wait for
  // the HTTP server, which waits for us.
  app.addHook('preClose', async () => {
    app.io.of('/chat').disconnectSockets(true)
    app.io.engine.close()
  })
}

/**
 * The Socket.IO server, on its own path of the door. It has heartbeats of its own, every 25 s, which both ends must hear
 * within 20 s more; a `heartbeat` in ms is for tests in a hurry, and gives the 2.5 of it that the others wait.
 */
export function createIo(door: Door, heartbeat?: number): Server {
  const io = new Server({
    ...(heartbeat !== undefined && { pingInterval: heartbeat, pingTimeout: 1.5 * heartbeat }),
    maxHttpBufferSize: MAX_BODY,
    perMessageDeflate: false,
    httpCompression: false,
    serveClient: false,
    // The door decides which upgrades come here; Engine.IO need not guess which of the others to destroy.
    destroyUpgrade: false,
    // It leaves what comes without its slash to others, and here there are none: the request would hang.
    addTrailingSlash: false,
    // Each page of the lab has a namespace of its own, which goes with the page.
    cleanupEmptyChildNamespaces: true,
  })
  io.attach(door.under(pathOf['socket-io']))
  io.engine.on('connection', letGoOfRequest)
  return io
}

type Ack = (reply: object) => void

/** What is kept of a connection, where Socket.IO has a place for it. */
interface Connected {
  joins: Joins
  /** What Engine.IO was given to send and may have yet to send, in UTF-16 units. */
  queued: number
}

type ChatSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Connected>
type Handler = (socket: ChatSocket, request: unknown, ack: Ack) => Promise<void>

/** A connection in a room that it has joined. */
class RoomReader implements FeedListener {
  readonly socket: ChatSocket
  readonly room: string
  onJoined: FeedListener['onJoined']

  constructor(socket: ChatSocket, room: string, onJoined: FeedListener['onJoined']) {
    this.socket = socket
    this.room = room
    this.onJoined = onJoined
  }

  onGap(cursor: Cursor) {
    this.socket.emit('gap', { room: this.room, cursor })
  }

  onEntries(batch: Batch) {
    write(this.socket, batch)
  }

  onFailed() {
    // A connection that is cut comes back by itself; one that is told to go does not.
    this.socket.conn.close(true)
  }

  onEnded({ body }: WireError) {
    const { socket, room } = this
    void leaveRoom(socket.data.joins, room)
    socket.emit('removed', { ...body, room })
  }

  ready() {
    return whenDrained(this.socket)
  }
}

/**
 * A connection that is a WebSocket by now and owes nothing gets the same frames as every other. On polling, or while
 * something waits, the packets go through Engine.IO, which keeps what it cannot send yet, without bound and without
 * telling how much. So count what is handed over until it says `drain`, and cut a reader that owes too much.
 */
function write(socket: ChatSocket, batch: Batch) {
  const { conn, data } = socket
  const wire = data.queued === 0 ? idleWireOf(conn) : undefined
  if (wire) {
    wire.write(encodeFrames(batch))
    if (wire.writableLength > MAX_QUEUE) cut(conn)
    return
  }
  for (const entry of batch.entries) hand(socket, encodePacket(entry))
  if (data.queued + (wireOf(conn)?.writableLength ?? 0) > MAX_QUEUE) cut(conn)
}

/** Hands over a packet that can wait, unless something waits already. */
function offer(socket: ChatSocket, packet: string): boolean {
  if (socket.data.queued > 0 || (wireOf(socket.conn)?.writableNeedDrain ?? false)) return false
  hand(socket, packet)
  return true
}

/** The packet is encoded already: Engine.IO adds only its own type byte. */
function hand({ conn, data }: ChatSocket, packet: string) {
  // Before it is handed over: what can be sent at once is, and says so before write returns.
  if (data.queued === 0) {
    conn.once('drain', () => {
      data.queued = 0
    })
  }
  data.queued += packet.length
  conn.write(packet, { compress: false })
}

function whenDrained({ conn, data: { queued } }: ChatSocket): Promise<void> | undefined {
  const wire = wireOf(conn)
  if (queued === 0 && wire) return drained(wire)
  if (queued < MAX_QUEUE / 4 || conn.readyState !== 'open') return undefined
  return new Promise((resolve) => {
    const done = () => {
      conn.off('drain', done).off('close', done)
      resolve()
    }
    conn.on('drain', done).on('close', done)
  })
}

function cut(conn: Socket['conn']) {
  const wire = wireOf(conn)
  conn.close(true)
  // The close frame stands behind a queue that may never drain.
  setTimeout(() => wire?.destroy(), 1_000).unref()
}

/**
 * Engine.IO keeps the request of a handshake for as long as its connection: some KiB of each of thousands. What says whom
 * it is from is all that is asked for later. Let go of at once, the rest dies young: what has been moved to the old
 * generation leaves a hole there.
 */
function letGoOfRequest(conn: { request: IncomingMessage }) {
  conn.request = senderOf(conn.request)
}

/** Socket.IO keeps what it has read off it, the time as a text and the query among them. Nobody asks, once it is open. */
function letGoOfHandshake(socket: { handshake: unknown }) {
  socket.handshake = undefined
}

/** A Socket.IO event (protocol v5): type 2, the namespace, a comma, the JSON of name and arguments. */
const encodePacket = oncePerEntry((entry) => `2/chat,["entry",${entryJson(entry)}]`)

const encodePresence = once(
  ({ room, presence }: Update) => `2/chat,${JSON.stringify(['presence', { room, ...presence }])}`,
)

/** The same as an Engine.IO message (type 4) in a WebSocket frame. */
const encodeFrames = batchEncoder((entry) => textFrame(`4${encodePacket(entry)}`))

type JoinRequest = Static<typeof emitted.join>
type RoomRequest = Static<typeof emitted.leave>
type PublishRequest = Static<typeof emitted.publish>
const checkJoin = compile(emitted.join)
const checkRoom = compile(emitted.leave)
const checkPublish = compile(emitted.publish)
const checkAway = compile(emitted.away)

/** Throws what the check found, or what is too deep for the code that would walk it (Socket.IO's own recurses). */
function check<T>(of: typeof checkRoom, request: unknown): T {
  const error = checkStructure(request, 'bad-draft') ?? of(request)
  if (error) throw error
  return request as T
}

declare module 'fastify' {
  interface FastifyInstance {
    io: Server
  }
}
