import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { io } from 'socket.io-client'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startServer } from './support/server.ts'
import { until } from './support/until.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** Waits until of so many, or more, nothing is kept. */
async function allGone(them: readonly WeakRef<object>[], atLeast: number) {
  await expect
    .poll(
      () => {
        collectGarbage()
        return them.filter((each) => each.deref() !== undefined).length
      },
      { timeout: 30_000 },
    )
    .toBe(0)
  expect(them.length).toBeGreaterThanOrEqual(atLeast)
}

test('an open WebSocket keeps nothing of its handshake', async () => {
  const server = await startServer()
  const handshakes: WeakRef<object>[] = []
  server.app.server.on('upgrade', (request) => handshakes.push(new WeakRef(request)))
  const readers = [1, 2, 3].map((n) => new WebSocket(`${server.url}/websocket/lobby?client=c${n}&presence=0`))
  try {
    await Promise.all(readers.map((reader) => once(reader, 'message')))
    await allGone(handshakes, 3)
    // They are open, and what they say is still theirs.
    const [reader] = readers
    reader?.send(JSON.stringify({ publish: { text: 'still here', id: 'a-1' } }))
    await expect.poll(async () => (await server.meter('c1')).websocket.entriesIn).toBe(1)
    await expect.poll(async () => (await server.meter('c3')).websocket.entriesOut).toBe(1)
  } finally {
    for (const reader of readers) reader.close()
    await server.close()
  }
})

test('an open Socket.IO connection keeps nothing of its requests, nor of the connections on which they came', async () => {
  const server = await startServer()
  const requests: WeakRef<IncomingMessage>[] = []
  const closed: WeakRef<Socket>[] = []
  server.app.server.on('request', (request) => requests.push(new WeakRef(request)))
  server.app.server.on('upgrade', (request) => requests.push(new WeakRef(request)))
  server.app.server.on('connection', (socket) => socket.on('close', () => closed.push(new WeakRef(socket))))
  const readers = [1, 2, 3].map((n) =>
    io(`${server.url}/chat`, { query: { client: `c${n}` }, forceNew: true }),
  )
  try {
    for (const reader of readers) {
      await reader.timeout(30_000).emitWithAck('join', { room: 'lobby' })
      await until('it is a WebSocket', () => reader.io.engine.transport.name === 'websocket')
    }
    // Each has asked for a session, and for the upgrade at least.
    await allGone(requests, 6)
    await until('the connections of polling are closed', () => closed.length >= 3)
    await allGone(closed, 3)

    // Who leaves the namespace and comes back is who they were.
    const [reader] = readers
    const other = reader?.io.socket('/lab')
    reader?.disconnect().connect()
    await reader?.timeout(30_000).emitWithAck('publish', { room: 'lobby', draft: { text: 'still here' } })
    other?.disconnect()
    await expect.poll(async () => (await server.meter('c1'))['socket-io'].entriesIn).toBe(1)
    await expect.poll(async () => (await server.meter('c3'))['socket-io'].entriesOut).toBe(1)
  } finally {
    for (const reader of readers) reader.disconnect()
    await server.close()
  }
})
