import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { type Page, type Presence, ReadQuery, RoomParams } from '../contract/wire.ts'
import type { Who } from '../feed/feed.ts'
import { acceptDrafts, acceptPresence, pageReplies, sendPage } from './polling.ts'
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
    (request, reply) => {
      const { room } = request.params
      const { after, presence: seen } = request.query
      const who = whoIs(request.raw, reply.raw)
      const page = feed.page(room, after, who)
      const answer = (page: Page) => sendPage(reply.hijack().raw, page, lookIn(room, who, seen))
      // Most polls find nothing, or what somebody else was just told, and need wait for no log.
      return page instanceof Promise ? page.then(answer) : answer(page)
    },
  )

  /** Counts whoever polls as here, until they must have polled again; says who else is, where that is new to them. */
  function lookIn(room: string, who: Who, seen: string | undefined): Presence | undefined {
    const watcher = seen === undefined ? undefined : { seen: Number.NaN, onPresence: () => true }
    const { sinceLast = 2_000, latest, lose } = feed.attend(room, who, watcher)
    const presence = watcher && latest()
    lose(Math.min(LONGEST_HOLD, Math.max(SHORTEST_HOLD, 2.5 * sinceLast)))
    return presence?.v === Number(seen) ? undefined : presence
  }

  // Publish
  acceptDrafts(app, feed)
  acceptPresence(app, feed)
}

/** Whoever polls is here for two and a half of their intervals, which nobody tells us: in ms, at least and at most. */
const SHORTEST_HOLD = 2_500
const LONGEST_HOLD = 8_000
