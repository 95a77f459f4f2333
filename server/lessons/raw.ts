import { type AddressInfo, connect, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyPluginAsync } from 'fastify'
import type { WebSocket } from 'ws'
import { now } from '../clock.ts'
import { RawCommand, type RawEvent } from '../contract/raw.ts'
import { compile } from '../contract/validate.ts'
import { upstream } from '../links.ts'
import type { Sockets } from './sockets.ts'

/** What one relay may take. A lesson sends a few hundred bytes and is done in seconds. */
export const rawLimits = { open: 64, ms: 60_000, bytes: 1024 * 1024 }

/**
 * `/lessons/raw`: a page has no TCP sockets, so this opens one for it, to this very server (`?port=` to one of its own
 * links, whose conditions then apply), and carries bytes both ways as they are, with the instant of each. It connects
 * nowhere else, and the door asks who may come in as of every upgrade.
 */
export const raw: FastifyPluginAsync<{ sockets: Sockets }> = async (app, { sockets }) => {
  let open = 0

  /** Where a relay may go: the server's own port, or a link that listens now. */
  async function portFor(asked: string | null): Promise<number | undefined> {
    const own = upstream(app.server.address() as AddressInfo).port
    if (asked === null || asked === String(own)) return own
    const { links }: { links: { port: number }[] } = (await app.inject('/links')).json()
    return links.find(({ port }) => String(port) === asked)?.port
  }

  sockets.serve(
    '/lessons/raw',
    async (page, request) => {
      if (open >= rawLimits.open)
        return page.close(1013, 'too many raw connections are open; try again later')
      open++
      page.once('close', () => open--)
      const heard: Buffer[] = []
      const early = (data: Buffer) => void heard.push(data)
      page.on('message', early)
      const port = await portFor(new URL(request.url ?? '', 'http://here').searchParams.get('port'))
      page.off('message', early)
      if (port === undefined) return page.close(1008, 'this port is neither the server nor one of its links')
      const { host } = upstream(app.server.address() as AddressInfo)
      const wire = connect({ host, port, allowHalfOpen: true })
      wire.setNoDelay(true)
      relay(page, wire, port, heard)
    },
    256 * 1024,
  )
}

/** Carries bytes between a page and a wire, within the limits; `heard` is what the page said before there was one. */
export function relay(page: WebSocket, wire: Duplex, port: number, heard: readonly Buffer[] = []) {
  let bytes = 0
  const tell = (event: RawEvent) => {
    if (page.readyState === page.OPEN) page.send(JSON.stringify(event))
  }
  tell({ at: now(), event: 'connecting', port })
  const end = (code: number, reason: string) => {
    wire.destroy()
    page.close(code, reason)
  }
  const timer = setTimeout(
    () => end(1008, `a raw connection may last ${rawLimits.ms / 1000} s`),
    rawLimits.ms,
  )

  /** Whether so many more bytes may cross. */
  function take(count: number): boolean {
    bytes += count
    if (bytes <= rawLimits.bytes) return true
    end(1009, `a raw connection may carry ${rawLimits.bytes} bytes`)
    return false
  }

  function obey(data: Buffer, isBinary = false) {
    const command = isBinary ? undefined : readCommand(data)
    if (!command) return end(1008, 'send {"bytes":"<base64>"} or {"end":true}')
    if (command.bytes !== undefined) {
      const sent = Buffer.from(command.bytes, 'base64')
      if (!take(sent.length)) return
      tell({ at: now(), event: 'bytes', from: 'client', bytes: sent.toString('base64') })
      wire.write(sent)
    }
    if (command.end) wire.end()
  }

  const connected = () => tell({ at: now(), event: 'connected' })
  if (wire instanceof Socket) wire.on('connect', connected)
  else connected()
  wire.on('data', (chunk) => {
    if (take(chunk.length))
      tell({ at: now(), event: 'bytes', from: 'server', bytes: chunk.toString('base64') })
  })
  wire.on('end', () => {
    tell({ at: now(), event: 'end' })
    wire.end()
  })
  wire.on('error', ({ message }) => tell({ at: now(), event: 'failed', message }))
  wire.on('close', () => {
    clearTimeout(timer)
    tell({ at: now(), event: 'closed' })
    page.close(1000)
  })
  page.on('message', obey)
  page.on('close', () => wire.destroy())
  for (const data of heard) obey(data)
}

const check = compile(RawCommand)

function readCommand(data: Buffer): RawCommand | undefined {
  try {
    const value: unknown = JSON.parse(data.toString())
    return check(value) ? undefined : (value as RawCommand)
  } catch {
    return undefined
  }
}
