import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { WebsocketPluginOptions } from '@fastify/websocket'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { toWireError, WireError } from '../contract/errors.ts'
import { Command, type Said } from '../contract/sockets.ts'
import { HEARTBEAT_MS, pathOf } from '../contract/transports.ts'
import { compile, readDraft, readJson } from '../contract/validate.ts'
import { ErrorReply, MAX_BODY, ReadQuery, RoomParams } from '../contract/wire.ts'
import type { Door } from '../door.ts'
import { type Batch, batchEncoder, entryJson, once } from '../feed/encoding.ts'
import type { FeedListener } from '../feed/feed.ts'
import type { Update } from '../people/presence.ts'
import { textFrame } from './frame.ts'
import { createJoins, joinRoom, leaveAll, leaveRoom, setAway } from './joins.ts'
import { drained, MAX_QUEUE, type ServerTransport, whoIs } from './transport.ts'

/**
 * WebSocket (RFC 6455): an HTTP request that becomes a two-way stream of frames.
 * Costs one handshake per connection, then 2 to 10 bytes of header per frame, and one connection held.
 * Cannot resume, reconnect or acknowledge by itself: cursor, backoff and receipts are ours.
 * On the wire: `{"publish":{"text":"hi"}}` up, `{"receipt":{…}}` and `{"entry":{…}}` down, one JSON text a frame.
 */
export const websocket: ServerTransport = async (app, { feed, heartbeat: every = HEARTBEAT_MS }) => {
  const upgradeOnly = async () => {
    throw new WireError(
      'upgrade-required',
      'This is a WebSocket: connect with ws://, for instance npx wscat -c ws://…',
    )
  }
  const schema = {
    summary: 'Follow and publish over a WebSocket',
    description:
      'Text frames: {"join"}, {"leave"}, {"publish"}, {"typing"}, {"away"}, {"ping"} up; ' +
      '{"joined"}, {"entry"}, {"gap"}, {"presence"}, {"receipt"}, {"left"}, {"pong"}, {"error"} down.',
    tags: ['feed'],
    querystring: ReadQuery,
    response: { 400: ErrorReply, 401: ErrorReply, 426: ErrorReply },
  }
  /** A token that is none is refused while there is still an HTTP request to answer. */
  const preValidation = async ({ raw }: FastifyRequest) => void whoIs(raw)
  /** From here on ws answers. A response that stayed on its socket would be kept, and the request with it. */
  const preHandler = async ({ ws, raw }: FastifyRequest, { raw: response }: FastifyReply) => {
    if (ws) response.detachSocket(raw.socket)
  }

  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  routes.route({
    method: 'GET',
    url: '/:room',
    exposeHeadRoute: false,
    schema: { ...schema, params: RoomParams },
    preValidation,
    preHandler,
    handler: upgradeOnly,
    wsHandler: (socket, { params, query, raw }) =>
      converse(socket, raw, params.room, query.after, query.presence !== undefined),
  })
  routes.route({
    method: 'GET',
    url: '/',
    exposeHeadRoute: false,
    schema,
    preValidation,
    preHandler,
    handler: upgradeOnly,
    wsHandler: (socket, { raw }) => converse(socket, raw),
  })

  function converse(
    socket: WebSocket,
    request: FastifyRequest['raw'],
    urlRoom?: string,
    after?: string,
    asksPresence?: boolean,
  ) {
    const who = whoIs(request)
    const joins = createJoins(feed, who, ({ message }) => socket.close(4401, message))
    const wire = request.socket
    let badInARow = 0
    // That of the plugin would keep request and reply for as long.
    socket.removeAllListeners('error').on('error', ignore)

    // Receive
    function join(room: string, cursor: string | undefined, asksPresence = false) {
      const listener: FeedListener = {
        onJoined: (joined) => send({ joined: joined.room, cursor: joined.cursor }),
        onGap: (cursor) => send({ gap: room, cursor }),
        onEntries: sendEntries,
        onFailed: () => socket.close(1011, 'the log cannot be read; come back with your cursor'),
        onEnded(why) {
          void leaveRoom(joins, room)
          sendError(why, { room })
          if (room === urlRoom) socket.close(4403, why.message)
        },
        ready: () => drained(wire),
      }
      return joinRoom(joins, room, cursor, listener, asksPresence ? { onPresence: sendPresence } : undefined)
    }

    /** Whoever is slow waits for the latest. */
    function sendPresence(update: Update): boolean {
      if (wire.writableNeedDrain) return false
      socket.send(encodePresence(update), { binary: false })
      return true
    }

    function sendEntries(batch: Batch) {
      // The same bytes for every reader. ws would make a header for each; in between its own frames it does no harm.
      if (socket.readyState === socket.OPEN) wire.write(encodeBatch(batch))
      if (wire.writableLength > MAX_QUEUE) cut()
    }

    // Publish
    async function publish(draft: unknown, room = urlRoom) {
      if (room === undefined) throw new WireError('bad-room', 'Say the room: {"publish":{…},"room":"lobby"}.')
      const { receipt } = await feed.publish(room, readDraft(draft), who)
      send({ receipt })
    }

    // Commands
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) return socket.close(1003, 'send text frames')
      try {
        obey(readCommand(data))
        badInARow = 0
      } catch (error) {
        sendError(error)
        // A client that goes on like this is no client of ours.
        if (++badInARow === 10) socket.close(1008, 'ten bad frames in a row')
      }
    })

    function obey({
      join: toJoin,
      leave,
      publish: draft,
      ping,
      room,
      after,
      presence,
      typing,
      away,
    }: Command) {
      if (toJoin !== undefined)
        join(toJoin, after ?? undefined, presence).catch((error) => sendError(error, { room: toJoin }))
      if (leave !== undefined) leaveRoom(joins, leave).then(() => send({ left: leave }))
      if (draft !== undefined) publish(draft, room).catch((error) => sendError(error, idOf(draft)))
      if (typing !== undefined) attempt(typing, () => feed.typing(typing, who))
      if (away !== undefined) attempt(undefined, () => setAway(joins, away))
      // A page sees nothing of the protocol's own pings and can send none: to know whether we are there it asks.
      if (ping) send({ pong: true })
    }

    /** What is refused is no bad frame. */
    function attempt(room: string | undefined, say: () => void) {
      try {
        say()
      } catch (error) {
        sendError(error, room === undefined ? {} : { room })
      }
    }

    function send(message: Said) {
      socket.send(JSON.stringify(message))
      if (wire.writableLength > MAX_QUEUE) cut()
    }

    function sendError(error: unknown, about: { id?: string; room?: string } = {}) {
      const wireError = toWireError(error)
      if (wireError.status === 500) app.log.error(error)
      send({ error: { ...wireError.body, ...about } })
    }

    function cut() {
      if (socket.readyState !== socket.OPEN) return
      leaveAll(joins)
      socket.close(1013, 'reading too slowly; come back with your cursor')
      // The close frame stands behind a queue that may never drain.
      setTimeout(() => socket.terminate(), 1_000).unref()
    }

    socket.on('close', () => leaveAll(joins))
    if (urlRoom !== undefined)
      join(urlRoom, after, asksPresence).catch((error) => sendError(error, { room: urlRoom }))
  }

  // Stay alive: who has not answered one ping by the next is gone (RFC 6455 §5.5.2).
  const answered = new WeakSet<WebSocket>()
  app.websocketServer.on('connection', (socket) => {
    answered.add(socket)
    socket.on('pong', () => answered.add(socket))
  })
  const heartbeat = setInterval(() => {
    for (const socket of app.websocketServer.clients) {
      if (!answered.delete(socket)) socket.terminate()
      else socket.ping()
    }
  }, every)
  app.addHook('preClose', async () => clearInterval(heartbeat))
}

