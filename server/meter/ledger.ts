import { emptyTally, type Tallies, type Tally } from '../contract/meter.ts'
import { type TransportName, transportNames } from '../contract/transports.ts'

/** Where a byte is entered: the transport's tally, and the lane's where the request named one. */
export type Account = readonly Tally[]

export interface Ledger {
  account(transport: TransportName | 'other', client: string | undefined): Account
  /** A copy of all tallies, or of one client's; zeros for one that is unknown. */
  read(client?: string): Tallies
}

/**
 * The books. Transports are few and kept for good; client names come from strangers, so only the most recently used
 * are remembered (a tally is 18 numbers; 4,096 clients on one transport each stay within 2 MB).
 */
export function createLedger(maxClients = 4_096): Ledger {
  const total = new Map<TransportName | 'other', Tally>()
  const clients = new Map<string, typeof total>()

  function tally(of: typeof total, transport: TransportName | 'other'): Tally {
    const found = of.get(transport) ?? emptyTally()
    of.set(transport, found)
    return found
  }

  function remembered(client: string) {
    const found = clients.get(client) ?? new Map()
    clients.delete(client)
    clients.set(client, found)
    if (clients.size > maxClients)
      for (const [leastRecent] of clients) {
        clients.delete(leastRecent)
        break
      }
    return found
  }

  return {
    account(transport, client) {
      const own = tally(total, transport)
      return client === undefined ? [own] : [own, tally(remembered(client), transport)]
    },
    read(client) {
      const of = client === undefined ? total : clients.has(client) ? remembered(client) : new Map()
      const names = [...transportNames, 'other'] as const
      return Object.fromEntries(names.map((name) => [name, { ...(of.get(name) ?? emptyTally()) }])) as Tallies
    },
  }
}

export function add(account: Account, field: keyof Tally, amount: number) {
  for (const tally of account) tally[field] += amount
}
