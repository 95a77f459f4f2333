import { EventEmitter } from 'node:events'
import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http'
import { hostname, networkInterfaces } from 'node:os'
import type { Duplex } from 'node:stream'
import type { FastifyServerFactory } from 'fastify'
import { addressIn } from './address.ts'
import { connectionIn, tellDisconnections } from './connection.ts'
import { WireError } from './contract/errors.ts'
import { answerError } from './http.ts'
import type { Limits } from './limits.ts'
import type { Identify } from './people/identify.ts'

/**
 * The door: one TCP port in front of three protocol stacks. It decides who may come in (Host and Origin, for every
 * request and upgrade alike) and which stack a request is for. A stack that brings its own server code
 * (@fastify/websocket, ws, Socket.IO) is handed a server of its own that hears only what lies under its path;
 * attached to one shared server they would answer each other's upgrades.
 */
export interface Door {
  serverFactory: FastifyServerFactory
  /** A server-like emitter of the `request` and `upgrade` events under a path of one segment, like `/socket.io`. */
  under(path: string): Server
}

export interface DoorOptions {
  /** Names, besides loopback and this machine's own, under which the server may be addressed. */
  allowHosts?: readonly string[]
  /** What responses are made with: the meter has its own. */
  ServerResponse?: typeof ServerResponse
  /** Counts connections, and says which are too many. */
  gate?: Pick<Limits, 'enter' | 'leave' | 'refusal'>
  /** Reads whose token a request shows, where it shows one. */
  identify?: Identify
  /** How long a client may take for a request head, and for the whole request, in ms. */
  headersTimeout?: number
  requestTimeout?: number
}

export function createDoor(options: DoorOptions = {}): Door {
  const { allowHosts = [], gate, identify, headersTimeout = 10_000, requestTimeout = 20_000 } = options
  const stacks = new Map<string, Server>()
  const isKnown = createHostCheck(allowHosts)

  const serverFactory: FastifyServerFactory = (fastify) => {
    const server = createServer({
      IncomingMessage: Request,
      ServerResponse: options.ServerResponse ?? ServerResponse,
      headersTimeout,
      requestTimeout,
      // How often the two are looked at; Node's default of 30 s would let a slow client linger for as long.
      connectionsCheckingInterval: Math.min(1_000, headersTimeout),
      // Longer than the 60 s after which common proxies drop an idle connection, so that it is they who do it.
      keepAliveTimeout: 72_000,
    })
    tellDisconnections(server)
    if (gate) server.on('connection', gate.enter).on('disconnection', gate.leave)
    server.on('request', (request, response) => {
      if (!admit(request, response)) return
      const reading = identify?.(request)
      if (reading) reading.then(pass)
      else pass()
      function pass() {
        const stack = stackOf(request)
        if (stack && stack.listenerCount('request') > 0) stack.emit('request', request, response)
        else fastify(request, response)
      }
    })
    server.on('upgrade', (request, socket, head) => {
      // Node took its own error listener off; a reset that arrives now must not end the process.
      socket.on('error', endSocket)
      connectionIn(request).isUpgraded = true
      if (!admit(request)) return
      const reading = identify?.(request)
      if (reading) reading.then(pass)
      else pass()
      function pass() {
        const stack = stackOf(request)
        if (stack && stack.listenerCount('upgrade') > 0) {
          stack.emit('upgrade', request, socket, head)
          // Whoever has taken it listens, and two listeners are a list.
          if (socket.listenerCount('error') > 1) socket.off('error', endSocket)
        } else {
          // A WebSocket where there is none is answered like a plain request.
          fastify(request, plainResponse(request))
        }
      }
    })
    return server
  }

  const stackOf = (request: IncomingMessage) => stacks.get(addressIn(request).segment)

  /** Lets a request in, or answers it and returns false. Preflights end here. An upgrade has no response until it is refused. */
  function admit(request: IncomingMessage, response?: ServerResponse): boolean {
    const stranger = refusal(request, isKnown)
    if (stranger) return refuse(response ?? plainResponse(request), stranger)
    const { origin, host } = request.headers
    const isCrossOrigin = origin !== undefined && hostOf(origin) !== host
    // A page never sees the answer to an upgrade (WHATWG WebSockets §3).
    if (isCrossOrigin && response) {
      response.setHeader('Access-Control-Allow-Origin', origin)
      response.setHeader('Vary', 'Origin')
    }
    const error = addressIn(request).error ?? gate?.refusal(connectionIn(request))
    if (error) return refuse(response ?? plainResponse(request), error)
    if (!response || !isCrossOrigin || request.method !== 'OPTIONS') return true
    response.writeHead(204, {
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': request.headers['access-control-request-headers'] ?? '',
      'Access-Control-Max-Age': 7200,
    })
    response.end()
    return false
  }

  return {
    serverFactory,
    under(path) {
      const stack = stacks.get(path) ?? (new EventEmitter() as Server)
      stacks.set(path, stack)
      return stack
    },
  }
}

