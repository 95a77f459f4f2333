import { connect, type Socket } from 'node:net'

/** One HTTP exchange as its bytes crossed the wire. */
export interface Exchange {
  status: number
  /** All bytes of the request and of the response, and of their heads alone. */
  up: number
  down: number
  headUp: number
  headDown: number
  body: string
}

/** A keep-alive connection spoken by hand, that knows the length of every request and response it carried. */
export interface KeepAlive {
  socket: Socket
  request(
    method: string,
    path: string,
    options?: { body?: string; headers?: Record<string, string> },
  ): Promise<Exchange>
  end(): Promise<void>
}

export async function openKeepAlive(port: number): Promise<KeepAlive> {
  const socket = connect(port, '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  let received = Buffer.alloc(0)
  let arrived: () => void = () => {}
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
    arrived()
  })
  socket.on('close', () => arrived())
  socket.on('error', () => {})

  async function bytes(enough: () => boolean) {
    while (!enough()) {
      if (socket.destroyed && !enough()) throw new Error(`closed after ${received.length} bytes: ${received}`)
      await new Promise<void>((resolve) => {
        arrived = resolve
      })
    }
  }

  return {
    socket,
    async request(method, path, { body, headers = {} } = {}) {
      const lines = [`${method} ${path} HTTP/1.1`, 'Host: localhost']
      if (body !== undefined)
        lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`)
      for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
      const head = `${lines.join('\r\n')}\r\n\r\n`
      socket.write(head + (body ?? ''))

      await bytes(() => received.includes('\r\n\r\n'))
      const headDown = received.indexOf('\r\n\r\n') + 4
      const responseHead = received.subarray(0, headDown).toString('latin1')
      const length = method === 'HEAD' ? 0 : Number(/content-length: (\d+)/i.exec(responseHead)?.[1] ?? 0)
      await bytes(() => received.length >= headDown + length)
      const text = received.subarray(headDown, headDown + length).toString()
      received = received.subarray(headDown + length)
      return {
        status: Number(responseHead.slice(9, 12)),
        up: Buffer.byteLength(head) + Buffer.byteLength(body ?? ''),
        down: headDown + length,
        headUp: Buffer.byteLength(head),
        headDown,
        body: text,
      }
    },
    end: () =>
      new Promise((resolve) => {
        if (socket.destroyed) return resolve()
        socket.once('close', () => resolve())
        socket.end()
      }),
  }
}
