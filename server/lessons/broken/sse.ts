import { encode } from 'eventsource-encoder'
import type { FastifyReply } from 'fastify'
import { type Cursor, formatCursor } from '../../contract/cursor.ts'
import { entryJson } from '../../feed/encoding.ts'
import type { Feed } from '../../feed/feed.ts'
import { whoIs } from '../../transports/transport.ts'

/** How long a stream of a lesson may last, in ms. */
const LONGEST = 60_000

interface Ways {
  /** After so many entries the stream is ended. */
  limit?: number
  afterWrite?(): void
}

/** What the broken servers over SSE share: a room as an event stream, from a cursor on. */
export async function followAsSse(
  reply: FastifyReply,
  feed: Feed,
  room: string,
  after: Cursor,
  { limit = Number.POSITIVE_INFINITY, afterWrite }: Ways = {},
): Promise<void> {
  const stream = reply.raw
  let left = limit
  const { following } = feed.follow(room, after, whoIs(reply.request.raw), {
    onJoined: (joined) =>
      stream.write(encode({ event: 'joined', id: joined.cursor, data: JSON.stringify(joined) })),
    onGap: (cursor) => stream.write(encode({ event: 'gap', id: cursor, data: cursor })),
    onEntries({ entries, epoch }) {
      for (const entry of entries.slice(0, left))
        stream.write(encode({ id: formatCursor(epoch, entry.seq), data: entryJson(entry) }))
      afterWrite?.()
      left -= entries.length
      if (left > 0) return
      following.leave()
      stream.end()
    },
    onFailed: () => stream.destroy(),
  })
  reply.hijack()
  stream.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  // Whoever is cut shall not wait for seconds in a lesson.
  stream.write(encode({ retry: 500 }))
  const timer = setTimeout(() => stream.end(), LONGEST)
  stream.once('close', () => {
    clearTimeout(timer)
    following.leave()
  })
}
