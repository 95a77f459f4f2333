import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { encode } from 'eventsource-encoder'
import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'

/** How long whoever came back may stay, in ms. */
const STAY = 10_000

/**
 * `/lessons/stream?text=`: an event stream of the learner's own making, byte for byte, and then its end. An EventSource
 * comes back by itself; if it says with Last-Event-ID where it was, it is told what it said, and else the stream begins
 * anew, as this server keeps nothing about anybody.
 */
export const stream: FastifyPluginAsync = async (app) => {
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/lessons/stream',
      { exposeHeadRoute: false, schema: { hide: true, querystring: Type.Object({ text: Text }) } },
      async (request, reply) => {
        reply.hijack()
        const { raw } = reply
        raw.writeHead(200, {
          'Content-Type': 'text/event-stream',
          'Cache-Control': 'no-store',
          'X-Content-Type-Options': 'nosniff',
        })
        const said = request.headers['last-event-id']
        if (said === undefined) {
          raw.end(request.query.text)
          return
        }
        raw.write(encode({ event: 'came-back', data: String(said) }))
        const timer = setTimeout(() => raw.end(), STAY)
        raw.once('close', () => clearTimeout(timer))
      },
    )
}

const Text = Type.String({
  maxLength: 2_000,
  description: 'an event stream of at most 2,000 characters',
  'x-error': 'bad-query',
})
