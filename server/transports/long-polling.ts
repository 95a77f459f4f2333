import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { toWireError } from '../contract/errors.ts'
import { RoomParams, WaitQuery } from '../contract/wire.ts'
import { answerError } from '../http.ts'
import type { Watcher } from '../people/presence.ts'
import { acceptDrafts, acceptPresence, pageReplies, sendPage } from './polling.ts'
import { type ServerTransport, whoIs } from './transport.ts'

/**
 * Long polling: the client asks, and the answer waits until there is something to say.
 * Costs one request per answer (a burst shares one), and one connection held while waiting.
 * Cannot stream: after each answer the client must ask again, and what comes meanwhile waits in the log.
 * On the wire: `GET /long-polling/lobby?after=k3f9.42&wait=25`, silence, then a page as of short polling.
 */
export const longPolling: ServerTransport = async (app, { feed }) => {
  // Receive
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/:room',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Read what is new, as soon as there is something',
        tags: ['feed'],
        params: RoomParams,
        querystring: WaitQuery,
        response: pageReplies,
      },
    },
    (request, reply) => {
      // While a reader waits nothing of Fastify is kept for them: thousands wait.
      const response = reply.raw
      // The next poll comes at once: a connection is kept without a word (RFC 9112 §9.3), and nobody asks for how long.
      if (response.shouldKeepAlive && request.raw.httpVersion === '1.1') response.removeHeader('connection')
      const { room } = request.params
      const { after, wait, presence: seen } = request.query
      const seconds = secondsToWait(wait, request.headers.prefer)
      const who = whoIs(request.raw)
      const end = feed.nextPage(room, after, who, {
        onPage(page) {
          forget()
          // Where nobody is left to read it, whoever comes back asks with the same cursor.
          if (response.destroyed) return
          const presence = seen === undefined ? undefined : attendance.latest()
          sendPage(response, page, presence?.v === Number(seen) ? undefined : presence)
        },
        onFailed(error) {
          forget()
          const wireError = toWireError(error)
          if (wireError.status === 500) app.log.error(error)
          if (!response.destroyed) answerError(response, wireError)
        },
      })
      const attendance = feed.attend(room, who, seen === undefined ? undefined : watcher(Number(seen), end))
      reply.hijack()
      const timer = setTimeout(end, 1000 * seconds)
      response.on('close', end)
      function forget() {
        clearTimeout(timer)
        response.off('close', end)
        attendance.lose(holdOf(seconds))
      }
    },
  )

  // Publish
  acceptDrafts(app, feed)
  acceptPresence(app, feed)

  // Close: whoever waits is answered now, with nothing new.
  app.addHook('preClose', async () => feed.endWaits())
}

/** Who has another version than the latest waits no longer. */
const watcher = (seen: number, end: () => void): Watcher => ({
  seen,
  onPresence() {
    end()
    return true
  },
})

/** Between two polls somebody is still here: the next one comes at once, or never. In ms. */
const holdOf = (seconds: number) => Math.min(5_000, Math.max(1_500, 1_500 * seconds))

const DEFAULT_WAIT = 25

/** The query wins; else `Prefer: wait=N` (RFC 7240 §4.3), of which we ignore what we cannot honour (§2). */
function secondsToWait(query: string | undefined, prefer: string | string[] | undefined): number {
  if (query !== undefined) return Number(query)
  const preferred = /(?:^|[,;])\s*wait\s*=\s*"?(\d+)"?/i.exec(String(prefer ?? ''))?.[1]
  return preferred === undefined ? DEFAULT_WAIT : Math.min(60, Number(preferred))
}
