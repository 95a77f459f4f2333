import { type ReadonlySignal, signal } from '@preact/signals'
import { emptyTally, type Tally } from '../../server/contract/meter.ts'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { createDeliveries } from '../dashboard/delivery.ts'
import { createTallyReader } from '../dashboard/tally.ts'
import { looks } from '../ui/lanes.ts'

/** What one transport has cost this page, in all its rooms, since the page was opened. */
export interface Cost {
  name: TransportName
  /** From the server's sockets. */
  tally: Tally
  /** How many of this page's messages came back over it, and in what time half of them did. */
  n: number
  p50: number | undefined
}

export interface Figures {
  /** The names under which the meter knows this page. */
  readonly clients: Readonly<Record<TransportName, string>>
  /** Of the transports that were used, in their usual order. */
  readonly costs: ReadonlySignal<readonly Cost[]>
  use(name: TransportName): void
  delivered(name: TransportName, ms: number): void
}

/** A reading costs a request, and figures are read more slowly than messages. In ms. */
const BEAT = 2_000

export function createFigures(page: string): Figures {
  const perTransport = <T>(of: (name: TransportName) => T) =>
    Object.fromEntries(transportNames.map((name) => [name, of(name)])) as Record<TransportName, T>
  const clients = perTransport((name) => `${page}-${looks[name].suffix}`)
  const deliveries = perTransport(createDeliveries)
  const reader = createTallyReader(clients)
  const used = new Set<TransportName>()
  const costs = signal<readonly Cost[]>([])

  function show(): void {
    costs.value = transportNames
      .filter((name) => used.has(name))
      .map((name) => ({
        name,
        tally: reader.tallies[name] ?? emptyTally(),
        n: deliveries[name].n,
        p50: deliveries[name].percentile(0.5),
      }))
  }

  async function read(): Promise<void> {
    if (document.hidden || used.size === 0) return
    await reader.read()
    show()
  }
  setInterval(read, BEAT)

  return {
    clients,
    costs,
    use(name) {
      used.add(name)
      show()
    },
    delivered: (name, ms) => deliveries[name].add(ms),
  }
}