/** How @fastify/websocket is to be registered for this transport: on its own path of the door. */
export const webSocketOptions = (door: Door): WebsocketPluginOptions => ({
  options: {
    server: door.under(pathOf.websocket),
    maxPayload: MAX_BODY,
    // A message may come in pieces (RFC 6455 §5.4), but one of endless empty pieces only burns time.
    maxFragments: 1_000,
  },
  errorHandler: ignore,
  preClose(done) {
    for (const socket of this.websocketServer.clients) socket.close(1012, 'restarting')
    done()
  },
})

/** ws has already answered with the close code of the error; the plugin's own handler would cut that off. */
function ignore() {}

const encodeBatch = batchEncoder((entry) => textFrame(`{"entry":${entryJson(entry)}}`))

const encodePresence = once(({ presence, room }: Update) => Buffer.from(JSON.stringify({ presence, room })))

const checkCommand = compile(Command)

/** One frame as one command. Throws `bad-frame`, or the code of the field that is wrong. */
function readCommand(data: Buffer): Command {
  const value = readJson(data, 'bad-frame')
  const error = checkCommand(value)
  if (error) throw error
  const command = value as Command
  const { join, leave, publish, typing, away, ping } = command
  if ([join, leave, publish, typing, away, ping].every((field) => field === undefined)) {
    throw new WireError(
      'bad-frame',
      'A frame must hold "join", "leave", "publish", "typing", "away" or "ping", like {"join":"lobby"}.',
    )
  }
  return command
}

const idOf = (draft: unknown): { id?: string } =>
  typeof draft === 'object' && draft !== null && 'id' in draft && typeof draft.id === 'string'
    ? { id: draft.id }
    : {}
