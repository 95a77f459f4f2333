import type { ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import {
  Away,
  Draft,
  ErrorReply,
  MAX_BODY,
  Page,
  type Page as PageType,
  type Presence,
  Receipt,
  RoomParams,
} from '../contract/wire.ts'
import { entryJson, once } from '../feed/encoding.ts'
import type { Feed } from '../feed/feed.ts'
import { sendJson, takeJson } from '../http.ts'
import { whoIs } from './transport.ts'

/** What the transports made of plain HTTP requests share: how a page is answered, and how a draft is posted. */

export const pageReplies = { 200: Page, 400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 404: ErrorReply }

/**
 * Answers a poll. Who waited for the same entries is answered with the same page, whose JSON is made once. Past Fastify,
 * which has nothing to add, and as a string, to which Node puts the head in front. It is handed over before the end:
 * with `end(json)` Node has two pieces to gather, of which the second is empty, and that takes a twelfth of a poll's CPU.
 */
export function sendPage(response: ServerResponse, page: PageType, presence?: Presence) {
  const { json, bytes } = presence
    ? withPresence(encodePage(page), encodePresence(presence))
    : encodePage(page)
  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': bytes,
  })
  const { socket } = response
  // Else `write` corks it itself, until the end of the turn.
  socket?.cork()
  response.write(json)
  socket?.uncork()
  response.end()
}

const encodePage = once(({ cursor, gap, more, entries }: PageType) => {
  const list = entries.map((entry) => entryJson(entry)).join(',')
  const json = `{"cursor":"${cursor}","gap":${gap},"more":${more},"entries":[${list}]}`
  return { json, bytes: Buffer.byteLength(json) }
})

const encodePresence = once((presence: Presence) => {
  const json = `,"presence":${JSON.stringify(presence)}}`
  return { json, bytes: Buffer.byteLength(json) }
})

type Encoded = ReturnType<typeof encodePage>

/** In place of the brace that ends a page. */
const withPresence = (page: Encoded, presence: Encoded): Encoded => ({
  json: page.json.slice(0, -1) + presence.json,
  bytes: page.bytes - 1 + presence.bytes,
})

/** `POST /:room/typing` and `POST /:room/away`: what is said beside the feed, by those who cannot say it on their wire. */
export function acceptPresence(app: FastifyInstance, feed: Feed) {
  const response = {
    204: { type: 'null', description: 'Said.' },
    400: ErrorReply,
    401: ErrorReply,
    404: ErrorReply,
    429: ErrorReply,
  }
  app.register(async (plugin) => {
    // A body says nothing here, whatever it is.
    plugin.removeAllContentTypeParsers()
    plugin.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 1_024 }, (_request, _body, done) =>
      done(null),
    )
    const summary = 'Say that you are typing'
    const description =
      'Those who ask for presence see it for 5 s, or until you publish. Say it again every 3 s or so.'
    plugin
      .withTypeProvider<TypeBoxTypeProvider>()
      .post(
        '/:room/typing',
        { schema: { summary, description, tags: ['feed'], params: RoomParams, response } },
        async (request, reply) => {
          feed.typing(request.params.room, whoIs(request.raw))
          return reply.code(204).send()
        },
      )
  })
  app.register(async (plugin) => {
    takeJson(plugin, 'bad-request')
    const summary = 'Say that nobody looks at this device, or somebody does'
    const description =
      'For those who read with presence. The device is the one of the `client` in the query. On a stream of events, who has said it says it again at each heartbeat: of one who does not for 2.5 of them it is known that nobody is there.'
    plugin
      .withTypeProvider<TypeBoxTypeProvider>()
      .post(
        '/:room/away',
        { schema: { summary, description, tags: ['feed'], params: RoomParams, body: Away, response } },
        async (request, reply) => {
          feed.away(request.params.room, whoIs(request.raw), request.body.away, true)
          return reply.code(204).send()
        },
      )
  })
}

/** `POST /:room`: a draft in, a receipt out; 201 the first time, 200 for a repeat. */
export function acceptDrafts(app: FastifyInstance, feed: Feed) {
  app.withTypeProvider<TypeBoxTypeProvider>().post(
    '/:room',
    {
      bodyLimit: MAX_BODY,
      schema: {
        summary: 'Publish an entry',
        tags: ['feed'],
        params: RoomParams,
        body: Draft,
        response: {
          200: Receipt,
          201: Receipt,
          400: ErrorReply,
          401: ErrorReply,
          404: ErrorReply,
          409: ErrorReply,
          413: ErrorReply,
          415: ErrorReply,
          429: ErrorReply,
          503: ErrorReply,
        },
      },
    },
    async (request, reply) => {
      const { receipt, repeat } = await feed.publish(request.params.room, request.body, whoIs(request.raw))
      return sendJson(reply, repeat ? 200 : 201, receipt)
    },
  )
}
