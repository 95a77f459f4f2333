import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { conditionsOf, needsLink } from '../network.ts'
import { type Planned, planned } from '../plan.ts'
import type { Report, Run } from '../report.ts'
import type { Scenario } from '../scenario.ts'
import { Interrupted } from './children.ts'
import { shareOut, unpinned } from './cores.ts'
import { environmentOf, whereabouts } from './environment.ts'
import { type BenchLink, startBenchLink } from './links.ts'
import { type MeasureOptions, measure, Unreached } from './measure.ts'
import type { Progress } from './progress.ts'
import { borrowServer, type Server, startServer } from './servers.ts'

export interface RunOptions {
  scenario: Scenario
  seed: number
  publishOver: TransportName | 'same'
  /** A server that runs already; absent: a fresh one for every run. */
  against?: URL | undefined
  /** What to type to do this again. */
  command: string
  /** Ends the run under way and keeps those before it. */
  signal: AbortSignal
  progress: Progress
  onBoundary?: MeasureOptions['onBoundary']
}

export interface Outcome {
  report: Report
  /** What went wrong, a sentence for each run that could not be made. */
  failures: string[]
}

/**
 * Makes all runs of a scenario, one at a time, in the order that the seed shuffled, each with a fresh server and a
 * fresh load. A run that fails is told and left out, and the same transport is not tried on the same case again; the
 * others are kept. Resolves early when interrupted.
 */
export async function runScenario(options: RunOptions): Promise<Outcome> {
  const { scenario, seed, publishOver, against, command, signal, progress, onBoundary } = options
  const startedAt = new Date()
  const cores = against ? unpinned : shareOut()
  const where = against ? await whereabouts(against) : { sameHost: true, loopback: true }
  const plan = planned(scenario, seed)
  const runs: Run[] = []
  const failures: string[] = []
  const unreached: NonNullable<Report['unreached']> = []
  const failed = new Set<string>()

  progress.begin(plan)
  for (const [order, one] of plan.entries()) {
    if (signal.aborted) break
    const { label } = one.case
    const lane = `${one.transport} ${label}`
    if (failed.has(lane)) {
      progress.failed(one, 'left out: it failed before')
      continue
    }
    try {
      progress.start(one)
      progress.step('starting the server')
      const run = await onServer(one, (server, link) =>
        measure({
          server,
          link,
          planned: one,
          order,
          publishOver,
          oneClock: where.sameHost,
          cores: cores.load,
          signal,
          onStep: progress.step,
          onBoundary,
        }),
      )
      runs.push(run)
      progress.done(one, run)
    } catch (error) {
      if (signal.aborted || error instanceof Interrupted) break
      failed.add(lane)
      const message = error instanceof Error ? error.message : String(error)
      // On such a network not to get through is what the run found out.
      if (error instanceof Unreached && conditionsOf(one.case.scenario)?.refuseUpgrade) {
        unreached.push({ transport: one.transport, case: label, why: message })
        progress.failed(one, message)
        continue
      }
      const named = `${one.transport}${label && `, ${label}`}, repetition ${one.repetition}`
      failures.push(`A run failed and is not in the report (${named}): ${message}`)
      progress.failed(one, message)
    }
  }
  await progress.end(signal.aborted)

  return {
    failures,
    report: {
      version: 1,
      id: idOf(scenario, startedAt, seed),
      scenario,
      publishOver,
      command,
      seed,
      startedAt: startedAt.toISOString(),
      interrupted: signal.aborted,
      environment: environmentOf({ scenario, against, where, cores: cores.said, notes: failures }),
      runs,
      ...(unreached.length > 0 && { unreached }),
    },
  }

  /** A server for one run, and what stands in front of it. */
  async function onServer(
    { case: { scenario: of }, seed: trafficSeed }: Planned,
    use: (server: Server, link: BenchLink | undefined) => Promise<Run>,
  ): Promise<Run> {
    const onDisk = of.faults?.some((fault) => fault.do === 'restart') ?? false
    const server = against
      ? borrowServer(against)
      : await startServer({ cores: cores.server, signal, onDisk })
    let link: BenchLink | undefined
    try {
      if (needsLink(of)) {
        link = await startBenchLink({
          to: server.url,
          conditions: conditionsOf(of) ?? {},
          seed: trafficSeed,
          cores: cores.load,
          signal,
        })
      }
      return await use(server, link)
    } finally {
      await link?.stop()
      await server.stop()
    }
  }
}

/** `quiet-room-20261121-093000-7`: sorts by time, and says which traffic. */
const idOf = ({ name }: Scenario, startedAt: Date, seed: number) =>
  `${name}-${startedAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-${seed}`

/** Throws a sentence unless a Wireside answers at this URL. */
export async function checkServer(url: URL): Promise<void> {
  const advice = 'Start one there (npm start), or leave out --against to have it started for you.'
  let body: unknown
  try {
    const response = await fetch(new URL('/meter', url), { signal: AbortSignal.timeout(10_000) })
    body = await response.json()
  } catch (error) {
    const { message, cause } = error as Error
    const why = cause instanceof Error ? cause.message : message
    throw new Error(`No Wireside answers at ${url.origin} (${why}). ${advice}`)
  }
  const isMeter = typeof body === 'object' && body !== null && transportNames.every((name) => name in body)
  if (!isMeter) throw new Error(`What answers at ${url.origin} is not Wireside: it has no meter. ${advice}`)
}
