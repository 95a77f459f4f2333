import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { addressOf } from '../address.ts'
import type { TransportName } from '../contract/transports.ts'
import { type Account, add, type Ledger } from './ledger.ts'
import type { Messages } from './messages.ts'

/** One request and its answer, or an upgraded connection until it closes. */
export interface Exchange {
  transport: TransportName | 'other'
  account: Account
  /** Bytes settled to this exchange so far. */
  bytesIn: number
  bytesOut: number
  /** Bytes of the response's body handed over so far. */
  body: number
  /** Payload of the page that answers it; the rest of the body is the page's envelope. */
  pagePayload: number
  /** Whether it is a poll, and one that brought nothing. */
  emptyPoll: boolean
  headOutKnown: boolean
}

/** What a TCP connection has read and written, and how much of that is entered already. */
interface Connection {
  socket: Socket
  read: number
  written: number
  /** The account of its first request, whose connection it is. */
  first: Account | undefined
  /** Whose bytes the next ones are: the request under way, else the last one. More than one when pipelined. */
  exchanges: Exchange[]
  last: Exchange | undefined
}

/**
 * The socket side of the meter. Node counts the bytes of every socket; between the end of one response and the end of
 * the next they all belong to the latter's request. So nothing is parsed and nothing estimated: each entry in the
 * ledger is a difference of two readings of `bytesRead` or `bytesWritten`.
 */
