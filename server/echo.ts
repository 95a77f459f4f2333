import type { FastifyPluginAsync } from 'fastify'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { Door } from './door.ts'

/**
 * `/echo`: a plain WebSocket that returns every message as it came, text or binary, up to 16 MiB, without compression.
 * For lessons about frames, ping-pong, and conformance suites. A server of its own: its bounds are not the feed's.
 */
export const echo: FastifyPluginAsync<{ door: Door }> = async (app, { door }) => {
  const server = new WebSocketServer({
    server: door.under('/echo'),
    path: '/echo',
    maxPayload: 16 * 1024 * 1024,
  })

  server.on('connection', (socket: WebSocket, request) => {
    socket.on('error', () => {}) // ws answers with the right close code by itself
    socket.on('message', (data: RawData, binary: boolean) => {
      socket.send(data, { binary })
      // A client that sends without reading is not read either, until it has.
      if (request.socket.writableNeedDrain) {
        socket.pause()
        request.socket.once('drain', () => socket.resume())
      }
    })
  })

  app.addHook('preClose', async () => {
    for (const socket of server.clients) socket.close(1012, 'restarting')
  })
}
