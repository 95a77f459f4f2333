import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy that counts every byte it passes on, and can cut what passes through it. */
export interface CountingProxy {
  port: number
  url: string
  /** Connections accepted so far. */
  readonly connections: number
  readonly open: number
  /** Bytes from clients to the server, and back. */
  readonly up: number
  readonly down: number
  /** Resets every connection, both ways, in the middle of whatever it carries. */
  cut(): void
  /** Reads nothing more of what the server says, so that it piles up there; until `resume`. */
  pause(): void
  resume(): void
  close(): Promise<void>
}

export async function startProxy(target: number, listenOn = 0): Promise<CountingProxy> {
  const pairs = new Set<[Socket, Socket]>()
  const count = { connections: 0, up: 0, down: 0 }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    count.connections++
    const upstream = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true })
    const pair: [Socket, Socket] = [client, upstream]
    pairs.add(pair)
    client.setNoDelay()
    upstream.setNoDelay()
    client.on('data', (chunk) => {
      count.up += chunk.length
    })
    upstream.on('data', (chunk) => {
      count.down += chunk.length
    })
    client.pipe(upstream)
    upstream.pipe(client)
    for (const [one, other] of [pair, [upstream, client]] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => {
        other.destroy()
        pairs.delete(pair)
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(listenOn, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  function cut() {
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy()
      upstream.resetAndDestroy()
    }
  }

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    get connections() {
      return count.connections
    },
    get open() {
      return pairs.size
    },
    get up() {
      return count.up
    },
    get down() {
      return count.down
    },
    cut,
    pause() {
      for (const [client, upstream] of pairs) upstream.unpipe(client).pause()
    },
    resume() {
      for (const [client, upstream] of pairs) upstream.pipe(client)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        cut()
      }),
  }
}
