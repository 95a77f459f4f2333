import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { TransportName } from '../contract/transports.ts'
import type { Account } from './ledger.ts'

/** What a TCP connection has read and written, and how much of that is entered already. */
export interface Connection {
  socket: Socket
  read: number
  written: number
  /** The account of its first request, whose connection it is. */
  first: Account | undefined
  /** The requests under way, the oldest first; more than one only when a client pipelines. */
  exchanges: Exchange[]
  last: Exchange | undefined
}

/** One request and its answer, or an upgraded connection until it closes. */
export interface Exchange {
  connection: Connection
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
  /** The length of the request's body, where it said one. */
  bodyIn: number
  headOutKnown: boolean
}

export const newExchange = (
  connection: Connection,
  transport: TransportName | 'other',
  account: Account,
): Exchange => ({
  connection,
  transport,
  account,
  bytesIn: 0,
  bytesOut: 0,
  body: 0,
  pagePayload: 0,
  emptyPoll: false,
  bodyIn: 0,
  headOutKnown: false,
})

/** A request and its response carry their exchange with them: cheaper than a look-up for each. */
export const exchangeKey = Symbol('exchange')

export type MeteredRequest = IncomingMessage & { [exchangeKey]?: Exchange }
export type MeteredResponse = ServerResponse & { [exchangeKey]?: Exchange }

export const exchangeOf = (request: MeteredRequest): Exchange | undefined => request[exchangeKey]
export const accountOf = (request: MeteredRequest): Account => request[exchangeKey]?.account ?? []
