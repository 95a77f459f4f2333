import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { emptyTally } from '../contract/meter.ts'
import type { Account } from './ledger.ts'

/** What a TCP connection has read and written, and how much of that is entered already. */
export interface Connection {
  socket: Socket
  read: number
  written: number
  /** The account of its first request, whose connection it is. */
  first: Account | undefined
  /** The oldest request under way. */
  current: Exchange | undefined
  /** The latest, under way or not. */
  last: Exchange | undefined
}

/** One request and its answer, or an upgraded connection until it closes. Of each poll that waits there is one. */
export interface Exchange {
  /** Absent once it is answered: a connection that is kept is not to keep it. */
  request: IncomingMessage | undefined
  connection: Connection
  /** The one that came before this one was answered, when a client pipelines. */
  next: Exchange | undefined
  account: Account
  /** Bytes settled to this exchange so far. */
  bytesIn: number
  bytesOut: number
  /** Bytes of the response's body handed over so far. */
  body: number
  /** Payload of the page that answers it; the rest of the body is the page's envelope. */
  pagePayload: number
  /** Whether it is a poll that brought nothing. */
  emptyPoll: boolean
  /** Length of the request's body: 0 where it has none, NaN where it did not say. */
  bodyIn: number
  headOutKnown: boolean
}

export const newExchange = (
  request: IncomingMessage,
  connection: Connection,
  account: Account,
  bodyIn: number,
): Exchange => ({
  request,
  connection,
  next: undefined,
  account,
  bytesIn: 0,
  bytesOut: 0,
  body: 0,
  pagePayload: 0,
  emptyPoll: false,
  bodyIn,
  headOutKnown: false,
})

/** A socket carries its connection with it: cheaper than a look-up. */
export const connectionKey = Symbol('connection')
export type MeteredSocket = Duplex & { [connectionKey]?: Connection }

/** The exchange of a request that is under way. */
export function exchangeOf(request: IncomingMessage): Exchange | undefined {
  let exchange = (request.socket as MeteredSocket)[connectionKey]?.current
  while (exchange && exchange.request !== request) exchange = exchange.next
  return exchange
}

/** Where what nobody asked for is entered, and nobody reads it. */
const nobody: Account = { transport: 'other', client: undefined, tally: emptyTally(), used: 0 }

export const accountOf = (request: IncomingMessage): Account => exchangeOf(request)?.account ?? nobody
