import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import type { FastifyPluginAsync } from 'fastify'
import { addressIn } from '../address.ts'
import { originOf } from '../connection.ts'
import type { Feed, Who } from '../feed/feed.ts'
import { personIn } from '../people/identify.ts'

/** One way to carry the feed: a Fastify plugin, registered under its path. */
export type ServerTransport = FastifyPluginAsync<{
  feed: Feed
  /** Between two heartbeats of a connection that is held open, in ms; what both ends know, unless a test is in a hurry. */
  heartbeat?: number
}>

/**
 * Who a request is from, and with what a page is answered, where one is asked for. Throws what is wrong with the token that
 * was shown, where one was.
 */
export const whoIs = (request: IncomingMessage, answer?: ServerResponse): Who => ({
  connection: originOf(request),
  client: addressIn(request).client,
  person: personIn(request),
  answer,
})

/** A reader of a held-open connection may owe us this many bytes; beyond, it is cut and may resume. */
export const MAX_QUEUE = 1024 * 1024

/** Resolves when what was written has left for the kernel, or never will; at once (undefined) when nothing waits. */
export function drained(stream: Writable): Promise<void> | undefined {
  if (!stream.writableNeedDrain || stream.destroyed) return undefined
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done)
      resolve()
    }
    stream.on('drain', done).on('close', done)
  })
}
