import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Scissors {
  url: string
  /** How many connections were cut: none yet, or one. */
  readonly cuts: number
}

/**
 * A proxy that passes on what the server says up to a place, so many bytes in or just after a text, then resets that
 * connection. Every later one is left alone. A cut at a chosen byte reaches the moments that a cut at a chosen time only
 * meets by luck.
 */
export async function startScissors(target: number, place: number | string): Promise<Scissors> {
  let left = typeof place === 'number' ? place : Number.POSITIVE_INFINITY
  let cuts = 0
  const sockets = new Set<Socket>()

  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one)
      one.setNoDelay()
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
    client.on('data', (chunk) => upstream.write(chunk))
    upstream.on('data', (chunk) => {
      const found = typeof place === 'string' ? chunk.indexOf(place) : -1
      if (found >= 0 && cuts === 0) left = found + Buffer.byteLength(String(place))
      if (cuts > 0 || chunk.length < left) {
        left -= chunk.length
        client.write(chunk)
        return
      }
      cuts++
      // What was passed on must arrive before the reset does, or the cut would fall earlier.
      client.write(chunk.subarray(0, left), () => setImmediate(() => client.resetAndDestroy()))
      upstream.destroy()
      upstream.removeAllListeners('data')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  })
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    get cuts() {
      return cuts
    },
  }
}
