import type { AddressInfo, Socket } from 'node:net'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import { WireError } from './contract/errors.ts'
import {
  Capture,
  type Conditions,
  Cut,
  DropResponse,
  LinkDraft,
  LinkList,
  LinkState,
  Stall,
} from './contract/link.ts'
import { ClientName, ErrorReply } from './contract/wire.ts'
import { takeJson } from './http.ts'
import { type Link, startLink } from './link/link.ts'

export interface LinksOptions {
  /** Where links may listen. A port is listened on only when a link is asked for. */
  ports: readonly number[]
  /** The address they listen on: the server's own. */
  host: string
  /** The ports from which links are connected to the server just now, to tell their connections from others. */
  carried: Map<number, Socket>
  /** How long a link is kept that nobody uses, in ms: 10 minutes unless given. */
  unused?: number
}

/** How long what a link still carries may take to arrive when the server ends, in ms. */
const GRACE = 500

/** For how long a link's connection is known as one after its end, in ms. */
const REMEMBERED = 10_000

/** How long a link is kept that nobody uses, in ms. */
const UNUSED = 600_000

/** One that was asked for, and what makes it another one than the next. */
interface Kept {
  link: Link
  conditions: Conditions
  seed: number
  /** When somebody last asked for it, or was connected to it, in ms of performance.now(). */
  usedAt: number
}

/** Links in front of this server, made and worked by HTTP. The same conditions and seed are the same link. */
export const links: FastifyPluginAsync<LinksOptions> = async (plugin, options) => {
  const { ports, host, carried, unused = UNUSED } = options
  const app = plugin.withTypeProvider<TypeBoxTypeProvider>()
  const kept = new Map<string, Kept>()
  const taken = new Set<number>()

  // One at a time: two that ask for the same get the same, and no port is tried twice at once.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = turn.then(task)
    turn = result.catch(() => undefined)
    return result
  }

  /** It is known for a while longer than it is open: what it said last may not have been read yet. */
  function carry(socket: Socket) {
    const { localPort } = socket
    if (localPort === undefined) return
    carried.set(localPort, socket)
    const forget = () => carried.get(localPort) === socket && carried.delete(localPort)
    socket.once('close', () => setTimeout(forget, REMEMBERED).unref())
  }

  /** A link on the first port that can be listened on. */
  async function start(conditions: Conditions, seed: number): Promise<Link> {
    const to = upstream(app.server.address() as AddressInfo)
    const inUse = new Set([...kept.values()].map(({ link }) => link.port))
    for (const port of ports) {
      if (inUse.has(port)) continue
      try {
        const link = await startLink({ port, host, to, conditions, seed, onConnected: carry })
        taken.delete(port)
        return link
      } catch {
        // Another program has it, or it is not for us to have; there are more.
        taken.add(port)
      }
    }
    const sentence =
      ports.length === 0
        ? 'This server was started without ports for links; start it with --links 3001-3016.'
        : 'Every port for links is in use. GET /links lists them; DELETE /links/PORT frees one.'
    throw new WireError('no-port', sentence)
  }

  function on(port: string): Link {
    const found = [...kept.values()].find(({ link }) => String(link.port) === port)
    if (!found) throw new WireError('not-found', `There is no link on port ${port}. GET /links lists them.`)
    found.usedAt = performance.now()
    return found.link
  }

  /** Ends what nobody has used for so long; who is connected uses it. */
  const sweep = () =>
    inTurn(async () => {
      const time = performance.now()
      for (const [key, each] of kept) {
        if (each.link.open > 0) each.usedAt = time
        if (time - each.usedAt < unused) continue
        kept.delete(key)
        await each.link.close()
      }
    })
  const sweeping = setInterval(() => void sweep(), Math.min(10_000, unused / 10)).unref()

  takeJson(plugin, 'bad-request')

  app.get('/links', { schema: listSchema }, async () => ({
    ports: ports.filter((port) => !taken.has(port)),
    taken: [...taken],
    links: [...kept.values()].map(({ link, conditions, seed }) => ({
      port: link.port,
      conditions,
      seed,
      open: link.open,
    })),
  }))

  app.post('/links', { schema: makeSchema }, async (request, reply) => {
    const { conditions, seed = 1 } = request.body
    const key = keyOf(conditions, seed)
    const { found, isNew } = await inTurn(async () => {
      const same = kept.get(key)
      if (same) {
        same.usedAt = performance.now()
        return { found: same, isNew: false }
      }
      const made = { link: await start(conditions, seed), conditions, seed, usedAt: performance.now() }
      kept.set(key, made)
      return { found: made, isNew: true }
    })
    reply.code(isNew ? 201 : 200)
    return { port: found.link.port, conditions: found.conditions, seed, open: found.link.open }
  })

  app.delete('/links/:port', { schema: deleteSchema }, async (request, reply) => {
    const link = on(request.params.port)
    for (const [key, each] of kept) if (each.link === link) kept.delete(key)
    await inTurn(() => link.close())
    return reply.code(204).send(null)
  })

  app.post('/links/:port/cut', { schema: cutSchema }, async (request) => {
    const link = on(request.params.port)
    const { how, client, after } = request.body
    if (after !== undefined) link.refuse(after, client)
    return { connections: link.cut(how, client) }
  })

  app.post('/links/:port/stall', { schema: stallSchema }, async (request) => {
    const { ms, client } = request.body
    return { connections: on(request.params.port).stall(ms, client) }
  })

  app.post('/links/:port/drop-response', { schema: dropSchema }, async (request, reply) => {
    const { client, method } = request.body
    on(request.params.port).dropResponse(client, method)
    return reply.code(204).send(null)
  })

  app.get('/links/:port/capture', { schema: captureSchema }, async (request) =>
    on(request.params.port).capture(request.query.client),
  )

  // The server has told its connections why, and closed them; what it said may still be on its way through a link.
  app.addHook('onClose', async () => {
    clearInterval(sweeping)
    await inTurn(() => Promise.all([...kept.values()].map(({ link }) => link.close(GRACE))))
  })
}

