import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { type AppOptions, createApp } from '../../server/app.ts'
import type { Tallies } from '../../server/contract/meter.ts'

/** A real server on a free loopback port, in this process. */
export interface TestServer {
  app: FastifyInstance
  port: number
  url: string
  meter(): Promise<Tallies>
  meter(client: string): Promise<Tallies>
  close(): Promise<void>
}

export async function startServer(options: AppOptions & { port?: number } = {}): Promise<TestServer> {
  const app = await createApp(options)
  await app.listen({ port: options.port ?? 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`

  return {
    app,
    port,
    url,
    async meter(client?: string) {
      const response = await fetch(client === undefined ? `${url}/meter` : `${url}/meter?client=${client}`, {
        headers: { connection: 'close' },
      })
      const body = await response.json()
      return client === undefined ? body : body[client]
    },
    close: () => app.close(),
  }
}
