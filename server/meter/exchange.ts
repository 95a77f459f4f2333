import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { emptyTally } from '../contract/meter.ts'
import type { Page } from '../contract/wire.ts'
import type { Waiting } from '../feed/feed.ts'
import type { Account } from './ledger.ts'

/** What a TCP connection has read and written, and how much of that an exchange has been given already. */
export interface Connection {
  socket: Socket
  read: number
  written: number
  /** The account of its first request, whose connection it is. */
  first: Account | undefined
  /** That of its latest. */
  account: Account | undefined
  /** The oldest request under way. */
  current: Exchange | undefined
}

/**
 * One request and its answer, or an upgraded connection until it closes. Of each poll that waits there is one, and it
 * waits for the page itself: a class, so that thousands of them share two functions and need nothing beside them.
 */
export class Exchange implements Waiting {
  /** Absent once it is answered: a connection that is kept is not to keep it. */
  request: IncomingMessage | undefined
  readonly connection: Connection
  readonly account: Account
  /** The one that came before this one was answered, when a client pipelines. */
  next: Exchange | undefined = undefined
  /** Bytes given to this exchange so far. */
  bytesIn = 0
  bytesOut = 0
  /** Length of the request's body: 0 where it has none, NaN where it did not say. */
  readonly bodyIn: number
  /** Bytes of the response's body handed over so far. */
  body = 0
  headOutKnown = false
  /** Whether the request itself is entered in its account. */
  isEntered = false
  /** Bytes of the body that carry no entry, and are not entered yet. */
  control = 0
  /** The page that answers it, until it is entered: the response's body is its entries and their envelope. */
  page: Page | undefined = undefined
  /** Who is told of the page. */
  private waiting: Waiting | undefined = undefined

  constructor(request: IncomingMessage, connection: Connection, account: Account, bodyIn: number) {
    this.request = request
    this.connection = connection
    this.account = account
    this.bodyIn = bodyIn
  }

  /** Stands before one who waits for a page, and sees it first. */
  before(waiting: Waiting): Waiting {
    this.waiting = waiting
    return this
  }

  onPage(page: Page) {
    this.page = page
    this.waiting?.onPage(page)
  }

  onFailed(error: Error) {
    this.waiting?.onFailed(error)
  }
}

/** A request carries its exchange with it: cheaper than a look-up. */
const exchangeKey = Symbol('exchange')
type MeteredRequest = IncomingMessage & { [exchangeKey]?: Exchange }

export function carry(request: MeteredRequest, exchange: Exchange) {
  request[exchangeKey] = exchange
}

/** The exchange of a request; absent where nothing is metered. */
export const exchangeOf = (request: MeteredRequest): Exchange | undefined => request[exchangeKey]

/** Where what nobody asked for is entered, and nobody reads it. */
export const nobody: Account = { transport: 'other', client: undefined, tally: emptyTally(), used: 0 }

export const accountOf = (request: IncomingMessage): Account => exchangeOf(request)?.account ?? nobody
