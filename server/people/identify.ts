import type { IncomingMessage } from 'node:http'
import type { Namespace } from 'socket.io'
import { type Addressed, addressAs } from '../address.ts'
import { now } from '../clock.ts'
import { Sender } from '../connection.ts'
import { toWireError, type WireError } from '../contract/errors.ts'
import { BEARER_PROTOCOL } from '../contract/transports.ts'
import { expired, needsSession, type Person, type Sessions, unauthorized } from './sessions.ts'

/**
 * Who a request comes from. A token is read where the request comes in, once, and only where there is one; what it
 * said, or what is wrong with it, is then found on the request.
 */

const identity = Symbol('identity')
type Identified = IncomingMessage & { [identity]?: Person | WireError }

/** Reads a request's token, and resolves when that is done; nothing where there is nothing to wait for. */
export type Identify = (request: IncomingMessage) => Promise<void> | undefined

export function createIdentify(sessions: Sessions): Identify {
  return (request: Identified) => {
    const { authorization, cookie, 'sec-websocket-protocol': protocols } = request.headers
    if (authorization === undefined && cookie === undefined && protocols === undefined) return undefined
    try {
      const token = tokenIn(request, sessions.cookie)
      if (token === undefined) return undefined
      const person = sessions.read(token)
      if (!(person instanceof Promise)) {
        request[identity] = person
        return undefined
      }
      return person.then(
        (person) => {
          request[identity] = person
        },
        (error) => {
          request[identity] = toWireError(error)
        },
      )
    } catch (error) {
      request[identity] = toWireError(error)
      return undefined
    }
  }
}

/** Who showed a token with this request, handshakes included; nobody without one. Throws what is wrong with it. */
export function personIn(request: IncomingMessage): Person | undefined {
  const { [identity]: found } = request as Identified
  if (found === undefined) return undefined
  if (found instanceof Error) throw found
  if (found.expiresAt <= now()) throw expired()
  return found
}

/** The same, for what takes a session. */
export function holderOf(request: IncomingMessage): Person {
  const person = personIn(request)
  if (!person) throw needsSession()
  return person
}

/** What is kept of a request of Socket.IO: enough to say whence it came, for which lane, and from whom. */
export function senderOf(request: Identified): IncomingMessage {
  const sender = new Sender(request) as unknown as Identified & Addressed
  sender[identity] = request[identity]
  addressAs(request, sender)
  return sender
}

/**
 * A browser's page can add nothing to a handshake, but Socket.IO has a place of its own for a token: `auth: { token }`.
 * Where there is one it counts, and what is wrong with it is a connect error whose `data` is the error.
 */
export function identifySockets(chat: Namespace, sessions: Sessions) {
  chat.use(async (socket, next) => {
    try {
      const { token } = socket.handshake.auth
      const request: Identified = socket.request
      if (token !== undefined && token !== null) request[identity] = await sessions.read(token)
      personIn(request)
      next()
    } catch (error) {
      const { message, body } = toWireError(error)
      next(Object.assign(new Error(message), { data: body }))
    }
  })
}

/**
 * The token of a request, given as bearer (RFC 6750 §2.1), as the subprotocol that a page's WebSocket can name, or as our
 * cookie. Who shows two means the first of these: a cookie goes along with whatever a browser sends. Of each there may be one.
 */
function tokenIn(request: IncomingMessage, cookie: string): string | undefined {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    // Node keeps the first of two and says nothing of the second.
    const isOne = request.headersDistinct.authorization?.length === 1
    const token = /^bearer +([\w~+/.-]+=*)$/i.exec(authorization)?.[1]
    if (!isOne || token === undefined) throw unauthorized()
    return token
  }
  const offered = bearersIn(request.headers['sec-websocket-protocol'] ?? '')
  const tokens = offered.length > 0 ? offered : cookiesIn(request.headers.cookie ?? '', cookie)
  if (tokens.length > 1) throw unauthorized()
  return tokens[0]
}

/**
 * A page can give a WebSocket no header, but subprotocols (RFC 6455 §4.1), and a token is written in characters that those
 * may have. `wireside` stands first among them: it is the one that the handshake is answered with.
 */
const bearersIn = (header: string): string[] =>
  header
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name.startsWith(BEARER_PROTOCOL))
    .map((name) => name.slice(BEARER_PROTOCOL.length))

/** Every value of a cookie (RFC 6265 §5.4). */
const cookiesIn = (header: string, name: string): string[] =>
  header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
