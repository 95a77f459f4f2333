import { Socket as TcpSocket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { io, type ManagerOptions } from 'socket.io-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../../e2e/support/until.ts'
import { createApp } from '../app.ts'
import { idleWireOf, wireOf } from './engine-wire.ts'

let app: FastifyInstance
let url: string

beforeEach(async () => {
  app = await createApp()
  url = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterEach(() => app.close())

/** A client that follows the lobby, what it hears, and the server's end of its connection. */
async function join(options: Partial<ManagerOptions>) {
  const client = io(`${url}/chat`, { ...options, forceNew: true, reconnection: false })
  const seqs: number[] = []
  client.on('entry', ({ seq }) => seqs.push(seq))
  await client.emitWithAck('join', { room: 'lobby' })
  const [socket] = [...app.io.of('/chat').sockets.values()]
  if (!socket) throw new Error('The server knows of no socket.')
  return { client, seqs, conn: socket.conn }
}

const publish = (text: string) =>
  fetch(`${url}/sse/lobby`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  })

// The seam leans on what two libraries do not show: this is what says that they have changed.
test.each([
  ['begins with a WebSocket', { transports: ['websocket'] }],
  ['upgrades to one', {}],
])('a client that %s is handed entries past Engine.IO', async (_, options) => {
  const { client, seqs, conn } = await join(options)
  // Before the upgrade, where there is one, this goes the ordinary way; what follows must not stay on it.
  await publish('zero')
  await until('it is on a WebSocket', () => client.io.engine.transport.name === 'websocket')
  await until('Engine.IO has nothing to send', () => seqs.length === 1 && idleWireOf(conn) !== undefined)
  expect(wireOf(conn)).toBeInstanceOf(TcpSocket)

  const packets: unknown[] = []
  conn.on('packetCreate', (packet) => packets.push(packet))
  for (const text of ['one', 'two', 'three']) await publish(text)
  await until('all entries came', () => seqs.length === 4)
  expect(seqs).toEqual([1, 2, 3, 4])
  expect(packets).toEqual([])
  client.close()
})

test('a client on polling has no wire, and is handed packets', async () => {
  const { client, seqs, conn } = await join({ transports: ['polling'] })
  await publish('one')
  await until('it came', () => seqs.length === 1)
  expect(wireOf(conn)).toBeUndefined()
  expect(idleWireOf(conn)).toBeUndefined()
  client.close()
})
