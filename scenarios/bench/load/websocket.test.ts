import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { until } from '../../../e2e/support/until.ts'
import { createHeads } from './headers.ts'
import { openWebSocket } from './websocket.ts'

const servers: WebSocketServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const socket of server.clients) socket.terminate()
    server.close()
  }
})

/** A server of the library's, and our client on it. */
async function connect(options: { perMessageDeflate?: boolean; headers?: 'chrome' | 'minimal' } = {}) {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    perMessageDeflate: options.perMessageDeflate ?? false,
  })
  servers.push(server)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const heads = createHeads({
    origin: `http://127.0.0.1:${port}`,
    headers: options.headers ?? 'minimal',
    cookieBytes: 0,
    keepAlive: true,
  })
  const heard: string[] = []
  const closed: string[] = []
  let open = false
  const client = openWebSocket({ host: '127.0.0.1', port }, (key) => heads.upgrade('/', key), {
    onOpen() {
      open = true
    },
    onText: (bytes, start, end) => void heard.push(bytes.toString('utf8', start, end)),
    onClose: (reason) => void closed.push(reason),
  })
  let peer: WebSocket | undefined
  server.on('connection', (socket) => {
    peer = socket
  })
  await until('it is open or refused', () => (open && peer) || closed.length > 0)
  return { client, heard, closed, peer: peer as WebSocket }
}

test('carries texts of every length of header both ways (RFC 6455 §5.2)', async () => {
  const { client, heard, peer } = await connect()
  const received: string[] = []
  peer.on('message', (data) => received.push(String(data)))
  const texts = [
    '',
    'hi',
    'é'.repeat(60),
    'x'.repeat(125),
    'x'.repeat(126),
    'y'.repeat(65_535),
    'z'.repeat(65_536),
    'end',
  ]
  for (const text of texts) {
    client.send(text)
    peer.send(text)
  }
  await until('both have heard the last', () => heard.at(-1) === 'end' && received.at(-1) === 'end')
  expect(heard).toEqual(texts)
  expect(received).toEqual(texts)
})

test('joins the pieces of a message, and answers a ping in the midst of it (§5.4)', async () => {
  const { heard, peer } = await connect()
  const pongs: string[] = []
  peer.on('pong', (data) => pongs.push(String(data)))
  peer.send('one ', { fin: false })
  peer.ping('are you there?')
  peer.send('two ', { fin: false })
  peer.send('three', { fin: true })
  await until('all was heard', () => heard.length === 1 && pongs.length === 1)
  expect(heard).toEqual(['one two three'])
  expect(pongs).toEqual(['are you there?'])
})

test('says why it was closed, and closes in order itself', async () => {
  const one = await connect()
  one.peer.close(1013, 'too slow')
  await until('our side knows', () => one.closed.length > 0)
  expect(one.closed).toEqual(['closed with code 1013 too slow'])

  const other = await connect()
  const codes: number[] = []
  other.peer.on('close', (code) => codes.push(code))
  other.client.close()
  await until('the other side knows', () => codes.length > 0)
  expect(codes).toEqual([1000])
  expect(other.closed).toEqual([])
})

test('a server that compresses is refused with a sentence: its bytes would not be read', async () => {
  const { closed } = await connect({ perMessageDeflate: true, headers: 'chrome' })
  expect(closed).toEqual([expect.stringContaining('perMessageDeflate')])
})

test('a message that comes in many reads is whole', async () => {
  const { heard, peer } = await connect()
  const large = randomBytes(700_000).toString('hex')
  peer.send(large)
  await until('it was heard', () => heard.length > 0)
  expect(heard[0] === large).toBe(true)
})
