import type { IncomingMessage } from 'node:http'
import type { Socket, Server as TcpServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { addressOf, type Visitor } from './limits.ts'
import type { Counted } from './meter/sockets.ts'

/**
 * What is known of a TCP connection: whose it is, and what it has carried. Of thousands each look at one is a wait for
 * memory, so those who look at every request share the record and the look. It is no property of the socket, cheap as
 * that would be to read: a socket with one property more than others is of another kind to the compiler, and each write
 * of a push to it 2 % dearer.
 */
export interface Connection extends Visitor, Counted {}

const connections = new WeakMap<Duplex, Connection>()

export function connectionOf(socket: Duplex): Connection {
  const known = connections.get(socket)
  if (known) return known
  const { remoteAddress } = socket as Socket
  const connection: Connection = {
    address: addressOf(remoteAddress),
    isAdmitted: false,
    isTooMany: false,
    socket: undefined,
    isUpgraded: false,
    place: -1,
    read: 0,
    written: 0,
    first: undefined,
    account: undefined,
    current: undefined,
  }
  connections.set(socket, connection)
  return connection
}

/**
 * Lets a server tell `disconnection` of a socket as it tells `connection`. Whoever wants to know listens to the server:
 * Node's list of a socket's listeners takes 160 bytes more with the third.
 */
export function tellDisconnections(server: TcpServer) {
  // Before Node's own listener, which lets go of what was under way.
  server.prependListener('connection', (socket: Socket) => socket.on('close', gone))
  function gone(this: Socket) {
    server.emit('disconnection', this)
    // A socket lives until all of the heap has been looked through, and what a WeakMap has of it for as long.
    connections.delete(this)
  }
}

const NOTHING = Object.freeze({})
const found = Symbol('connection')

/** A request, and the connection on which it came, once that is looked up. */
interface Carried {
  [found]?: Connection
}

/** The connection on which a request came, looked up once. */
export function connectionIn(request: IncomingMessage & Carried): Connection {
  request[found] ??= connectionOf(request.socket)
  return request[found]
}

/** Where somebody is, which is asked for as long as they are here. */
export type Origin = Pick<Connection, 'address' | 'isUpgraded'>

/**
 * What is left of a request when its headers, its socket and its connection have been let go of. Socket.IO looks for what
 * else there is. Of a class, so that the engine lays all of them out alike: put together, an object takes four times this.
 */
export class Sender implements Origin {
  readonly headers = NOTHING
  readonly connection = NOTHING
  readonly address: string
  readonly isUpgraded: boolean

  constructor(request: IncomingMessage) {
    const { address, isUpgraded } = connectionIn(request)
    this.address = address
    this.isUpgraded = isUpgraded
  }
}

/** Whence a request came, also when only its sender is left. */
export const originOf = (request: IncomingMessage | Sender): Origin =>
  request instanceof Sender ? request : connectionIn(request)
