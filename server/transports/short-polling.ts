import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { ReadQuery, RoomParams } from '../contract/wire.ts'
import { acceptDrafts, pageReplies, sendPage } from './polling.ts'
import { type ServerTransport, whoIs } from './transport.ts'

/**
 * Short polling: the client asks again and again, and every time is answered at once.
 * Costs one request per interval, news or not; an entry waits half an interval on average.
 * Cannot push: the client decides when it hears of anything.
 * On the wire: `GET /short-polling/lobby?after=k3f9.42` → `{"cursor":"k3f9.43","gap":false,"more":false,"entries":[…]}`
 */
export const shortPolling: ServerTransport = async (app, { feed }) => {
  // Receive
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/:room',
    {
      schema: {
        summary: 'Read what is new, at once',
        tags: ['feed'],
        params: RoomParams,
        querystring: ReadQuery,
        response: pageReplies,
      },
    },
    async (request, reply) =>
      sendPage(reply, await feed.page(request.params.room, request.query.after, whoIs(request.raw))),
  )

  // Publish
  acceptDrafts(app, feed)
}
