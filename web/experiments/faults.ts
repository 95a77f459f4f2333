import type { Outages } from '../../scenarios/outages.ts'
import type { ScheduledFault } from '../../scenarios/scenario.ts'
import { cut, dropResponse, stall } from '../network/links.ts'
import { now } from '../ui/clock.ts'
import { pause } from './time.ts'

export interface Victim {
  /** Of the link; absent where there is none. */
  port: number | undefined
  /** Whose connections. */
  client: string
  outages: Pick<Outages, 'happened'>
  signal: AbortSignal
}

/** Has the link do a scenario's faults to the readers, counted from now. Those that no page can do are not among them. */
export async function doFaults(faults: readonly ScheduledFault[], victim: Victim): Promise<void> {
  const { port, client, outages, signal } = victim
  if (faults.length === 0 || port === undefined) return
  const start = now()
  for (const { at, do: what, how, seconds = 0 } of faults) {
    await pause(start + at * 1_000, signal)
    const ms = seconds * 1_000
    // Between asking and the answer it was done; a page knows no better.
    if (what === 'cut') await cut(port, client, how === 'fin' ? 'fin' : 'rst', ms)
    if (what === 'stall') await stall(port, client, ms)
    if (what === 'drop-response') await dropResponse(port, client)
    const from = now()
    outages.happened({ from, until: from + ms })
  }
}
