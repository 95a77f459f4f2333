import { createServer } from 'node:http'
import { Server, type ServerOptions } from 'socket.io'
import type { Draft, Receipt } from '../../../server/contract/wire.ts'
import { listen, onlyMeter, type StartRival } from './rival.ts'
import { createRoom } from './room.ts'

/**
 * Bare Socket.IO, after "Broadcasting events" and "Rooms" in its documentation: who joins is put in a room,
 * and an entry is emitted to it. https://socket.io/docs/v4/rooms/
 */
export const plain: StartRival = async () => (await serve({})).rival

/**
 * Socket.IO as its "Performance tuning" has it (https://socket.io/docs/v4/performance-tuning/): no client
 * files to serve, no compression, and the first HTTP request is let go of, which is all that a connection
 * need not keep. It encodes an entry once for all readers by itself. What the page offers beyond (another
 * WebSocket engine, another parser) is another library, or another wire.
 */
export const tuned: StartRival = async () => {
  const { io, rival } = await serve({ serveClient: false, perMessageDeflate: false, httpCompression: false })
  io.engine.on('connection', (rawSocket: { request: unknown }) => {
    rawSocket.request = null
  })
  return rival
}

async function serve(options: Partial<ServerOptions>) {
  const room = createRoom()
  const server = createServer(onlyMeter)
  const io = new Server(server, options)
  const chat = io.of('/chat')

  chat.on('connection', (socket) => {
    socket.on('join', (request: { room: string }, ack: (joined: object) => void) => {
      socket.join(request.room)
      ack({ room: request.room, cursor: room.cursor })
    })
    socket.on('publish', (request: { room: string; draft: Draft }, ack: (receipt: Receipt) => void) => {
      const { entry, receipt } = room.append(request.draft)
      ack(receipt)
      chat.to(request.room).emit('entry', entry)
    })
  })
  const rival = await listen(server)
  return { io, rival }
}
