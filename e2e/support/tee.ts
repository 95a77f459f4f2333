import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { CapturedConnection } from '../../server/contract/link.ts'

/** A TCP proxy that keeps every byte it passes on, as a link's capture does, and does nothing else. */
export interface Tee {
  port: number
  url: string
  readonly connections: readonly CapturedConnection[]
  close(): Promise<void>
}

export async function startTee(target: number): Promise<Tee> {
  const connections: CapturedConnection[] = []
  const sockets = new Set<Socket>()

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true })
    const connection: CapturedConnection = {
      id: connections.length + 1,
      openedAt: Date.now(),
      chunks: [],
      forgotten: { client: 0, server: 0 },
    }
    connections.push(connection)
    for (const [from, one, other] of [
      ['client', client, upstream],
      ['server', upstream, client],
    ] as const) {
      sockets.add(one)
      one.on('data', (bytes) => {
        connection.chunks.push(chunk(from, bytes))
        other.write(bytes)
      })
      one.on('end', () => {
        connection.closedBy ??= from
        other.end()
      })
      one.on('error', () => other.destroy())
      one.on('close', () => {
        connection.closedAt ??= Date.now()
        sockets.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

export const chunk = (from: 'client' | 'server', bytes: Uint8Array | string, at = Date.now()) => ({
  at,
  from,
  bytes: Buffer.from(bytes as Uint8Array).toString('base64'),
})

/** A connection as a link captures it, made of what was said; the times are 1, 2, 3 …. */
export function captured(
  said: readonly (readonly ['client' | 'server', Uint8Array | string])[],
  forgotten = { client: 0, server: 0 },
): CapturedConnection {
  return {
    id: 1,
    openedAt: 0,
    chunks: said.map(([from, bytes], index) => chunk(from, bytes, index + 1)),
    forgotten,
  }
}
