import type { Run } from '../../scenarios/report.ts'
import { emptyTally, type Tallies, type Tally, tallyFields } from '../../server/contract/meter.ts'
import type { TransportName } from '../../server/contract/transports.ts'

/** What some clients have cost at the server's sockets so far, on one transport. */
export async function readMeter(
  url: string,
  clients: readonly string[],
  transport: TransportName,
): Promise<Tally[]> {
  const query = new URLSearchParams(clients.map((client) => ['client', client]))
  const response = await fetch(new URL(`/meter?${query}`, url), {
    signal: AbortSignal.timeout(20_000),
    cache: 'no-store',
  })
  if (!response.ok) throw new Error(`The server’s meter answered ${response.status}.`)
  const answer: Record<string, Tallies | undefined> = await response.json()
  return clients.map((client) => answer[client]?.[transport] ?? emptyTally())
}

/** What `after` has more than `before`; `open` counts nothing, it is a state. */
export function difference(before: Tally, after: Tally): Run['readersTally'] {
  const result = emptyTally()
  for (const field of tallyFields) {
    result[field] = field === 'open' ? after.open : after[field] - before[field]
  }
  return result
}
