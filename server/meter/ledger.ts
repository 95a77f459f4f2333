import { emptyTally, type Tallies, type Tally } from '../contract/meter.ts'
import { type TransportName, transportNames } from '../contract/transports.ts'

/** Where something is entered: the transport's tally, and the lane's where the request named one. */
export type Account = readonly Tally[]

export interface Ledger {
  account(transport: TransportName | 'other', client: string | undefined): Account
  /** A copy of all tallies, or of one client's; zeros for one that is unknown. */
  read(client?: string): Tallies
}

type Book = Map<TransportName | 'other', Account>

interface Client {
  accounts: Book
  /** The tick of its last request or reading. */
  used: number
}

/**
 * The books. Transports are few and kept for good; client names come from strangers, so only the most recently used
 * are remembered (a tally is 18 numbers; 4,096 clients on one transport each stay within 2 MB).
 */
export function createLedger(maxClients = 4_096): Ledger {
  const totals: Book = new Map()
  const clients = new Map<string, Client>()
  let tick = 0

  function total(transport: TransportName | 'other'): Account {
    const found = totals.get(transport) ?? [emptyTally()]
    totals.set(transport, found)
    return found
  }

  function account(transport: TransportName | 'other', name: string | undefined): Account {
    if (name === undefined) return total(transport)
    const client = clients.get(name) ?? remember(name)
    client.used = ++tick
    const known = client.accounts.get(transport)
    if (known) return known
    const opened = [...total(transport), emptyTally()]
    client.accounts.set(transport, opened)
    return opened
  }

  function remember(name: string): Client {
    if (clients.size >= maxClients) forgetSome()
    const client: Client = { accounts: new Map(), used: 0 }
    clients.set(name, client)
    return client
  }

  /** Forgets the eighth that was used least recently: finding them takes a sort, so not one at a time. */
  function forgetSome() {
    const byUse = [...clients].sort(([, a], [, b]) => a.used - b.used)
    for (const [name] of byUse.slice(0, Math.ceil(maxClients / 8))) clients.delete(name)
  }

  function read(name?: string): Tallies {
    const client = name === undefined ? undefined : clients.get(name)
    if (client) client.used = ++tick
    const book = name === undefined ? totals : client?.accounts
    const all = [...transportNames, 'other'] as const
    // The last tally of an account is the one it was opened for.
    return Object.fromEntries(
      all.map((of) => [of, { ...(book?.get(of)?.at(-1) ?? emptyTally()) }]),
    ) as Tallies
  }

  return { account, read }
}
