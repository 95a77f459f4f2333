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

/** One account for each transport: most clients are a lane, and have one. A Map would be larger than what it holds. */
type Book = Account[]

/**
 * The books. Entering happens with every request and reading hardly ever, so a transport's total is added up when it is
 * asked for. Client names come from strangers, so only the most recently used are remembered (a tally is 18 numbers;
 * 4,096 clients on one transport each stay within 2 MB); what the others have cost stays with the transport.
 */
export function createLedger(maxClients = 4_096): Ledger {
  /** What named no client, or one that is forgotten. */
  const unnamed: Book = []
  const clients = new Map<string, Book>()
  let tick = 0

  function use(account: Account): Account {
    account.used = ++tick
    return account
  }

  function accountOf(transport: TransportName | 'other', client: string | undefined): Account {
    const book = client === undefined ? unnamed : clients.get(client)
    for (const account of book ?? []) if (account.transport === transport) return use(account)
    const account = use({ transport, client, tally: emptyTally(), used: 0 })
    // A list of one that is written down as such has room for one; one that it was pushed to has room for seventeen.
    if (book) book.push(account)
    else if (client !== undefined) remember(client, [account])
    return account
  }

  function remember(client: string, book: Book) {
    if (clients.size >= maxClients) forgetSome()
    clients.set(client, book)
  }

  /** Forgets the eighth that was used least recently: finding them takes a sort, so not one at a time. */
  function forgetSome() {
    const lastUse = (book: Book) => Math.max(...book.map(({ used }) => used))
    const byUse = [...clients].map(([name, book]) => ({ name, used: lastUse(book) }))
    byUse.sort((a, b) => a.used - b.used)
    for (const { name } of byUse.slice(0, Math.ceil(maxClients / 8))) {
      clients.get(name)?.forEach(moveToUnnamed)
      clients.delete(name)
    }
  }

  /** Whoever holds the account still goes on entering: it leads to the transport's own tally now. */
  function moveToUnnamed(account: Account) {
    const { tally } = accountOf(account.transport, undefined)
    add(tally, account.tally)
    account.tally = tally
  }

  function read(client?: string): Tallies {
    const books = client === undefined ? [unnamed, ...clients.values()] : [clients.get(client) ?? []]
    // Being asked about is use, too.
    if (client !== undefined) clients.get(client)?.forEach(use)
    const names = [...transportNames, 'other'] as const
    const tallies = names.map((name) => {
      const total = emptyTally()
      for (const book of books) {
        for (const { transport, tally } of book) if (transport === name) add(total, tally)
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
