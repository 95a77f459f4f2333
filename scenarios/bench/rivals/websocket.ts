import { createServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import type { Draft } from '../../../server/contract/wire.ts'
import { listen, onlyMeter, type StartRival } from './rival.ts'
import { createRoom } from './room.ts'

/**
 * Bare `ws`, after its README's "Server broadcast": every connected client, except for the one who speaks, is
 * sent the same text. https://github.com/websockets/ws#server-broadcast
 */
export const plain: StartRival = () => {
  const room = createRoom()
  const server = createServer(onlyMeter)
  const wss = new WebSocketServer({ server })

  wss.on('connection', (ws) => {
    ws.on('error', console.error)
    ws.on('message', (message) => {
      const { entry, receipt } = room.append(draftIn(message as Buffer))
      ws.send(JSON.stringify({ receipt }))
      const data = JSON.stringify({ entry })
      wss.clients.forEach((client) => {
        if (client !== ws && client.readyState === WebSocket.OPEN) client.send(data)
      })
    })
    ws.send(JSON.stringify({ joined: room.name, cursor: room.cursor }))
  })
  return listen(server)
}

/**
 * `ws` as fast as its documented interface allows: each entry becomes one Buffer, so that the library need
 * not encode it again for every reader; what falls due in one turn of the event loop is sent together; and
 * Node's own `cork` makes one system call of a reader's frames. (One frame for all readers would need an
 * undocumented part of `ws`.)
 */
export const tuned: StartRival = () => {
  const room = createRoom()
  const server = createServer(onlyMeter)
  const wss = new WebSocketServer({ noServer: true, clientTracking: false })
  const readers = new Map<WebSocket, Socket>()
  let gathered: Buffer[] = []

  server.on('upgrade', (request: IncomingMessage, socket: Socket, head) => {
    socket.setNoDelay(true)
    wss.handleUpgrade(request, socket, head, (ws) => {
      ws.on('error', console.error)
      ws.on('close', () => readers.delete(ws))
      ws.on('message', (message) => publish(ws, draftIn(message as Buffer)))
      // A publisher names no room in its URL.
      if (request.url?.startsWith('/websocket/')) readers.set(ws, socket)
      ws.send(JSON.stringify({ joined: room.name, cursor: room.cursor }))
    })
  })

  function publish(ws: WebSocket, draft: Draft) {
    const { entry, receipt } = room.append(draft)
    ws.send(JSON.stringify({ receipt }))
    if (gathered.length === 0) setImmediate(fanOut)
    gathered.push(Buffer.from(JSON.stringify({ entry })))
  }

  function fanOut() {
    const entries = gathered
    gathered = []
    for (const [ws, socket] of readers) {
      if (ws.readyState !== WebSocket.OPEN) continue
      socket.cork()
      for (const entry of entries) ws.send(entry, asText)
      socket.uncork()
    }
  }

  return listen(server)
}

const asText = { binary: false, compress: false }

const draftIn = (message: Buffer) => (JSON.parse(message.toString()) as { publish: Draft }).publish
