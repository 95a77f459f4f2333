import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/**
 * A buffering proxy of good will, for machines without nginx: it gathers each answer until it is whole or fills a memory
 * page, as nginx does, unless the answer says `X-Accel-Buffering: no`. `deaf` to it, it gathers them all.
 */
export async function startKindProxy(upstream: number, deaf = false): Promise<{ url: string; port: number }> {
  const server = createServer((asked, answer) => {
    // What is said to the next hop ends there, so upgrades do not pass (RFC 9110 §7.6.1).
    const { connection: _connection, upgrade: _upgrade, ...headers } = asked.headers
    const { method, url } = asked
    const onward = request({ port: upstream, host: '127.0.0.1', method, path: url, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers)
      const asIs = answered.headers['x-accel-buffering'] === 'no' && !deaf
      if (asIs) answer.flushHeaders()
      let gathered = Buffer.alloc(0)
      answered.on('data', (bytes: Buffer) => {
        gathered = Buffer.concat([gathered, bytes])
        if (!asIs && gathered.length < 4_096) return
        answer.write(gathered)
        gathered = Buffer.alloc(0)
      })
      answered.on('end', () => answer.end(gathered))
      answered.on('error', () => answer.destroy())
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    asked.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port }
}
