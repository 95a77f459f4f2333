import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { formatCursor, parseCursor } from '../../contract/cursor.ts'
import { ReadQuery, RoomParams } from '../../contract/wire.ts'
import { whoIs } from '../../transports/transport.ts'
import type { BrokenServer } from './index.ts'
import { followAsSse } from './sse.ts'

/**
 * SSE that sends every reader the last five entries and then what follows. Who was away for a moment gets some of them
 * twice, who was away for longer has a hole. Known from socketio/socket.io#3414.
 * The cure is server/transports/sse.ts: go on after the cursor that the reader hands in.
 */
export const lastFiveEntries: BrokenServer = async (app, { feed }) => {
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/:room',
      { exposeHeadRoute: false, schema: { hide: true, params: RoomParams, querystring: ReadQuery } },
      async (request, reply) => {
        const { room } = request.params
        const { cursor } = await feed.page(room, undefined, whoIs(request.raw))
        // The bug: whatever the reader says in `after`, it is handed what stands behind this.
        const { epoch, seq } = parseCursor(cursor)
        return followAsSse(reply, feed, room, formatCursor(epoch, Math.max(0, seq - 5)))
      },
    )
}