export function createSockets(ledger: Ledger, messages: Messages) {
  const connections = new Map<Duplex, Connection>()
  const exchanges = new WeakMap<IncomingMessage, Exchange>()

  function tap(server: Server) {
    server.prependListener('connection', opened)
    server.prependListener('request', requested)
    server.prependListener('upgrade', upgraded)
  }

  function opened(socket: Socket) {
    const connection: Connection = {
      socket,
      read: 0,
      written: 0,
      first: undefined,
      exchanges: [],
      last: undefined,
    }
    connections.set(socket, connection)
    socket.once('close', () => {
      // A connection that never named a URL is nobody's; what came after the last answer is the last one's.
      if (!connection.first) name(connection, ledger.account('other', undefined))
      connection.last ??= newExchange('other', connection.first ?? [])
      settle(connection)
      add(connection.first ?? [], 'open', -1)
      connections.delete(socket)
    })
  }

  function name(connection: Connection, account: Account) {
    connection.first = account
    add(account, 'connections', 1)
    add(account, 'open', 1)
  }

  /** Begins an exchange on a connection: from here on its bytes are this request's. */
  function begin(connection: Connection, request: IncomingMessage): Exchange {
    const { transport, client } = addressOf(request.url)
    const account = ledger.account(transport, client)
    if (!connection.first) name(connection, account)
    const isPreflight = request.method === 'OPTIONS' && 'access-control-request-method' in request.headers
    add(account, isPreflight ? 'preflights' : 'requests', 1)

    const exchange = newExchange(transport, account)
    exchanges.set(request, exchange)
    connection.exchanges.push(exchange)
    connection.last = exchange
    settle(connection)
    return exchange
  }

  function requested(request: IncomingMessage, response: ServerResponse) {
    const connection = connections.get(request.socket)
    if (!connection) return
    const exchange = begin(connection, request)
    const length = request.headers['content-length']
    const hasBody =
      (length !== undefined && length !== '0') || request.headers['transfer-encoding'] !== undefined
    // All that has come by now is the head, unless a body follows at its heels.
    if (!hasBody) add(exchange.account, 'headBytesIn', exchange.bytesIn)

    countBody(connection, exchange, response)
    let ended = false
    const end = () => {
      if (ended) return
      ended = true
      settle(connection)
      // A body that was read whole is as long as it said; the rest of what came is the head.
      if (hasBody && request.complete && length !== undefined) {
        add(exchange.account, 'headBytesIn', exchange.bytesIn - Number(length))
      }
      if (!exchange.headOutKnown && !response.chunkedEncoding) {
        add(
          exchange.account,
          'headBytesOut',
          exchange.bytesOut - (hasNoBody(request, response) ? 0 : exchange.body),
        )
      }
      if (exchange.emptyPoll && response.writableFinished) {
        add(exchange.account, 'emptyResponses', 1)
        add(exchange.account, 'emptyBytesIn', exchange.bytesIn)
        add(exchange.account, 'emptyBytesOut', exchange.bytesOut)
      }
      connection.exchanges.splice(connection.exchanges.indexOf(exchange), 1)
    }
    response.once('finish', end)
    response.once('close', end)
  }

  /** Sees the body of a response go by, to tell it from the head and a page's envelope from its entries. */
  function countBody(connection: Connection, exchange: Exchange, response: ServerResponse) {
    const { write, end } = response
    const isFeed = exchange.transport !== 'other' && exchange.transport !== 'socket-io'

    function body(chunk: unknown) {
      if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return
      if (!exchange.headOutKnown && exchange.body === 0) {
        settle(connection)
        // A head that was flushed before the body is all that was written so far.
        if (exchange.bytesOut > 0) {
          exchange.headOutKnown = true
          add(exchange.account, 'headBytesOut', exchange.bytesOut)
        }
      }
      const length = Buffer.byteLength(chunk)
      exchange.body += length
      if (!isFeed || messages.carrying) return
      add(exchange.account, 'controlBytesOut', length - exchange.pagePayload)
      exchange.pagePayload = 0
    }
    response.write = function (this: ServerResponse, ...args: Parameters<typeof write>) {
      body(args[0])
      return write.apply(this, args)
    } as typeof write
    response.end = function (this: ServerResponse, ...args: Parameters<typeof end>) {
      body(args[0])
      return end.apply(this, args)
    } as typeof end
  }

  function upgraded(request: IncomingMessage, socket: Duplex, head: Buffer) {
    const connection = connections.get(socket)
    if (!connection) return
    const exchange = begin(connection, request)
    add(exchange.account, 'headBytesIn', exchange.bytesIn - head.length)

    // The first thing written is the answer's head, by whichever library answers.
    const write = socket.write
    socket.write = function (this: Duplex, ...args: Parameters<typeof write>) {
      socket.write = write
      const result = write.apply(this, args)
      settle(connection)
      if (isSwitch(args[0])) {
        add(exchange.account, 'upgrades', 1)
        add(exchange.account, 'headBytesOut', exchange.bytesOut)
      }
      return result
    } as typeof write
  }

  function settle(connection: Connection) {
    const { socket } = connection
    const exchange = connection.exchanges[0] ?? connection.last
    if (!exchange) return
    const read = socket.bytesRead - connection.read
    const written = socket.bytesWritten - connection.written
    if (read > 0) {
      connection.read += read
      exchange.bytesIn += read
      add(exchange.account, 'bytesIn', read)
    }
    if (written > 0) {
      connection.written += written
      exchange.bytesOut += written
      add(exchange.account, 'bytesOut', written)
    }
  }

  return {
    tap,
    exchangeOf: (request: IncomingMessage) => exchanges.get(request),
    accountOf: (request: IncomingMessage) => exchanges.get(request)?.account ?? [],
    /** Enters what open connections have carried so far. What no request has claimed yet waits for the next one. */
    settle() {
      for (const connection of connections.values()) if (connection.exchanges.length > 0) settle(connection)
    },
  }
}

const newExchange = (transport: TransportName | 'other', account: Account): Exchange => ({
  transport,
  account,
  bytesIn: 0,
  bytesOut: 0,
  body: 0,
  pagePayload: 0,
  emptyPoll: false,
  headOutKnown: false,
})

/** RFC 9110 §6.4.1: these answers have no body, whatever was handed over for it. */
const hasNoBody = ({ method }: IncomingMessage, { statusCode }: ServerResponse) =>
  method === 'HEAD' || statusCode === 204 || statusCode === 304

const isSwitch = (chunk: unknown) =>
  (typeof chunk === 'string' || chunk instanceof Uint8Array) &&
  Buffer.from(chunk as Uint8Array).toString('latin1', 0, 12) === 'HTTP/1.1 101'
