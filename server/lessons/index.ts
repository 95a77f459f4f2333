import type { FastifyPluginAsync } from 'fastify'
import type { Door } from '../door.ts'
import type { Feed } from '../feed/feed.ts'
import { brokenServers } from './broken/index.ts'
import { raw } from './raw.ts'
import { slow } from './slow.ts'
import { createSockets } from './sockets.ts'
import { stream } from './stream.ts'
import { ticker } from './ticker.ts'

/**
 * What the lessons need of a server and the product does not: a way to raw TCP for a page, an event stream of one's own
 * making, answers of known delay, and servers that are broken on purpose. All of it lies under `/lessons/`, and nothing
 * outside this folder imports from it but app.ts.
 */
export const lessons: FastifyPluginAsync<{ door: Door; feed: Feed }> = async (app, { door, feed }) => {
  const sockets = createSockets(door.under('/lessons'))
  await app.register(raw, { sockets })
  await app.register(stream)
  await app.register(slow, { sockets })
  await app.register(ticker, { sockets })
  for (const [name, server] of Object.entries(brokenServers)) {
    await app.register(server, { prefix: `/lessons/broken/${name}`, feed, sockets })
  }
  app.addHook('preClose', async () => sockets.close())
}
