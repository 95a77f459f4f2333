import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Draft, Entry } from '../../../server/contract/wire.ts'
import { listen, onlyMeter, readJson, type StartRival, sendJson } from './rival.ts'
import { createRoom, cursorOf, type Room } from './room.ts'

/**
 * Bare `node:http`, the way every tutorial does SSE: keep the responses, and write each event to each of
 * them. After https://developer.mozilla.org/docs/Web/API/Server-sent_events/Using_server-sent_events
 */
export const plain: StartRival = () => {
  const clients = new Set<ServerResponse>()
  return serve(clients, (entry) => {
    const data = JSON.stringify(entry)
    clients.forEach((client) => {
      client.write(`id: ${cursorOf(entry)}\ndata: ${data}\n\n`)
    })
  })
}

/**
 * The same as fast as `node:http` allows: one Buffer, with all that falls due in one turn of the event loop,
 * and one write of it to each reader.
 */
export const tuned: StartRival = () => {
  const clients = new Set<ServerResponse>()
  let gathered: Entry[] = []

  function fanOut() {
    const events = gathered.map((entry) => `id: ${cursorOf(entry)}\ndata: ${JSON.stringify(entry)}\n\n`)
    gathered = []
    const data = Buffer.from(events.join(''))
    for (const client of clients) client.write(data)
  }

  return serve(clients, (entry) => {
    if (gathered.length === 0) setImmediate(fanOut)
    gathered.push(entry)
  })
}

function serve(clients: Set<ServerResponse>, publish: (entry: Entry) => void) {
  const room = createRoom()
  return listen(
    createServer((request, response) => {
      if (!request.url?.startsWith('/sse/')) onlyMeter(request, response)
      else if (request.method === 'POST') void accept(room, request, response, publish)
      else {
        response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
        response.on('close', () => clients.delete(response))
        const joined = JSON.stringify({ room: room.name, cursor: room.cursor })
        response.write(`event: joined\nid: ${room.cursor}\ndata: ${joined}\n\n`)
        clients.add(response)
      }
    }),
  )
}

async function accept(
  room: Room,
  request: IncomingMessage,
  response: ServerResponse,
  publish: (entry: Entry) => void,
) {
  const { entry, receipt } = room.append(await readJson<Draft>(request))
  sendJson(response, 201, receipt)
  publish(entry)
}
