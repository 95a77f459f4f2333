import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
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
    read: 0,
    written: 0,
    first: undefined,
    account: undefined,
    current: undefined,
  }
  connections.set(socket, connection)
  return connection
}

const found = Symbol('connection')

/** A request, and the connection on which it came, once that is looked up. */
export interface Carried {
  [found]?: Connection
}

/** The connection on which a request came, looked up once. */
export function connectionIn(request: IncomingMessage & Carried): Connection {
  request[found] ??= connectionOf(request.socket)
  return request[found]
}

/** What makes something a request that came on the same connection, also without its socket. */
export const carriedAs = (request: IncomingMessage): Carried => ({ [found]: connectionIn(request) })
