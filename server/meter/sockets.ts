import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { addressIn } from '../address.ts'
import { connectionIn, connectionOf } from '../connection.ts'
import type { Page } from '../contract/wire.ts'
import { entryBytes, once } from '../feed/encoding.ts'
import { type Counted, Exchange } from './exchange.ts'
import type { Account, Ledger } from './ledger.ts'
import type { Messages } from './messages.ts'

/**
 * The socket side of the meter. Node counts the bytes of every socket; between the end of one response and the end of
 * the next they all belong to the latter's request. So nothing is parsed and nothing estimated: each entry in the
 * ledger is a difference of two readings of `bytesRead` or `bytesWritten`. It runs on every request of every
 * transport, so it makes no closure per request and names each field it adds to.
 */
export function createSockets(ledger: Ledger, messages: Messages) {
  const connections = new Set<Counted>()

  /**
   * A response that is counted. Node makes one for each request and detaches it from its socket when it is done: so the
   * exchange begins and ends with it, without a listener for each.
   */
  class MeteredResponse extends Response {
    readonly exchange: Exchange | undefined

    constructor(request: IncomingMessage, options?: object) {
      super(request, options)
      this.exchange = requested(request)
    }

    override detachSocket(socket: Socket) {
      super.detachSocket(socket)
      if (this.exchange) answered(this.exchange, this)
    }

    override flushHeaders() {
      super.flushHeaders()
      if (this.exchange) sawHead(this.exchange)
    }
  }
  const { write, end } = ServerResponse.prototype as unknown as Record<'write' | 'end', Write>
  const tapped: Record<'write' | 'end', Write> = {
    write(chunk, encoding, done) {
      sawBody(this.exchange, chunk)
      return write.call(this, chunk, encoding, done)
    },
    end(chunk, encoding, done) {
      sawBody(this.exchange, chunk)
      return end.call(this, chunk, encoding, done)
    },
  }
  type Write = (this: MeteredResponse, chunk: unknown, encoding: unknown, done: unknown) => unknown
  Object.assign(MeteredResponse.prototype, tapped)

  function tap(server: Server) {
    server.prependListener('connection', opened)
    server.prependListener('upgrade', upgraded)
  }

  function opened(socket: Socket) {
    const connection = connectionOf(socket)
    connection.isCounted = true
    connections.add(connection)
    socket.once('close', () => closed(connection))
  }

  function closed(connection: Counted) {
    // A connection that never named a URL is nobody's; what came after the last answer is the last one's.
    connection.first ??= named(ledger.account('other', undefined))
    if (connection.current) settle(connection, connection.current)
    else {
      const { tally } = connection.account ?? connection.first
      tally.bytesIn += takeRead(connection)
      tally.bytesOut += takeWritten(connection)
    }
    connection.first.tally.open--
    connections.delete(connection)
  }

  /** Begins an exchange on a connection: from here on its bytes are this request's. */
  function begin(connection: Counted, request: IncomingMessage): Exchange {
    const { transport, client } = addressIn(request)
    const { account: latest, current } = connection
    // A lane that keeps its connection is found without looking it up again.
    const isSameLane = latest?.transport === transport && latest.client === client
    const account = isSameLane ? ledger.use(latest) : ledger.account(transport, client)
    connection.first ??= named(account)
    connection.account = account
    const exchange = new Exchange(request, connection, account, bodyLength(request))
    if (current) {
      // What comes behind a request that is not answered yet counts for that one: pipelining is all but extinct.
      settle(connection, current)
      lastOf(current).next = exchange
    } else {
      connection.current = exchange
      exchange.bytesIn = takeRead(connection)
    }
    return exchange
  }

  function requested(request: IncomingMessage): Exchange | undefined {
    const connection = connectionIn(request)
    return connection.isCounted ? begin(connection, request) : undefined
  }

  /** The end of an exchange: its bytes are all counted now, and what is not body is head. */
  function answered(exchange: Exchange, response: MeteredResponse) {
    const { connection, account, page, bodyIn } = exchange
    const isEmpty = page !== undefined && isNothing(page) && response.writableFinished
    enter(exchange)
    giveWritten(connection, exchange)
    // What has come since the head of a request without a body is the next one's.
    if (bodyIn !== 0 || exchange.next) giveRead(connection, exchange)
    const { bytesIn, bytesOut, body, headOutKnown } = exchange
    const hadWholeBody = bodyIn > 0 && response.req.complete
    const { tally } = account
    if (hadWholeBody) tally.headBytesIn += bytesIn - bodyIn
    if (!headOutKnown && !response.chunkedEncoding)
      tally.headBytesOut += bytesOut - (hasNoBody(response) ? 0 : body)
    if (isEmpty) {
      tally.emptyResponses++
      tally.emptyBytesIn += bytesIn
      tally.emptyBytesOut += bytesOut
    }
    exchange.request = undefined
    // Node answers in the order in which it was asked (RFC 9112 §9.3.2).
    connection.current = exchange.next
  }

  /** A head that leaves before there is a body is all that was written so far. */
  function sawHead(exchange: Exchange) {
    settle(exchange.connection, exchange)
    if (exchange.headOutKnown || exchange.bytesOut === 0) return
    exchange.headOutKnown = true
    exchange.account.tally.headBytesOut += exchange.bytesOut
  }

  function sawBody(exchange: Exchange | undefined, chunk: unknown) {
    if (!exchange || (typeof chunk !== 'string' && !(chunk instanceof Uint8Array))) return
    const length = typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length
    const payload = exchange.body === 0 && exchange.page ? payloadOf(exchange.page) : 0
    exchange.body += length
    if (!messages.isHandingOver()) exchange.control += length - payload
  }

  function upgraded(request: IncomingMessage, socket: Duplex, head: Buffer) {
    const connection = connectionIn(request)
    if (!connection.isCounted) return
    const exchange = begin(connection, request)
    // Its first frames have come at its heels.
    exchange.account.tally.headBytesIn -= head.length

    // Whichever library accepts it writes the answer's head and then begins to listen; one that refuses it never does.
    socket.on('newListener', function accepted(event) {
      if (event !== 'data') return
      socket.off('newListener', accepted)
      settle(connection, exchange)
      const { tally } = exchange.account
      tally.upgrades++
      tally.headBytesOut += exchange.bytesOut
    })
  }

  return {
    ServerResponse: MeteredResponse as unknown as typeof ServerResponse,
    tap,
    /** Enters what open connections have carried so far. What no request has claimed yet waits for the next one. */
    settle() {
      for (const connection of connections) if (connection.current) settle(connection, connection.current)
    },
  }
}

