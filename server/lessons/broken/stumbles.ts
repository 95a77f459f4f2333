import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { ReadQuery, RoomParams } from '../../contract/wire.ts'
import type { BrokenServer } from './index.ts'
import { followAsSse } from './sse.ts'

/** Rooms that have had their 500, the latest of them. */
const MAX_ROOMS = 1_000

/**
 * SSE from a server that stumbles once: it ends a room's first stream after three entries, answers whoever comes back 500,
 * and from then on does all it should. A browser's EventSource takes that 500 for the end (WHATWG HTML §9.2.3).
 * Known from Yaffle/EventSource#88. The cure is in the client: `passing` in web/transports/http.ts.
 */
export const stumbles: BrokenServer = async (app, { feed }) => {
  const stages = new Map<string, 'first' | 'stumble' | 'well'>()

  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/:room',
      { exposeHeadRoute: false, schema: { hide: true, params: RoomParams, querystring: ReadQuery } },
      async (request, reply) => {
        const { room } = request.params
        const stage = stages.get(room) ?? 'first'
        if (stages.size >= MAX_ROOMS) stages.clear()
        stages.set(room, stage === 'first' ? 'stumble' : 'well')
        if (stage === 'stumble') return reply.code(500).send('The server stumbled.')
        const after = request.headers['last-event-id'] ?? request.query.after
        return followAsSse(reply, feed, room, String(after), stage === 'first' ? { limit: 3 } : {})
      },
    )
}
