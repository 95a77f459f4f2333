import { type Planned, planned } from '../../scenarios/plan.ts'
import type { Report, Run } from '../../scenarios/report.ts'
import type { Scenario } from '../../scenarios/scenario.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import type { ClientTransport } from '../transports/connection.ts'
import { onLoopback } from '../ui/host.ts'
import { describeEnvironment } from './environment.ts'
import { measure, type Phase } from './measure.ts'

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
  const environment = await describeEnvironment(notes)
  const plan = planned(scenario, seed)
  const runs: Run[] = []
  try {
    for (const [order, now] of plan.entries()) {
      const run = await measure(now, order, {
        url: location.origin,
        transport: transports[now.transport],
        sameHost: onLoopback(),
        onPhase: (phase) => onProgress({ done: order, of: plan.length, now, phase }),
        signal,
      })
      runs.push(run)
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
    interrupted: runs.length < plan.length,
    environment,
    runs,
  }
}

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
