import { setTimeout as sleep } from 'node:timers/promises'
import type { ScheduledFault } from '../scenario.ts'
import type { BenchLink } from './links.ts'
import { now } from './load/clock.ts'
import { readerClient, type ToLoad } from './load/protocol.ts'

/** Who does what to a run. */
export interface Surroundings {
  link: BenchLink | undefined
  /** Ends the server and starts it again; resolves when it listens. */
  restart(how: 'drain' | 'kill'): Promise<void>
  tellLoad(message: ToLoad): void
  signal: AbortSignal
}

/**
 * Does a scenario's faults at their instants, counted from now, and tells the load from when until when something was
 * broken. Resolves after the last; rejects when one cannot be done.
 */
export async function doFaults(faults: readonly ScheduledFault[], around: Surroundings): Promise<void> {
  const { tellLoad, signal } = around
  const start = now()
  for (const fault of faults) {
    await sleep(Math.max(0, start + fault.at * 1_000 - now()), undefined, { signal })
    tellLoad({ tell: 'happened', ...(await does[fault.do](fault, around)) })
  }
}

type Does = (fault: ScheduledFault, around: Surroundings) => Promise<{ from: number; until: number }>

const milliseconds = ({ seconds = 0 }: ScheduledFault) => seconds * 1_000

/** What the link does at once, and may last. */
const byLink =
  (what: (fault: ScheduledFault) => Parameters<BenchLink['act']>[0]): Does =>
  async (fault, { link }) => {
    if (!link) throw new Error('There is no link that could do this.')
    const from = await link.act(what(fault))
    return { from, until: from + milliseconds(fault) }
  }

const client = readerClient
const does: Record<ScheduledFault['do'], Does> = {
  cut: byLink((fault) => ({
    ask: 'cut',
    client,
    how: fault.how === 'fin' ? 'fin' : 'rst',
    ms: milliseconds(fault),
  })),
  refuse: byLink((fault) => ({ ask: 'refuse', client, ms: milliseconds(fault) })),
  stall: byLink((fault) => ({ ask: 'stall', client, ms: milliseconds(fault) })),
  'drop-response': byLink(() => ({ ask: 'drop-response', client })),
  async 'pause-readers'(fault, { tellLoad, signal }) {
    const from = now()
    tellLoad({ tell: 'pause', readers: fault.readers ?? 1 })
    await sleep(milliseconds(fault), undefined, { signal })
    tellLoad({ tell: 'resume' })
    return { from, until: now() }
  },
  async restart(fault, { restart }) {
    const from = now()
    await restart(fault.how === 'kill' ? 'kill' : 'drain')
    return { from, until: now() }
  },
}
