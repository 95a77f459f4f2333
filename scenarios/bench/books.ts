import { emptyTally, type Tally, tallyFields } from '../../server/contract/meter.ts'
import { publisherClient, readerClient } from './load/protocol.ts'
import type { Usage } from './server-protocol.ts'
import { difference, readMeter, readSettledMeter, type Server } from './servers.ts'

/** What a server has spent on a run, also when it is another process at the end than at the beginning. */
export interface Books {
  /** The meter once nothing moves any more: what was before does not count. */
  readMeter(): Promise<void>
  /** Its processor time: what was before does not count. To be asked last before, and first after. */
  readUsage(): Promise<void>
  /** Around a restart: what the old process has spent is kept, and the new one begins at nothing. */
  across(restart: () => Promise<void>): Promise<void>
  /** Both are read once more, the usage first. `meanwhile` comes between the two. */
  close(meanwhile: () => Promise<void> | undefined): Promise<Spent>
}

export interface Spent {
  readers: Tally
  publishers: Tally
  /** Absent where the server's process cannot be asked. */
  usage: Usage | undefined
}

const clients = [readerClient, publisherClient] as const
type Tallies = Record<(typeof clients)[number], Tally>

/** `settle` resolves when what was on its way has arrived. */
export function openBooks(server: Server, settle: () => Promise<void>, signal: AbortSignal): Books {
  const spent: Tallies = { [readerClient]: emptyTally(), [publisherClient]: emptyTally() }
  let cpuSeconds = 0
  let tallies: Tallies = { [readerClient]: emptyTally(), [publisherClient]: emptyTally() }
  let cpuBefore = 0

  function add(now: Tallies) {
    for (const client of clients) {
      const more = difference(tallies[client], now[client])
      for (const field of tallyFields) spent[client][field] += more[field]
      spent[client].open = now[client].open
    }
  }
  const settled = async () => {
    await settle()
    return await readSettledMeter(server.url, clients, signal)
  }

  return {
    async readMeter() {
      tallies = await settled()
    },
    async readUsage() {
      await server.process?.forget()
      cpuBefore = (await server.process?.usage())?.cpuSeconds ?? 0
    },
    async across(restart) {
      const usage = await server.process?.usage()
      add(await readMeter(server.url, clients, signal))
      cpuSeconds += (usage?.cpuSeconds ?? 0) - cpuBefore
      await restart()
      cpuBefore = (await server.process?.usage())?.cpuSeconds ?? 0
      tallies = { [readerClient]: emptyTally(), [publisherClient]: emptyTally() }
    },
    async close(meanwhile) {
      // Asked first: reading the meter is work of the server's too, and none of the run's.
      const usage = await server.process?.usage()
      await meanwhile()
      add(await settled())
      return {
        readers: spent[readerClient],
        publishers: spent[publisherClient],
        usage: usage && { ...usage, cpuSeconds: cpuSeconds + usage.cpuSeconds - cpuBefore },
      }
    },
  }
}
