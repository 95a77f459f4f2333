import { connect, type Socket } from 'node:net'
import { now } from '../clock.ts'
import type { Conditions, CutHow } from '../contract/link.ts'
import { createBuffering } from './buffering.ts'
import type { Recording, Side } from './capture.ts'
import { createHttpMessages, type Head } from './http-messages.ts'
import { createLine, type Way } from './line.ts'
import { type Pipe, widePipe } from './pipe.ts'

/** One connection through a link: a socket to the client, one to the server, and a line each way between them. */
export interface LinkConnection {
  /** Whose request came last on it, as its query says. */
  readonly client: string | undefined
  cut(how: CutHow): void
  /** Nothing leaves the link, either way, before this moment (ms of performance.now()). */
  stallUntil(moment: number): void
}

export interface ConnectionOptions {
  to: { host: string; port: number }
  conditions: Conditions
  /** Numbers from 0 to 1, a stream of them for each direction. */
  random: Record<Side, () => number>
  recording: Recording
  /** What a client's bytes go through, by who says them. */
  pipeOf(client: string | undefined, from: Side): Pipe
  /** Until when a client is stalled. */
  stalledUntil(client: string | undefined): number
  /** Whether requests of this client are refused now, with a reset. */
  refuses(client: string | undefined): boolean
  /** Whether the answer that begins now, to a request of this method that was made at `askedAt`, is to be swallowed. */
  swallows(client: string | undefined, method: string, askedAt: number): boolean
  /** The connection to the server is there; nothing has been said on it. */
  onConnected(server: Socket): void
  onClosed(): void
}

/** How much may be on its way in each direction, in bytes: what is more waits at its source. */
const MAX_HELD = 1024 * 1024
/** After both ends were told FIN, how long they have to say it too, in ms. */
const LINGER = 2_000
/** How long a kernel goes on sending into nothing: Linux gives up after 924.6 s (tcp_retries2). */
const UNHEARD = 924_600

const refusal = Buffer.from(
  'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
  'latin1',
)

