import { emptyTally, type Tallies, type Tally } from '../contract/meter.ts'
import { type TransportName, transportNames } from '../contract/transports.ts'

/** Where something is entered: the transport's tally, and the lane's where the request named one. */
export interface Account {
  /** The tally it was opened for is the last. */
  readonly tallies: readonly Tally[]
  /** The tick of its last use. */
  used: number
}

export interface Ledger {
  account(transport: TransportName | 'other', client: string | undefined): Account
  /** Says that an account is in use still, by a connection that has kept it. */
  use(account: Account): Account
  /** A copy of all tallies, or of one client's; zeros for one that is unknown. */
  read(client?: string): Tallies
}

type Book = Map<TransportName | 'other', Account>

/**
 * The books. Transports are few and kept for good; client names come from strangers, so only the most recently used
 * are remembered (a tally is 18 numbers; 4,096 clients on one transport each stay within 2 MB).
 */
export function createLedger(maxClients = 4_096): Ledger {
  const totals: Book = new Map()
  const clients = new Map<string, Book>()
  let tick = 0

  function use(account: Account): Account {
    account.used = ++tick
    return account
  }

  function total(transport: TransportName | 'other'): Account {
    const found = totals.get(transport) ?? { tallies: [emptyTally()], used: 0 }
    totals.set(transport, found)
    return found
  }

  function account(transport: TransportName | 'other', client: string | undefined): Account {
    if (client === undefined) return total(transport)
    const book = clients.get(client) ?? remember(client)
    const known = book.get(transport)
    if (known) return use(known)
    const opened = use({ tallies: [...total(transport).tallies, emptyTally()], used: 0 })
    book.set(transport, opened)
    return opened
  }

  function remember(client: string): Book {
    if (clients.size >= maxClients) forgetSome()
    const book: Book = new Map()
    clients.set(client, book)
    return book
  }

  /** Forgets the eighth that was used least recently: finding them takes a sort, so not one at a time. */
  function forgetSome() {
    const lastUse = (book: Book) => Math.max(...[...book.values()].map(({ used }) => used))
    const byUse = [...clients].map(([name, book]) => ({ name, used: lastUse(book) }))
    byUse.sort((a, b) => a.used - b.used)
    for (const { name } of byUse.slice(0, Math.ceil(maxClients / 8))) clients.delete(name)
  }

  function read(client?: string): Tallies {
    const book = client === undefined ? totals : clients.get(client)
    // Being asked about is use, too.
    if (client !== undefined) book?.forEach(use)
    const names = [...transportNames, 'other'] as const
    const tallies = names.map((name) => [name, { ...(book?.get(name)?.tallies.at(-1) ?? emptyTally()) }])
    return Object.fromEntries(tallies) as Tallies
  }

  return { account, use, read }
}