/** Node hands its responses options that its types do not tell of. */
const Response = ServerResponse as new (request: IncomingMessage, options?: object) => ServerResponse

/** Counts a connection for the account of its first request. */
function named(account: Account): Account {
  const { tally } = account
  tally.connections++
  tally.open++
  return account
}

/**
 * Gives a connection's oldest exchange what has been read and written since somebody looked last, and enters all that
 * is known of it. Of a poll that waits nothing is entered until it is answered or somebody reads the meter: each look
 * at the books of one client among many is a wait for memory, and most of what a poll's meter costs.
 */
function settle(connection: Counted, exchange: Exchange) {
  enter(exchange)
  giveRead(connection, exchange)
  giveWritten(connection, exchange)
}

/** Enters what an exchange has kept to itself. */
function enter(exchange: Exchange) {
  const { tally, transport } = exchange.account
  if (!exchange.isEntered) {
    exchange.isEntered = true
    if (isPreflight(exchange.request)) tally.preflights++
    else tally.requests++
    tally.bytesIn += exchange.bytesIn
    // All that had come when it began is the head, unless a body followed at its heels.
    if (exchange.bodyIn === 0) tally.headBytesIn += exchange.bytesIn
  }
  if (exchange.page && exchange.body > 0) {
    tally.entriesOut += exchange.page.entries.length
    tally.payloadBytesOut += payloadOf(exchange.page)
    exchange.page = undefined
  }
  // Socket.IO's messages are counted one by one (messages.ts); what pages and /meter say is no message of a feed.
  if (transport !== 'socket-io' && transport !== 'other') tally.controlBytesOut += exchange.control
  exchange.control = 0
}

function giveRead(connection: Counted, exchange: Exchange) {
  const read = takeRead(connection)
  exchange.bytesIn += read
  exchange.account.tally.bytesIn += read
}

function giveWritten(connection: Counted, exchange: Exchange) {
  const written = takeWritten(connection)
  exchange.bytesOut += written
  exchange.account.tally.bytesOut += written
}

/** Bytes read since the last time. */
function takeRead(connection: Counted): number {
  const read = connection.socket.bytesRead - connection.read
  connection.read += read
  return read
}

/** Bytes written since the last time. What a broken connection still had queued is taken off again by Node. */
function takeWritten(connection: Counted): number {
  const written = Math.max(0, connection.socket.bytesWritten - connection.written)
  connection.written += written
  return written
}

function lastOf(exchange: Exchange): Exchange {
  let last = exchange
  while (last.next) last = last.next
  return last
}

/** A browser asks before it sends what another origin's page wrote (Fetch §4.8). */
const isPreflight = (request: IncomingMessage | undefined) =>
  request?.method === 'OPTIONS' && 'access-control-request-method' in request.headers

/** Whoever waited for the same entries is answered with the same page. */
const payloadOf = once(({ entries }: Page) => entries.reduce((sum, entry) => sum + entryBytes(entry), 0))

/** A poll that brought nothing, and no word of a gap either. */
const isNothing = ({ entries, gap }: Page) => entries.length === 0 && !gap

/** RFC 9112 §6.3: a request has a body where it says how long that is, or that it comes in chunks. */
function bodyLength({ headers }: IncomingMessage): number {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers
  if (encoding !== undefined) return Number.NaN
  return length === undefined ? 0 : Number(length)
}

/** RFC 9110 §6.4.1: these answers have no body, whatever was handed over for it. */
const hasNoBody = ({ req, statusCode }: ServerResponse) =>
  req.method === 'HEAD' || statusCode === 204 || statusCode === 304