/**
 * A server may ignore an upgrade it does not speak (RFC 9110 §7.8), and of Java's HttpClient and `curl --http2` every
 * request offers h2c. Node, once anybody listens for upgrades, takes each for one and drops the body that came with it;
 * so it is told of WebSockets only. (Node 22.21 and 24.9 ask `shouldUpgradeCallback`; on 20 they ask this property.)
 */
class Request extends IncomingMessage {
  /** What Node's parser says. Declared only: Node sets it before a field of ours would be. */
  declare private asked: boolean | null

  get upgrade(): boolean {
    if (this.asked !== true) return false
    return this.method === 'CONNECT' || /\bwebsocket\b/i.test(this.headers.upgrade ?? '')
  }

  set upgrade(asked: boolean | null) {
    this.asked = asked
  }
}

/** One for all: a listener of its own would keep each handshake for as long as what came of it is open. */
function endSocket(this: Duplex) {
  this.destroy()
}

/** A response that writes to an upgrade's socket as if the upgrade had not been asked for, and ends it. */
function plainResponse(request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(request.socket)
  // Nobody reads this socket any more, so the other side's end would never be seen: ending ours is not enough.
  response.on('finish', () => request.socket.destroySoon())
  return response
}

/** Answers in place of a stack, and ends the connection. */
function refuse(response: ServerResponse, error: WireError): false {
  response.setHeader('Connection', 'close')
  answerError(response, error)
  return false
}

/** Why a request may not come in, by the name it calls us and the page it comes from. */
function refusal(request: IncomingMessage, isKnown: (host: string) => boolean): WireError | undefined {
  const { host, origin } = request.headers
  // A page of a foreign name that was made to resolve to this machine (DNS rebinding) betrays itself by its Host.
  if (!isKnown(host ?? '')) {
    return new WireError(
      'unknown-host',
      `This server does not answer to this Host; start it with --allow-host NAME.`,
    )
  }
  // Programs send no Origin; a browser's page cannot leave it out where it matters (RFC 6455 §10.2, Fetch §3.1).
  if (origin === undefined) return undefined
  const from = hostOf(origin)
  if (from !== undefined && from === hostOf(`http://${host}`)) return undefined
  const port = from === undefined ? undefined : new URL(origin).port || '80'
  if (from !== undefined && port === String(request.socket.localPort) && isKnown(from)) return undefined
  return new WireError(
    'foreign-origin',
    'Pages of another origin may not connect. Open the page this server serves.',
  )
}

/** For how long, at most, a host that was found to be ours is taken for one, in ms: a laptop changes networks. */
const REMEMBERED = 5_000

/** Tells whether a `name[:port]` is ours. It takes a URL parse and the machine's addresses, so not for each request. */
function createHostCheck(allowHosts: readonly string[]) {
  const known = new Set<string>()
  return (host: string): boolean => {
    if (known.has(host)) return true
    const name = nameOf(host)
    if (name === undefined || !isOurs(name, allowHosts)) return false
    // Any spelling of a port makes another host; there is no need to know them all.
    if (known.size >= 64) return true
    if (known.size === 0) setTimeout(() => known.clear(), REMEMBERED).unref()
    known.add(host)
    return true
  }
}

/** `host[:port]` of an origin, in lower case, without the default port; nothing for `null` and the like. */
function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host || undefined
  } catch {
    return undefined
  }
}

/** The name in `name[:port]` (RFC 9110 §7.2). */
function nameOf(host: string): string | undefined {
  try {
    return new URL(`http://${host}`).hostname.replace(/^\[|\]$|\.$/g, '') || undefined
  } catch {
    return undefined
  }
}

function isOurs(name: string, allowHosts: readonly string[]): boolean {
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    /^127\.\d+\.\d+\.\d+$/.test(name) ||
    name === '::1' ||
    allowHosts.some((allowed) => allowed.toLowerCase() === name) ||
    isThisMachine(name)
  )
}

function isThisMachine(name: string): boolean {
  const self = hostname().toLowerCase()
  if (name === self || name === `${self}.local`) return true
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === name),
  )
}
