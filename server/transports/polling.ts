import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import {
  Draft,
  ErrorReply,
  MAX_BODY,
  Page,
  type Page as PageType,
  Receipt,
  RoomParams,
} from '../contract/wire.ts'
import { entryJson, once } from '../feed/encoding.ts'
import type { Feed } from '../feed/feed.ts'
import { sendJson } from '../http.ts'
import { whoIs } from './transport.ts'

/** What the transports made of plain HTTP requests share: how a page is answered, and how a draft is posted. */

export const pageReplies = { 200: Page, 400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 404: ErrorReply }

/**
 * Answers a poll. Who waited for the same entries is answered with the same page, whose JSON is made once. Past Fastify,
 * which has nothing to add, and as a string, of which Node writes head and body in one piece.
 */
export function sendPage(reply: FastifyReply, page: PageType) {
  const { json, bytes } = encodePage(page)
  reply.hijack()
  reply.raw.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': bytes,
  })
  reply.raw.end(json)
}

/** Answers a poll whose page cannot be read, as if its handler had thrown. */
export const sendFailure = (reply: FastifyReply, error: Error) => reply.send(error)

const encodePage = once(({ cursor, gap, more, entries }: PageType) => {
  const list = entries.map((entry) => entryJson(entry)).join(',')
  const json = `{"cursor":"${cursor}","gap":${gap},"more":${more},"entries":[${list}]}`
  return { json, bytes: Buffer.byteLength(json) }
})

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
