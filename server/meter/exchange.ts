import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { connectionIn } from '../connection.ts'
import { emptyTally } from '../contract/meter.ts'
import type { Page } from '../contract/wire.ts'
import type { Waiting } from '../feed/feed.ts'
import type { Account } from './ledger.ts'

/** What a TCP connection has read and written, and how much of that an exchange has been given already. */
export interface Counted {
  readonly socket: Socket
  /** False before the meter is there, and where there is none. */
  isCounted: boolean
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
  readonly connection: Counted
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

  constructor(request: IncomingMessage, connection: Counted, account: Account, bodyIn: number) {
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

/** The exchange of a request that is not answered yet; absent where nothing is metered. */
export function exchangeOf(request: IncomingMessage): Exchange | undefined {
  let exchange = connectionIn(request).current
  while (exchange && exchange.request !== request) exchange = exchange.next
  return exchange
}

/** Where what nobody asked for is entered, and nobody reads it. */
export const nobody: Account = { transport: 'other', client: undefined, tally: emptyTally(), used: 0 }

export const accountOf = (request: IncomingMessage): Account => exchangeOf(request)?.account ?? nobody
