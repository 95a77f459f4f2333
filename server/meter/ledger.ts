import { emptyTally, type Tallies, type Tally, tallyFields } from '../contract/meter.ts'
import { type TransportName, transportNames } from '../contract/transports.ts'

/** Where something is entered, once: the tally of the lane that the request named, else the transport's own. */
export interface Account {
  transport: TransportName | 'other'
  client: string | undefined
  tally: Tally
  /** The tick of its last use. */
  used: number
}

/** Where what nobody asked for is entered, and nobody reads it. */
export const nobody: Account = { transport: 'other', client: undefined, tally: emptyTally(), used: 0 }

export interface Ledger {
  account(transport: TransportName | 'other', client: string | undefined): Account
  /** Says that an account is in use still, by a connection that has kept it. */
  use(account: Account): Account
  /** A copy of all tallies, or of one client's; zeros for one that is unknown. */
  read(client?: string): Tallies
}

type Book = Map<TransportName | 'other', Account>

/**
 * The books. Entering happens with every request and reading hardly ever, so a transport's total is added up when it is
 * asked for. Client names come from strangers, so only the most recently used are remembered (a tally is 18 numbers;
 * 4,096 clients on one transport each stay within 2 MB); what the others have cost stays with the transport.
 */
export function createLedger(maxClients = 4_096): Ledger {
  /** What named no client, or one that is forgotten. */
  const unnamed: Book = new Map()
  const clients = new Map<string, Book>()
  let tick = 0

  function use(account: Account): Account {
    account.used = ++tick
    return account
  }

  function accountOf(transport: TransportName | 'other', client: string | undefined): Account {
    const book = client === undefined ? unnamed : (clients.get(client) ?? remember(client))
    const found = book.get(transport) ?? { transport, client, tally: emptyTally(), used: 0 }
    book.set(transport, found)
    return use(found)
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
    for (const { name } of byUse.slice(0, Math.ceil(maxClients / 8))) {
      clients.get(name)?.forEach(moveToUnnamed)
      clients.delete(name)
    }
  }

  /** Whoever holds the account still goes on entering: it leads to the transport's own tally now. */
  function moveToUnnamed(account: Account, transport: TransportName | 'other') {
    const { tally } = accountOf(transport, undefined)
    add(tally, account.tally)
    account.tally = tally
  }

  function read(client?: string): Tallies {
    const books = client === undefined ? [unnamed, ...clients.values()] : [clients.get(client) ?? new Map()]
    // Being asked about is use, too.
    if (client !== undefined) clients.get(client)?.forEach(use)
    const names = [...transportNames, 'other'] as const
    const tallies = names.map((name) => {
      const total = emptyTally()
      for (const book of books) {
        const account = book.get(name)
        if (account) add(total, account.tally)
      }
      return [name, total]
    })
    return Object.fromEntries(tallies) as Tallies
  }

  return { account: accountOf, use, read }
}

function add(to: Tally, tally: Tally) {
  for (const field of tallyFields) to[field] += tally[field]
}
