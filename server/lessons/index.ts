import type { FastifyPluginAsync } from 'fastify'
import type { Door } from '../door.ts'
import type { Feed } from '../feed/feed.ts'
import type { Sessions } from '../people/sessions.ts'
import { briefSession } from './brief-session.ts'
import { brokenServers } from './broken/index.ts'
import { raw } from './raw.ts'
import { slow } from './slow.ts'
import { createSockets } from './sockets.ts'
import { stream } from './stream.ts'
import { ticker } from './ticker.ts'

interface Needs {
  door: Door
  feed: Feed
  sessions: Sessions
}

/**
 * What the lessons need of a server and the product does not: a way to raw TCP for a page, an event stream of one's own
 * making, answers of known delay, sessions that are soon over, and servers that are broken on purpose. All of it lies under `/lessons/`, and nothing
 * outside this folder imports from it but app.ts.
 */
export const lessons: FastifyPluginAsync<Needs> = async (app, { door, feed, sessions }) => {
  const sockets = createSockets(door.under('/lessons'))
  await app.register(raw, { sockets })
  await app.register(stream)
  await app.register(slow, { sockets })
  await app.register(ticker, { sockets })
  await app.register(briefSession, { sessions })
  for (const [name, server] of Object.entries(brokenServers)) {
    await app.register(server, { prefix: `/lessons/broken/${name}`, feed, sockets })
  }
  app.addHook('preClose', async () => sockets.close())
}
