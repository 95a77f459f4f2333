import { conditionsOf, detour, needsLink, networkInWords } from '../../scenarios/network.ts'
import { type Planned, planned } from '../../scenarios/plan.ts'
import type { Report, Run } from '../../scenarios/report.ts'
import type { Scenario } from '../../scenarios/scenario.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import { linkWith } from '../network/links.ts'
import type { ClientTransport } from '../transports/connection.ts'
import { onLoopback } from '../ui/host.ts'
import { describeEnvironment } from './environment.ts'
import { measure, type Phase, Unreached } from './measure.ts'

export interface Progress {
  /** Runs made. */
  done: number
  of: number
  /** The run being made. */
  now: Planned
  phase: Phase
}

export interface RunOptions {
  transports: Readonly<Record<TransportName, ClientTransport>>
  /** 0 to 2³¹ − 1. */
  seed: number
  /** What to type to run it again on the command line. */
  command: string
  /** What a reader of the report should know besides. */
  notes?: readonly string[]
  onProgress(progress: Progress): void
  /** Aborting ends it, and what was measured until then is the report. */
  signal: AbortSignal
}

/**
 * Runs a scenario in this page, one transport at a time. The scenario is one that a page can run: see `forBrowser`.
 * Rejects with a sentence when the server cannot be reached.
 */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<Report> {
  const { transports, seed, command, notes = [], onProgress, signal } = options
  const startedAt = new Date().toISOString()
  const plan = planned(scenario, seed)
  const linked = plan.some((one) => needsLink(one.case.scenario))
  const environment = {
    ...(await describeEnvironment(linked ? [...throughLinks, ...notes] : notes)),
    ...(linked && { network: networkInWords(scenario) }),
  }
  const runs: Run[] = []
  const unreached: NonNullable<Report['unreached']> = []
  let done = 0
  try {
    for (const [order, now] of plan.entries()) {
      const { label, scenario: of } = now.case
      if (unreached.some((lane) => lane.transport === now.transport && lane.case === label)) {
        done = order + 1
        continue
      }
      const conditions = needsLink(of) ? (conditionsOf(of) ?? {}) : undefined
      const run = await measure(now, order, {
        url: location.origin,
        link: conditions && { port: await linkWith(conditions, async () => {}), detour: detour(conditions) },
        transport: transports[now.transport],
        sameHost: onLoopback(),
        onPhase: (phase) => onProgress({ done: order, of: plan.length, now, phase }),
        signal,
      }).catch((error) => {
        // On such a network not to get through is what the run found out.
        if (!(error instanceof Unreached && conditions?.refuseUpgrade)) throw error
        unreached.push({ transport: now.transport, case: label, why: error.message })
      })
      if (run) runs.push(run)
      done = order + 1
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return {
    version: 1,
    id: `${scenario.name}-${startedAt.toLowerCase().replace(/[^0-9tz]/g, '')}-${seed}`,
    scenario,
    publishOver: 'same',
    command,
    seed,
    startedAt,
    interrupted: done < plan.length,
    environment,
    runs,
    ...(unreached.length > 0 && { unreached }),
  }
}

const throughLinks = [
  'The network was made by a link of ours in the server’s own process, so its work is in the server’s lateness. The first bytes of each new connection wait one round trip more there, for the handshake that the kernel had finished before: that is modelled. Packet loss and slow start are not modelled.',
  'A link has a port of its own, so this page’s requests through it are cross-origin: the browser may ask for permission first, which the meter counts apart.',
]

/** About how long a scenario takes here, in seconds. */
export function estimateSeconds(scenario: Scenario): number {
  const runs = planned(scenario, 0)
  return Math.ceil(
    runs.reduce((total, { case: { scenario }, transport }) => {
      // Connecting, reading the meter, and the last entries: for a short poll those of the last interval, twice.
      const rest = 0.5 + (transport === 'short-polling' ? scenario.interval : 0)
      return total + scenario.warmUp + scenario.seconds + rest
    }, 0),
  )
}