export function openConnection(client: Socket, options: ConnectionOptions): LinkConnection {
  const { conditions, recording } = options
  const { rtt = 0, jitter = 0, idleCut } = conditions
  const openedAt = performance.now()
  const server = connect({ ...options.to, allowHalfOpen: true })
  // What is written before waits for the connection, too, but later in this line.
  server.once('connect', () => options.onConnected(server))
  const sockets = [client, server]
  for (const socket of sockets) socket.setNoDelay()

  let name: string | undefined
  let method = ''
  let askedAt = Number.POSITIVE_INFINITY
  let endedBy: Side | 'link' | undefined
  let swallowing = false
  let lastByteAt = openedAt

  const way = (from: Side): Way => ({
    delay: () => rtt / 2 + (jitter > 0 ? jitter * options.random[from]() : 0),
    pipe: () => (conditions.bandwidth === undefined ? widePipe : options.pipeOf(name, from)),
    capacity: capacityOf(conditions),
  })
  const up = createLine(client, server, way('client'))
  const down = createLine(server, client, way('server'))

  // Before TCP carries a byte its handshake takes a round trip (RFC 9293 §3.5). The kernel has finished it before we
  // hear of the connection, so what is said first waits here instead, both halves of it: modelled, not measured.
  for (const line of [up, down]) line.closeUntil(openedAt + rtt)
  stallUntil(options.stalledUntil(undefined))

  const buffering = conditions.buffer && createBuffering(conditions.buffer, (bytes) => down.push(bytes))

  // What the client says
  let refused = false
  /** A head that has only begun: it cannot be told yet whose it is, nor whether it asks for an upgrade. */
  let begun: { at: number; bytes: Buffer }[] = []
  const requests = createHttpMessages('request', (head) => {
    read(head)
    if (conditions.refuseUpgrade && head.field('upgrade') !== undefined) refused = true
    return 'as-said'
  })

  function read(head: Head) {
    const [verb = '', target = ''] = head.line.split(' ')
    method = verb
    askedAt = performance.now()
    const named = new URLSearchParams(target.split('?')[1]).get('client')
    name = named !== null && /^[A-Za-z0-9_-]{1,64}$/.test(named) ? named : undefined
    stallUntil(options.stalledUntil(name))
  }

  client.on('data', (bytes) => {
    if (swallowing) return
    lastByteAt = performance.now()
    begun.push({ at: now(), bytes })
    if (requests.place === 'tunnel') askedAt = lastByteAt
    requests.read(bytes)
    if (requests.place !== 'tunnel' && options.refuses(name)) return cut('rst')
    if (!conditions.refuseUpgrade) up.push(bytes)
    if (requests.place !== 'head') letGo()
  })

  /** A head is whole, or there is none: what was kept back of it goes its way. */
  function letGo() {
    for (const { bytes } of record()) if (conditions.refuseUpgrade && !refused) up.push(bytes)
    if (refused) refuse()
  }

  function record() {
    const whole = begun
    begun = []
    for (const { at, bytes } of whole) recording.say('client', bytes, name, at)
    return whole
  }

  /** A firewall's answer, which it gives when the request has come half the way. The server never hears of it. */
  function refuse() {
    endedBy ??= 'link'
    recording.say('server', refusal, name, now())
    swallowing = true
    up.stop()
    server.destroy()
    down.closeUntil(performance.now() + rtt / 2)
    down.push(refusal)
    down.end()
    client.once('finish', () => lingers())
  }

  // What the server says
  const responses = createHttpMessages('response', ({ line }) => {
    const status = Number(line.split(' ')[1])
    if (status === 101) {
      requests.tunnel()
      return 'tunnel'
    }
    return method === 'HEAD' || status < 200 || status === 204 || status === 304 ? 'nothing' : 'as-said'
  })

  server.on('data', (bytes) => {
    if (swallowing) return
    lastByteAt = performance.now()
    recording.say('server', bytes, name, now())
    const begins = responses.place === 'between' || responses.place === 'tunnel'
    if (begins && askedAt < Number.POSITIVE_INFINITY) {
      const asked = askedAt
      askedAt = Number.POSITIVE_INFINITY
      if (options.swallows(name, responses.place === 'tunnel' ? '' : method, asked)) return cut('rst')
    }
    responses.read(bytes)
    if (!buffering) return down.push(bytes)
    buffering.push(bytes)
    // A proxy knows when a response is whole, and a tunnel is not a response.
    if (responses.place === 'between' || responses.place === 'tunnel') buffering.flush()
  })

  // How it ends
  client.on('end', () => {
    endedBy ??= 'client'
    // After a refusal the answer may still be on its way.
    if (swallowing) return refused ? undefined : void client.destroy()
    letGo()
    up.end()
  })
  server.on('end', () => {
    endedBy ??= 'server'
    if (swallowing) return void server.destroy()
    buffering?.flush()
    down.end()
  })
  // Whatever broke one side, the other can only be told by a reset; so too when there is no server to reach.
  client.on('error', () => {
    endedBy ??= 'client'
    if (swallowing) return
    letGo()
    up.reset()
  })
  server.on('error', () => {
    endedBy ??= 'server'
    if (swallowing) return
    buffering?.flush()
    down.reset()
  })
  for (const socket of sockets) {
    socket.on('close', () => {
      if (!client.destroyed || !server.destroyed) return
      clearTimeout(idleTimer)
      clearTimeout(lingerTimer)
      swallow()
      recording.close(endedBy ?? 'link')
      options.onClosed()
    })
  }

  let idleTimer: NodeJS.Timeout | undefined
  let lingerTimer: NodeJS.Timeout | undefined
  if (idleCut !== undefined) watchIdle(idleCut * 1_000)

  /** One timer a connection: set anew when it fires, not with each byte. */
  function watchIdle(limit: number) {
    const left = lastByteAt + limit - performance.now()
    if (swallowing) return
    if (left <= 0) return cut('fin')
    idleTimer = setTimeout(() => watchIdle(limit), Math.ceil(left))
  }

  /** Passes nothing on any more. Both sides are read on, so that nobody is made to wait by backpressure. */
  function swallow() {
    swallowing = true
    buffering?.stop()
    record()
    up.stop()
    down.stop()
  }

  function lingers(ms = LINGER) {
    clearTimeout(lingerTimer)
    lingerTimer = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, ms)
  }

  function cut(how: CutHow) {
    endedBy ??= 'link'
    swallow()
    recording.close(endedBy)
    if (how === 'half-open') return lingers(UNHEARD)
    for (const socket of sockets) {
      if (how === 'rst') socket.resetAndDestroy()
      else socket.end()
    }
    if (how === 'fin') lingers()
  }

  function stallUntil(moment: number) {
    if (moment <= performance.now()) return
    up.holdUntil(moment)
    down.holdUntil(moment)
  }

  return {
    get client() {
      return name
    },
    cut,
    stallUntil,
  }
}

/** A slow way holds less than a fast one, as a window would: what is on its way, and 200 ms of it in queues. */
function capacityOf({ bandwidth, rtt = 0, jitter = 0 }: Conditions): number {
  if (bandwidth === undefined) return MAX_HELD
  return Math.min(MAX_HELD, Math.max(16_384, (bandwidth * (rtt / 2 + jitter + 200)) / 1_000))
}
