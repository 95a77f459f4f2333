import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { type Page, RoomParams, WaitQuery } from '../../contract/wire.ts'
import { sendPage } from '../../transports/polling.ts'
import { whoIs } from '../../transports/transport.ts'
import type { BrokenServer } from './index.ts'

/**
 * Long polling that subscribes only while a poll waits. The first entry answers the poll; those that come before the next
 * poll is there find nobody subscribed, and no poll asks for them any more, because the cursor is not looked at.
 * Known from nmosafi/aspComet#3 and Atmosphere/atmosphere#2063.
 * The cure is server/transports/long-polling.ts: read from the cursor first, and wait only when there is nothing.
 */
export const betweenPolls: BrokenServer = async (app, { feed }) => {
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/:room',
      { exposeHeadRoute: false, schema: { hide: true, params: RoomParams, querystring: WaitQuery } },
      async (request, reply) => {
        const { room } = request.params
        const who = whoIs(request.raw)
        // The bug: where the reader stands is what the log holds now, whatever `after` says.
        const { cursor: here } = await feed.page(room, undefined, who)
        const page = await new Promise<Page>((resolve, reject) => {
          const end = feed.nextPage(room, here, who, { onPage: resolve, onFailed: reject })
          const timer = setTimeout(end, Number(request.query.wait ?? 25) * 1000)
          reply.raw.once('close', () => {
            clearTimeout(timer)
            end()
          })
        })
        return reply.raw.destroyed ? reply.hijack() : sendPage(reply.hijack().raw, page)
      },
    )
}
