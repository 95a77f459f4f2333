import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'

/** WebSockets of lessons, each at a path of its own; several servers of `ws` on one would refuse each other's. */
export interface Sockets {
  serve(
    path: string,
    onConnection: (socket: WebSocket, request: IncomingMessage) => void,
    /** The longest message it takes, in bytes: 64 kB without it. */
    maxPayload?: number,
  ): void
  close(): void
}

/** `stack` hears the upgrades under `/lessons` and no others (door.ts). */
export function createSockets(stack: Server): Sockets {
  const served = new Map<string, WebSocketServer>()

  stack.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const server = served.get(request.url?.split('?')[0] ?? '')
    if (server) {
      server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request))
    } else {
      const answer = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
      socket.end(answer, () => socket.destroy())
    }
  })

  return {
    serve(path, onConnection, maxPayload = 64 * 1024) {
      const server = new WebSocketServer({ noServer: true, maxPayload })
      server.on('connection', (socket: WebSocket, request) => {
        socket.on('error', () => {}) // ws answers with the right close code by itself
        onConnection(socket, request)
      })
      served.set(path, server)
    },
    close() {
      for (const server of served.values())
        for (const socket of server.clients) socket.close(1012, 'restarting')
    },
  }
}
