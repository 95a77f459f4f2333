import { constants, createGzip } from 'node:zlib'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { encode } from 'eventsource-encoder'
import { ReadQuery, RoomParams } from '../../contract/wire.ts'
import { batchEncoder, entryJson } from '../../feed/encoding.ts'
import { MAX_QUEUE, whoIs } from '../../transports/transport.ts'
import type { BrokenServer } from './index.ts'

/** How long a stream lasts, in ms: a lesson has seen enough by then. */
const LIFE = 60_000

/**
 * Server-sent events through a compressor, as they go where one is put in front of all answers. gzip gathers some
 * kilobytes before it writes a block, so the head leaves at once and the events do not.
 * Known from expressjs/compression#17.
 * The cure is one option: flush after each write. It costs a few bytes an event.
 */
const compressedWith =
  (flush: number): BrokenServer =>
  async (app, { feed }) => {
    app
      .withTypeProvider<TypeBoxTypeProvider>()
      .get(
        '/:room',
        { exposeHeadRoute: false, schema: { hide: true, params: RoomParams, querystring: ReadQuery } },
        (request, reply) => {
          const { raw: response } = reply
          const gzip = createGzip({ flush })
          const { room } = request.params
          const { following, joined } = feed.follow(room, request.query.after, whoIs(request.raw), {
            onJoined: (joined) =>
              gzip.write(encode({ event: 'joined', id: joined.cursor, data: JSON.stringify(joined) })),
            onGap: (cursor) =>
              gzip.write(encode({ event: 'gap', id: cursor, data: JSON.stringify({ room, cursor }) })),
            onEntries(batch) {
              gzip.write(encodeBatch(batch))
              if (gzip.writableLength > MAX_QUEUE) response.destroy()
            },
            onFailed: () => response.destroy(),
          })
          reply.hijack()
          response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Encoding': 'gzip' })
          response.flushHeaders()
          gzip.pipe(response)
          joined.catch(() => response.destroy())
          const timer = setTimeout(() => response.destroy(), LIFE)
          response.once('close', () => {
            clearTimeout(timer)
            following.leave()
            gzip.destroy()
          })
        },
      )
  }

/** With the bug: nothing tells the compressor that somebody waits. */
export const compressed = compressedWith(constants.Z_NO_FLUSH)

/** Without it: what was written leaves, at the end of a whole byte. */
export const compressedFlushed = compressedWith(constants.Z_SYNC_FLUSH)

const encodeBatch = batchEncoder((entry, cursor) =>
  Buffer.from(encode({ id: cursor, data: entryJson(entry) })),
)
