import type { ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { encode, encodeComment } from 'eventsource-encoder'
import type { Cursor } from '../contract/cursor.ts'
import { HEARTBEAT_MS } from '../contract/transports.ts'
import { compile } from '../contract/validate.ts'
import { After, type Entry, ErrorReply, ReadQuery, RoomParams } from '../contract/wire.ts'
import { type Batch, batchEncoder, entryJson, once } from '../feed/encoding.ts'
import type { FeedListener } from '../feed/feed.ts'
import type { Attendance, Update } from '../people/presence.ts'
import { acceptDrafts, acceptPresence } from './polling.ts'
import { drained, MAX_QUEUE, type ServerTransport, whoIs } from './transport.ts'

/**
 * Server-sent events (WHATWG HTML §9.2): one response that never ends, in text lines the browser parses by itself.
 * Costs one request per connection, then some thirty bytes of framing per entry, and one connection held.
 * Cannot carry anything upwards (drafts go by POST) nor binary data, and HTTP/1.1 browsers allow six per origin.
 * On the wire: `id: k3f9.42`, `data: {"room":"lobby","seq":42,…}`, an empty line.
 */
export const sse: ServerTransport = async (app, { feed, heartbeat: every = HEARTBEAT_MS }) => {
  const streams = new Set<ServerResponse>()

  // Receive
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/:room',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Follow a room as a stream of events',
        description:
          'text/event-stream: `joined`, then a message event per entry; `gap` when entries were lost; `presence`, where it was asked for, when that has changed; `expired` or `removed` at the end of a reader who may no longer read.',
        tags: ['feed'],
        params: RoomParams,
        querystring: ReadQuery,
        response: { 400: ErrorReply, 401: ErrorReply, 404: ErrorReply },
      },
    },
    async (request, reply) => {
      const after = lastEventId(request.headers['last-event-id']) ?? request.query.after
      const stream = reply.raw
      const { room } = request.params
      // Not the request, which whatever lasts as long as the stream would keep.
      const asksPresence = request.query.presence !== undefined

      const listener: FeedListener = {
        onJoined: (joined) =>
          stream.write(encode({ event: 'joined', id: joined.cursor, data: JSON.stringify(joined) })),
        onGap: (cursor) =>
          stream.write(encode({ event: 'gap', id: cursor, data: JSON.stringify({ room, cursor }) })),
        onEntries(batch) {
          send(stream, batch)
          if (stream.writableLength > MAX_QUEUE) stream.destroy()
        },
        onFailed: () => stream.destroy(),
        onEnded: ({ code, message }) =>
          stream.end(encode({ event: code, data: JSON.stringify({ room, message }) })),
        ready: () => drained(stream.socket ?? stream),
      }
      // Whoever may not read is told so in place of a stream.
      const who = whoIs(request.raw)
      const { joined, following } = feed.follow(room, after, who, listener)
      reply.hijack()
      if (stream.destroyed) return following.leave()
      stream.writeHead(200, {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        // nginx gathers a response before it passes it on, unless told not to.
        'X-Accel-Buffering': 'no',
      })
      // The head leaves now, so that nobody on the way takes silence for a dead server.
      stream.flushHeaders()
      streams.add(stream)
      // `once` would keep three objects more.
      stream.on('close', () => {
        streams.delete(stream)
        following.leave()
        attendance?.lose()
      })
      let attendance: Attendance | undefined
      // Where that fails the stream has ended, and there is nobody left to answer.
      await joined.then(
        () => {
          if (stream.destroyed || stream.writableEnded) return
          const watcher = { onPresence: (update: Update) => offer(stream, update) }
          attendance = feed.attend(room, who, asksPresence ? watcher : undefined)
        },
        () => {},
      )
    },
  )

  // Publish
  acceptDrafts(app, feed)
  acceptPresence(app, feed)

  // Stay alive: a comment is no event, but it crosses proxies that cut idle connections.
  const heartbeat = setInterval(() => {
    for (const stream of streams) stream.write(encodeComment(''))
  }, every)

  // Close: readers come back by themselves, each after a moment of its own.
  app.addHook('preClose', async () => {
    clearInterval(heartbeat)
    for (const stream of streams) stream.end(encode({ retry: Math.round(Math.random() * 5000) }))
  })
}

/** An entry is one event whose id is its cursor, so that even a bare EventSource resumes where it was cut. */
const eventOf = (entry: Entry, cursor: Cursor) => Buffer.from(encode({ id: cursor, data: entryJson(entry) }))
const encodeBatch = batchEncoder(eventOf)
/** Without an id: it moves no cursor. */
const encodePresence = once(({ presence }: Update) =>
  Buffer.from(encode({ event: 'presence', data: JSON.stringify(presence) })),
)
const encodeChunk = once((batch: Batch) => chunk(encodeBatch(batch)))

/**
 * Node would make a chunk's header and two more writes for every reader. The same chunk can be written to all of them,
 * once the response has its socket; before (a pipelined request) and without chunks (HTTP/1.0) it is Node's to do.
 */
function send(stream: ServerResponse, batch: Batch) {
  if (stream.writableEnded) return
  if (stream.socket && stream.chunkedEncoding) stream.socket.write(encodeChunk(batch))
  else stream.write(encodeBatch(batch))
}

/** Sends what can wait, unless something waits already. */
function offer(stream: ServerResponse, update: Update): boolean {
  if (stream.writableNeedDrain) return false
  stream.write(encodePresence(update))
  return true
}

/** RFC 9112 §7.1: the length in hexadecimal, CRLF, the bytes, CRLF. */
const chunk = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])

const checkCursor = compile(After)

/** A reader that reconnects says where it was; an empty id is one that was never set (HTML §9.2.4). */
function lastEventId(header: string | string[] | undefined): string | undefined {
  if (header === undefined || header === '') return undefined
  const error = checkCursor(header)
  if (error) throw error
  return String(header)
}