/** Where the server is found from here: 0.0.0.0 and :: are where to listen, not where to go. */
export function upstream({ address, port }: AddressInfo): { host: string; port: number } {
  if (address === '0.0.0.0') return { host: '127.0.0.1', port }
  return { host: address === '::' ? '::1' : address, port }
}

/** What is left out is not there, and the order in which fields were written says nothing. */
function keyOf({ rtt = 0, jitter = 0, bandwidth, buffer, refuseUpgrade, idleCut }: Conditions, seed: number) {
  const { bytes, ms } = buffer ?? {}
  return JSON.stringify([rtt, jitter, bandwidth, bytes, ms, refuseUpgrade === true, idleCut, seed])
}

const params = Type.Object({
  port: Type.String({ pattern: '^\\d{1,5}$', description: 'a port number', 'x-error': 'not-found' }),
})
const errors = { 400: ErrorReply, 404: ErrorReply }
const done = Type.Null({ description: 'Done.' })
const Affected = Type.Object(
  { connections: Type.Integer({ minimum: 0, description: 'How many connections it met.' }) },
  { description: 'Done.', examples: [{ connections: 1 }] },
)

const listSchema = {
  summary: 'The links, and the ports they may have',
  tags: ['links'],
  response: { 200: LinkList },
}

const makeSchema = {
  summary: 'A link with these conditions',
  description:
    'A TCP proxy in front of this server, on a port of its own: connect there instead of here. The same conditions and seed give the same link. It ends when nobody has been connected to it, or asked for it, for ten minutes. Packet loss and slow start are not modelled.',
  tags: ['links'],
  body: LinkDraft,
  response: { 200: LinkState, 201: LinkState, 400: ErrorReply, 409: ErrorReply },
}

const deleteSchema = {
  summary: 'Ends a link',
  description: 'Its connections are reset and its port is free.',
  tags: ['links'],
  params,
  response: { 204: done, 404: ErrorReply },
}

const cutSchema = {
  summary: 'Cuts connections',
  description:
    '`fin` and `rst` tell both sides, `half-open` neither: all that is said is swallowed. For `after` ms new connections are refused.',
  tags: ['links'],
  params,
  body: Cut,
  response: { 200: Affected, ...errors },
}

const stallSchema = {
  summary: 'Lets nothing pass for a while',
  description: 'What is said meanwhile, an end included, arrives after `ms`.',
  tags: ['links'],
  params,
  body: Stall,
  response: { 200: Affected, ...errors },
}

const dropSchema = {
  summary: 'Swallows the next response',
  description:
    'The server has done what was asked, and the connection is reset before its answer arrives. On an upgraded connection: what the server says first after the client has next spoken.',
  tags: ['links'],
  params,
  body: DropResponse,
  response: { 204: done, ...errors },
}

const captureSchema = {
  summary: 'The bytes that crossed a link',
  description: 'The latest megabyte of them, as base64, by connection; with ?client= those of one client.',
  tags: ['links'],
  params,
  querystring: Type.Object({ client: Type.Optional(ClientName) }),
  response: { 200: Capture, ...errors },
}
