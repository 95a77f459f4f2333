import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startServer } from './support/server.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

test('an open WebSocket keeps nothing of its handshake', async () => {
  const server = await startServer()
  const handshakes: WeakRef<object>[] = []
  server.app.server.on('upgrade', (request) => handshakes.push(new WeakRef(request)))
  const readers = [1, 2, 3].map((n) => new WebSocket(`${server.url}/websocket/lobby?client=c${n}&presence=0`))
  try {
    await Promise.all(readers.map((reader) => once(reader, 'message')))
    await expect
      .poll(
        () => {
          collectGarbage()
          return handshakes.map((handshake) => handshake.deref() === undefined)
        },
        { timeout: 30_000 },
      )
      .toEqual([true, true, true])
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
