import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { emptyTally } from '../contract/meter.ts'
import type { TransportName } from '../contract/transports.ts'
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

/** One request and its answer, or an upgraded connection until it closes. */
export interface Exchange {
  connection: Connection
  /** The one that came before this one was answered, when a client pipelines. */
  next: Exchange | undefined
  transport: TransportName | 'other'
  client: string | undefined
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
  /** Whether the request has a body, and its length where it said one. */
  hasBody: boolean
  bodyIn: number
  headOutKnown: boolean
}

export const newExchange = (
  connection: Connection,
  transport: TransportName | 'other',
  client: string | undefined,
  account: Account,
): Exchange => ({
  connection,
  next: undefined,
  transport,
  client,
  account,
  bytesIn: 0,
  bytesOut: 0,
  body: 0,
  pagePayload: 0,
  emptyPoll: false,
  hasBody: false,
  bodyIn: 0,
  headOutKnown: false,
})

/** A request carries its exchange with it: cheaper than a look-up. */
export const exchangeKey = Symbol('exchange')

export type MeteredRequest = IncomingMessage & { [exchangeKey]?: Exchange }

export const exchangeOf = (request: MeteredRequest): Exchange | undefined => request[exchangeKey]

/** Where what nobody asked for is entered, and nobody reads it. */
const nobody: Account = { tally: emptyTally(), used: 0 }

export const accountOf = (request: MeteredRequest): Account => request[exchangeKey]?.account ?? nobody
