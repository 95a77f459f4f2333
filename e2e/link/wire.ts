import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { type Link, type LinkOptions, startLink } from '../../server/link/link.ts'
import { until } from '../support/until.ts'

/** One end of a TCP connection, and what became of it. */
export interface End {
  socket: Socket
  readonly received: Buffer
  /** How it was told of the end: nothing yet, FIN, RST. */
  readonly told: 'nothing' | 'fin' | 'rst'
}

export function endOf(socket: Socket): End {
  const chunks: Buffer[] = []
  let told: End['told'] = 'nothing'
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('end', () => {
    told = 'fin'
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET') told = 'rst'
  })
  return {
    socket,
    get received() {
      return Buffer.concat(chunks)
    },
    get told() {
      return told
    },
  }
}

/** A link in front of a server that says nothing by itself. It ends with the test, and every connection with it. */
export async function startWire(options: Omit<Partial<LinkOptions>, 'to'> = {}) {
  const ends: End[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    ends.push(endOf(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const link = await startLink({ conditions: {}, ...options, to: { host: '127.0.0.1', port } })
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await link.close()
    await new Promise((resolve) => server.close(resolve))
  })

  return {
    link,
    /** A connection through the link: both its ends. */
    async dial(): Promise<{ client: End; server: End }> {
      const socket = connect({ port: link.port, host: '127.0.0.1', allowHalfOpen: true })
      sockets.add(socket)
      const before = ends.length
      const client = endOf(socket)
      await until('the server has accepted', () => ends.length > before)
      return { client, server: ends[before] as End }
    },
  }
}

/** A link in front of a server of ours, ended with the test. */
export async function linkTo(
  port: number,
  options: Omit<Partial<LinkOptions>, 'to'> = {},
): Promise<Link & { url: string }> {
  const link = await startLink({ conditions: {}, ...options, to: { host: '127.0.0.1', port } })
  onTestFinished(() => link.close())
  return Object.defineProperty(link, 'url', { value: `http://127.0.0.1:${link.port}` }) as Link & {
    url: string
  }
}
