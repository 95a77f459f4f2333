// A server with known delays, to hold the load's figures against. Plain JavaScript, because it runs as a process of its
// own without being compiled. It speaks as much of the wire as the load needs of SSE and WebSocket, and writes down when
// it received each draft and when it wrote the entry: the truth.
//
//   node slow-server.mjs '{"delay":5}'                  each entry exactly 5 ms after its draft
//   node slow-server.mjs '{"stall":200,"every":1000}'   at once, but every second it does nothing for 200 ms
import { createServer } from 'node:http'
import { performance } from 'node:perf_hooks'
import { WebSocketServer } from 'ws'

const { delay = 0, stall = 0, every = 1000 } = JSON.parse(process.argv[2] ?? '{}')
const now = () => performance.timeOrigin + performance.now()
const truth = []
const readers = new Set()
let seq = 0

function accept(draft) {
  const receivedAt = now()
  const entry = { room: 'bench', seq: ++seq, kind: 'text', from: { name: 'x' }, ...draft, at: receivedAt }
  // A timer for most of the time, which may be late, and turns of nothing for the rest, which are not.
  const write = () => {
    while (now() < receivedAt + delay);
    truth.push({ id: draft.id, sentAt: draft.sentAt, receivedAt, writtenAt: now() })
    for (const reader of readers) reader(entry)
  }
  if (delay > 2) setTimeout(write, delay - 2)
  else write()
  return { id: entry.id, seq: entry.seq, at: receivedAt, stored: 'memory' }
}

const server = createServer((request, response) => {
  if (request.method === 'POST') {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const receipt = accept(JSON.parse(body))
      response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(receipt))
    })
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const event = (id, data, name) =>
    `${name ? `event: ${name}\n` : ''}id: ${id}\ndata: ${JSON.stringify(data)}\n\n`
  response.write(event(`slow.${seq}`, { room: 'bench', cursor: `slow.${seq}` }, 'joined'))
  const reader = (entry) => response.write(event(`slow.${entry.seq}`, entry))
  readers.add(reader)
  response.on('close', () => readers.delete(reader))
})

new WebSocketServer({ server }).on('connection', (socket, { url }) => {
  const reader = (entry) => socket.send(JSON.stringify({ entry }))
  if (url.startsWith('/websocket/')) {
    socket.send(JSON.stringify({ joined: 'bench', cursor: `slow.${seq}` }))
    readers.add(reader)
  }
  socket.on('close', () => readers.delete(reader))
  socket.on('message', (data) => socket.send(JSON.stringify({ receipt: accept(JSON.parse(data).publish) })))
})

if (stall > 0) setInterval(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stall), every)

process.on('message', () => process.send({ truth }))
process.on('disconnect', () => process.exit(0))
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
