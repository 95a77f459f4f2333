import type { FastifyPluginAsync } from 'fastify'
import type { Feed } from '../../feed/feed.ts'
import type { Sockets } from '../sockets.ts'
import { anyOrigin, ownOrigin } from './any-origin.ts'
import { betweenPolls } from './between-polls.ts'
import { compressed, compressedFlushed } from './compressed.ts'
import { endlessQueue } from './endless-queue.ts'
import { intervalLeak } from './interval-leak.ts'
import { lastFiveEntries } from './last-five.ts'
import { stumbles } from './stumbles.ts'
import { typingForEver } from './typing-for-ever.ts'

/**
 * Servers with a bug that people really have, each at `/lessons/broken/<name>/`: for the bug switches of the lessons. They
 * read the feed as anybody does and never carry what the product promises.
 */
export type BrokenServer = FastifyPluginAsync<{ feed: Feed; sockets: Sockets }>

export const brokenServers = {
  'any-origin': anyOrigin,
  'own-origin': ownOrigin,
  'between-polls': betweenPolls,
  compressed,
  'compressed-flushed': compressedFlushed,
  'endless-queue': endlessQueue,
  'last-five': lastFiveEntries,
  stumbles,
  'interval-leak': intervalLeak,
  'typing-for-ever': typingForEver,
} satisfies Record<string, BrokenServer>
