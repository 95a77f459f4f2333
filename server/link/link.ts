import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Capture, Conditions, CutHow } from '../contract/link.ts'
import { randomFrom } from '../contract/random.ts'
import { createRecorder, type Side } from './capture.ts'
import { type LinkConnection, openConnection } from './connection.ts'
import { createPipe, type Pipe } from './pipe.ts'

/**
 * A link: a TCP proxy in front of a server that bends the network between the two as its conditions say, and records
 * what crosses it. Exact: what one side says the other hears, byte for byte and in order, unless it was cut.
 */
export interface Link {
  readonly port: number
  readonly conditions: Conditions
  /** Connections that are open. */
  readonly open: number
  /** Ends connections, those of one client or all; tells how many. */
  cut(how: CutHow, client?: string): number
  /**
   * New connections are reset for so many ms, as soon as they are made: the kernel has already accepted them. Those of
   * one client are, when their first request says whose they are. 0 ends it.
   */
  refuse(ms: number, client?: string): void
  /** Nothing passes for so many ms, either way, not even an end; then all of it does. */
  stall(ms: number, client?: string): number
  /**
   * The next response that begins is swallowed and its connection reset: the server has done what was asked, the client
   * cannot know. Of one client or any, of one HTTP method or any. On an upgraded connection, which has no responses,
   * it is what the server says first after the client has next spoken, and there is no method.
   */
  dropResponse(client?: string, method?: string): void
  capture(client?: string): Capture
  /** Frees the port, and resets what is open: at once, or what is still open after so many ms. */
  close(grace?: number): Promise<void>
}

export interface LinkOptions {
  /** 0, or nothing, for any free one. */
  port?: number
  /** The address to listen on; 127.0.0.1 unless given. */
  host?: string
  to: { host: string; port: number }
  conditions: Conditions
  /** The same seed gives the same jitter, connection by connection. */
  seed?: number
  /** How much is kept of what crosses the link, in bytes: 1 MB unless given, 0 for nothing. */
  capture?: { bytes: number }
  /** Told of each connection to the server, before the first byte passes on it. */
  onConnected?(socket: Socket): void
}

/** What a link keeps of what crosses it, in bytes. */
const CAPTURED = 1_000_000
/** Connections at a time: each may hold a megabyte each way. More are closed as they come. */
const MAX_CONNECTIONS = 1_000

/** Rejects as `listen` would: EADDRINUSE when the port is taken. */
export async function startLink(options: LinkOptions): Promise<Link> {
  const { conditions, to, seed = 1, host = '127.0.0.1' } = options
  const recorder = createRecorder(options.capture?.bytes ?? CAPTURED)
  const connections = new Map<LinkConnection, Socket>()
  const pipes = createPipes(conditions.bandwidth)
  const stalls = createSpans()
  const refusals = createSpans()
  let drops: { client: string | undefined; method: string | undefined; since: number }[] = []
  let accepted = 0

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    if (refusals.until(undefined) > performance.now()) {
      socket.on('error', () => socket.destroy())
      socket.resetAndDestroy()
      return
    }
    const id = ++accepted
    const connection = openConnection(socket, {
      to,
      conditions,
      random: { client: randomFrom(seedOf(seed, id * 2)), server: randomFrom(seedOf(seed, id * 2 + 1)) },
      recording: recorder.open(id),
      pipeOf: pipes.of,
      stalledUntil: stalls.until,
      refuses: (client) => client !== undefined && refusals.until(client) > performance.now(),
      swallows,
      onConnected: options.onConnected ?? (() => {}),
      onClosed: () => connections.delete(connection),
    })
    connections.set(connection, socket)
  })
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port } = server.address() as AddressInfo

  function swallows(client: string | undefined, method: string, askedAt: number): boolean {
    const found = drops.find(
      (drop) =>
        (drop.client === undefined || drop.client === client) &&
        (method === '' ? askedAt >= drop.since : drop.method === undefined || drop.method === method),
    )
    drops = drops.filter((drop) => drop !== found)
    return found !== undefined
  }

  const of = (client: string | undefined) =>
    [...connections.keys()].filter((connection) => client === undefined || connection.client === client)

  return {
    port,
    conditions,
    get open() {
      return connections.size
    },
    cut(how, client) {
      const affected = of(client)
      for (const connection of affected) connection.cut(how)
      return affected.length
    },
    refuse: (ms, client) => void refusals.begin(ms, client),
    stall(ms, client) {
      const until = stalls.begin(ms, client)
      const affected = of(client)
      for (const connection of affected) connection.stallUntil(until)
      return affected.length
    },
    dropResponse(client, method) {
      // More than a few that nobody's response has met are forgotten, the oldest first.
      drops = [...drops.slice(-15), { client, method, since: performance.now() }]
    },
    capture: (client) => ({ port, connections: recorder.read(client) }),
    close: (grace = 0) =>
      new Promise((resolve) => {
        const reset = () => {
          for (const connection of connections.keys()) connection.cut('rst')
        }
        const timer = setTimeout(reset, grace)
        if (grace === 0) reset()
        server.close(() => {
          clearTimeout(timer)
          resolve()
        })
      }),
  }
}

/** One seed for each direction of each connection, so that what one draws does not depend on when others do. */
const seedOf = (seed: number, number: number) => Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b)

/** What lasts for a while, for one client or for all. */
function createSpans() {
  /** Ends, in ms of performance.now(), by client; under '' those for all, for a name has at least one character. */
  const ends = new Map<string, number>()
  return {
    begin(ms: number, client = ''): number {
      const time = performance.now()
      for (const [name, end] of ends) if (end < time) ends.delete(name)
      ends.set(client, time + ms)
      return time + ms
    },
    until: (client = '') => (ends.size === 0 ? 0 : Math.max(ends.get('') ?? 0, ends.get(client) ?? 0)),
  }
}

/** A pipe each way for each client, as each has an access line of its own; what names nobody shares one. */
function createPipes(bandwidth: number | undefined) {
  const pipes = new Map<string, Pipe>()
  return {
    of(client: string | undefined, from: Side): Pipe {
      const key = `${from} ${client ?? ''}`
      const pipe = pipes.get(key) ?? createPipe(bandwidth ?? Number.POSITIVE_INFINITY)
      // Names are endless; a pipe that is forgotten is only free sooner than it was.
      if (pipes.size >= 1_000) pipes.clear()
      pipes.set(key, pipe)
      return pipe
    },
  }
}
