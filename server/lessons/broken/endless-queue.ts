import type { ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { ReadQuery, RoomParams } from '../../contract/wire.ts'
import { MAX_QUEUE } from '../../transports/transport.ts'
import type { BrokenServer } from './index.ts'
import { followAsSse } from './sse.ts'

/** What a lesson may have queued here for one reader, in bytes, so that it harms nobody; and how many readers at a time. */
const ENOUGH = 8 * MAX_QUEUE
const MAX_READERS = 8

/**
 * SSE that writes whatever there is and never asks whether it is read: what the kernel does not take stays in the memory
 * of the process, for as long as the reader pleases. Known from websockets/ws#492. The cure is in server/transports/sse.ts:
 * look at `writableLength` after each write, and cut who owes too much.
 */
export const endlessQueue: BrokenServer = async (app, { feed }) => {
  const readers = new Map<string, ServerResponse>()
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/:room',
    { exposeHeadRoute: false, schema: { hide: true, params: RoomParams, querystring: ReadQuery } },
    async (request, reply) => {
      const { room } = request.params
      if (readers.size >= MAX_READERS) return reply.code(503).send('Too many slow readers; try again later.')
      const stream = reply.raw
      readers.set(room, stream)
      stream.once('close', () => readers.delete(room))
      return followAsSse(reply, feed, room, request.query.after ?? '0', {
        // The bug is what is not here: nobody looks at what is still to be written, but for the end of the lesson.
        afterWrite: () => void (stream.writableLength > ENOUGH && stream.destroy()),
      })
    },
  )

  /** How many bytes wait in this process for the room's reader. */
  routes.get(
    '/:room/queued',
    { exposeHeadRoute: false, schema: { hide: true, params: RoomParams } },
    async (request) => ({
      bytes: readers.get(request.params.room)?.writableLength ?? 0,
    }),
  )
}
