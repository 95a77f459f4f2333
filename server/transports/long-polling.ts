import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { RoomParams, WaitQuery } from '../contract/wire.ts'
import { acceptDrafts, pageReplies, sendFailure, sendPage } from './polling.ts'
import { type ServerTransport, whoIs } from './transport.ts'

/**
 * Long polling: the client asks, and the answer waits until there is something to say.
 * Costs one request per answer (a burst shares one), and one connection held while waiting.
 * Cannot stream: after each answer the client must ask again, and what comes meanwhile waits in the log.
 * On the wire: `GET /long-polling/lobby?after=k3f9.42&wait=25`, silence, then a page as of short polling.
 */
export const longPolling: ServerTransport = async (app, { feed }) => {
  const waiting = new Set<() => void>()

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
      // The next poll comes at once: a connection is kept without a word (RFC 9112 §9.3), and nobody asks for how long.
      if (reply.raw.shouldKeepAlive && request.raw.httpVersion === '1.1') reply.raw.removeHeader('connection')
      const end = feed.nextPage(request.params.room, request.query.after, whoIs(request.raw), {
        onPage(page) {
          forget()
          // Where nobody is left to read it, whoever comes back asks with the same cursor.
          if (!reply.raw.destroyed) sendPage(reply, page)
        },
        onFailed(error) {
          forget()
          sendFailure(reply, error)
        },
      })
      const timer = setTimeout(end, 1000 * secondsToWait(request.query.wait, request.headers.prefer))
      reply.raw.on('close', end)
      waiting.add(end)
      function forget() {
        clearTimeout(timer)
        reply.raw.off('close', end)
        waiting.delete(end)
      }
    },
  )

  // Publish
  acceptDrafts(app, feed)

  // Close: whoever waits is answered now, with nothing new.
  app.addHook('preClose', async () => {
    for (const end of waiting) end()
  })
}

const DEFAULT_WAIT = 25

/** The query wins; else `Prefer: wait=N` (RFC 7240 §4.3), of which we ignore what we cannot honour (§2). */
function secondsToWait(query: string | undefined, prefer: string | string[] | undefined): number {
  if (query !== undefined) return Number(query)
  const preferred = /(?:^|[,;])\s*wait\s*=\s*"?(\d+)"?/i.exec(String(prefer ?? ''))?.[1]
  return preferred === undefined ? DEFAULT_WAIT : Math.min(60, Number(preferred))
}
