import { Server, type Socket } from 'socket.io'
import type { Static } from 'typebox'
import { toWireError } from '../contract/errors.ts'
import { emitted } from '../contract/sockets.ts'
import { pathOf } from '../contract/transports.ts'
import { checkStructure, compile, readDraft } from '../contract/validate.ts'
import { MAX_BODY } from '../contract/wire.ts'
import type { Door } from '../door.ts'
import { type Batch, batchEncoder, entryJson, once, oncePerEntry } from '../feed/encoding.ts'
import type { FeedListener, Who } from '../feed/feed.ts'
import type { Update } from '../people/presence.ts'
import { idleWireOf, wireOf } from './engine-wire.ts'
import { textFrame } from './frame.ts'
import { createJoins, type Joins } from './joins.ts'
import { drained, MAX_QUEUE, type ServerTransport, whoIs } from './transport.ts'

/**
 * Socket.IO 4: events with acknowledgements over Engine.IO, which begins with HTTP polling and upgrades to WebSocket.
 * Costs up to five requests before it settles, then some twenty bytes of packet syntax per entry.
 * Cannot be read by a plain WebSocket client; its own needs its library.
 * On the wire: `42/chat,["entry",{…}]`: 4 = Engine.IO message, 2 = Socket.IO event, then namespace and JSON.
 */
export const socketIo: ServerTransport = async (app, { feed }) => {
  app.io.of('/chat').on('connection', (socket) => {
    const who = whoIs(socket.request)
    const joins = createJoins(feed, who, ({ body }) => {
      socket.emit('expired', body)
      socket.disconnect(true)
    })
    const connected: Connected = { socket, who, joins, queue: boundedQueue(socket) }
    socket.onAny((event: string, ...args) => void answer(connected, event, args))
    socket.on('disconnect', joins.leaveAll)
  })

  /** By event. All connections have them in common: of thousands each would keep its own. */
  const handlers: Record<string, Handler> = {
    // Receive
    join({ socket, joins, queue }, request, ack) {
      const { room, after, presence: asksPresence } = check<JoinRequest>(checkJoin, request)
      const listener: FeedListener = {
        onJoined: ack,
        onGap: (cursor) => socket.emit('gap', { room, cursor }),
        onEntries: queue.write,
        // A connection that is cut comes back by itself; one that is told to go does not.
        onFailed: () => socket.conn.close(true),
        onEnded({ body }) {
          void joins.leave(room)
          socket.emit('removed', { ...body, room })
        },
        ready: queue.drained,
      }
      const onPresence = (update: Update) => queue.offer(encodePresence(update))
      return joins.join(room, after ?? undefined, listener, asksPresence ? { onPresence } : undefined)
    },
    async leave({ joins }, request, ack) {
      const { room } = check<RoomRequest>(checkRoom, request)
      await joins.leave(room)
      ack({ room })
    },

    // Publish
    async publish({ who }, request, ack) {
      const { room, draft } = check<PublishRequest>(checkPublish, request)
      const { receipt } = await feed.publish(room, readDraft(draft), who)
      ack(receipt)
    },

    // Beside the feed
    async typing({ who }, request, ack) {
      const { room } = check<RoomRequest>(checkRoom, request)
      feed.typing(room, who)
      ack({ room })
    },
    async away({ joins }, request, ack) {
      const { away } = check<{ away: boolean }>(checkAway, request)
      joins.away(away)
      ack({ away })
    },
  }

  /** Handles one event: whatever goes wrong is said in the acknowledgement, where the client asked for one. */
  async function answer(connected: Connected, event: string, args: unknown[]) {
    const handle = Object.hasOwn(handlers, event) ? handlers[event] : undefined
    const last = args.at(-1)
    const ack: Ack = typeof last === 'function' ? (reply) => last(reply) : () => {}
    try {
      await handle?.(connected, args[0], ack)
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
  return io.attach(door.under(pathOf['socket-io']))
}

type Ack = (reply: object) => void

/** One connection, for what handles its events. */
interface Connected {
  socket: Socket
  who: Who
  joins: Joins
  queue: ReturnType<typeof boundedQueue>
}

type Handler = (connected: Connected, request: unknown, ack: Ack) => Promise<void>

/**
 * A connection that is a WebSocket by now and owes nothing gets the same frames as every other. On polling, or while
 * something waits, the packets go through Engine.IO, which keeps what it cannot send yet, without bound and without
 * telling how much. So count what is handed over until it says `drain`, and cut a reader that owes too much.
 */
function boundedQueue({ conn }: Socket) {
  let queued = 0
  conn.on('drain', () => {
    queued = 0
  })
  const owed = () => queued + (wireOf(conn)?.writableLength ?? 0)

  function cut() {
    const wire = wireOf(conn)
    conn.close(true)
    // The close frame stands behind a queue that may never drain.
    setTimeout(() => wire?.destroy(), 1_000).unref()
  }

  return {
    write(batch: Batch) {
      const wire = queued === 0 ? idleWireOf(conn) : undefined
      if (wire) {
        wire.write(encodeFrames(batch))
        if (wire.writableLength > MAX_QUEUE) cut()
        return
      }
      for (const entry of batch.entries) {
        const packet = encodePacket(entry)
        // Counted first: what can be sent at once is, and says so before write returns.
        queued += packet.length
        // The packet is encoded already, and conn.write adds only Engine.IO's own type byte.
        conn.write(packet, { compress: false })
      }
      if (owed() > MAX_QUEUE) cut()
    },
    /** Hands over a packet that can wait, unless something waits already. */
    offer(packet: string): boolean {
      if (queued > 0 || (wireOf(conn)?.writableNeedDrain ?? false)) return false
      queued += packet.length
      conn.write(packet, { compress: false })
      return true
    },
    drained() {
      const wire = wireOf(conn)
      if (queued === 0 && wire) return drained(wire)
      if (queued < MAX_QUEUE / 4 || conn.readyState !== 'open') return undefined
      return new Promise<void>((resolve) => {
        const done = () => {
          conn.off('drain', done).off('close', done)
          resolve()
        }
        conn.on('drain', done).on('close', done)
      })
    },
  }
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
