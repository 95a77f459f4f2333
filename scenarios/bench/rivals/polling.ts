import type { AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import type { Draft, Page } from '../../../server/contract/wire.ts'
import { meterOf, type StartRival } from './rival.ts'
import { createRoom } from './room.ts'

/**
 * Short and long polling on bare Fastify, after its README: a handler returns an object.
 * https://fastify.dev/docs/latest/
 */
export const plain: StartRival = () => serve((page) => page)

/**
 * The same as fast as Fastify allows: a page's JSON is made once for all readers who stand at the same place,
 * and sent as bytes. (A response schema would make the JSON itself faster; to make it once is faster still.)
 */
export const tuned: StartRival = () => {
  let latest: { key: string; body: Buffer } | undefined
  return serve((page, after) => {
    const key = `${after} ${page.cursor}`
    if (latest?.key !== key) latest = { key, body: Buffer.from(JSON.stringify(page)) }
    return latest.body
  })
}

async function serve(answer: (page: Page, after: string | undefined) => Page | Buffer) {
  const room = createRoom()
  const app = fastify({ forceCloseConnections: true })
  let waiting: (() => void)[] = []
  let polls = 0

  app.get<{ Querystring: { after?: string } }>('/short-polling/:room', async (request, reply) => {
    polls++
    const { after } = request.query
    reply.type('application/json; charset=utf-8')
    return answer(room.page(after), after)
  })

  app.get<{ Querystring: { after?: string; wait?: string } }>(
    '/long-polling/:room',
    async (request, reply) => {
      const { after, wait = '25' } = request.query
      if (room.page(after).entries.length === 0) await news(Number(wait) * 1000)
      reply.type('application/json; charset=utf-8')
      return answer(room.page(after), after)
    },
  )

  /** Resolves when an entry is there, or after `ms`. */
  const news = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      waiting.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })

  app.post<{ Body: Draft }>('/:transport/:room', async (request, reply) => {
    const { receipt } = room.append(request.body)
    const readers = waiting
    waiting = []
    for (const wake of readers) wake()
    reply.code(201)
    return receipt
  })

  app.get('/meter', async () => meterOf(polls))

  await app.listen({ port: 0, host: '127.0.0.1' })
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() }
}
