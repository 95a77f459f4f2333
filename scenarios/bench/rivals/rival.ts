import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { emptyTally } from '../../../server/contract/meter.ts'
import { publisherClient, readerClient } from '../load/protocol.ts'

/**
 * A server made of a library and as little else as can carry the feed, to hold the product against. It speaks
 * just so much of the wire as the load's clients need: read from now on, publish, be told where one stands.
 * What it leaves out is what the product has beyond the library: validation, deduplication, resuming where
 * one was cut, bounds on slow readers, heartbeats, origin checks, the meter.
 *
 * Each comes in two versions: *plain*, as the library's README shows it, and *tuned*, as fast as the
 * library's documented interface allows.
 */
export interface Rival {
  /** Of 127.0.0.1. */
  port: number
  close(): Promise<void>
}

export type StartRival = () => Promise<Rival>

/** Makes an HTTP server listen on any free port. */
export async function listen(server: Server): Promise<Rival> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/**
 * What `GET /meter` answers: these servers count nothing, except for polls where nothing else could be
 * counted.
 */
export const meterOf = (polls = 0) => ({
  [readerClient]: { 'short-polling': { ...emptyTally(), requests: polls } },
  [publisherClient]: {},
})

/** Where there is no other HTTP: the meter's answer, and 404. */
export const onlyMeter: RequestListener = (request, response) => {
  if (request.url?.startsWith('/meter')) return sendJson(response, 200, meterOf())
  response.writeHead(404).end()
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
}

export async function readJson<T>(request: IncomingMessage): Promise<T> {
  let body = ''
  for await (const part of request.setEncoding('utf8')) body += part
  return JSON.parse(body) as T
}
