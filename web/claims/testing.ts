import { type ReadonlySignal, signal } from '@preact/signals'
import type { Claim } from '../../scenarios/claims/claim.ts'
import type { Report } from '../../scenarios/report.ts'
import { type ForBrowser, forBrowser } from '../experiments/for-browser.ts'
import { estimateSeconds, type Progress, runScenario } from '../experiments/run.ts'
import { keep } from '../reports/store.ts'
import { transports } from '../transports/index.ts'
import { keptResults, type Results } from './results.ts'

/** The claim being tested now. */
export interface Running {
  id: string
  /** Absent until the first run begins. */
  progress: Progress | undefined
  /** ms since 1970 */
  startedAt: number
  /** About how long all of it takes. */
  seconds: number
}

export interface Testing {
  readonly running: ReadonlySignal<Running | undefined>
  readonly results: ReadonlySignal<Results>
  /** What went wrong with the last test, and of which claim. */
  readonly problem: ReadonlySignal<{ id: string; message: string } | undefined>
  /** Tests a claim here, one at a time: does nothing while another is tested, or where a page cannot. */
  start(claim: Claim): Promise<void>
  /** Ends the test; what it has measured until then is too little for a verdict and is let go. */
  cancel(): void
  /** The report of a test made since the page was opened. */
  reportOf(id: string): Report | undefined
}

/** A claim as this page can test it, each case once; or why it cannot. */
export function testable({ scenario, experiment }: Claim): ForBrowser {
  if (experiment && !scenario.notInBrowser) {
    return { reason: 'A page has neither raw sockets nor another library’s client.' }
  }
  return forBrowser({ ...scenario, repeat: 1 })
}

/** What to type to test it with all its repetitions. */
export const commandOf = (id: string): string => `npm run bench -- claims ${id}`

export function createTesting(): Testing {
  const running = signal<Running | undefined>(undefined)
  const problem = signal<{ id: string; message: string } | undefined>(undefined)
  const results = keptResults()
  const reports = new Map<string, Report>()
  let ended = new AbortController()

  async function start(claim: Claim): Promise<void> {
    const { id } = claim
    const here = testable(claim)
    if (running.peek() || 'reason' in here) return
    const { scenario, changed } = here
    ended = new AbortController()
    problem.value = undefined
    running.value = {
      id,
      progress: undefined,
      startedAt: Date.now(),
      seconds: estimateSeconds(scenario),
    }
    try {
      const report = await runScenario(scenario, {
        transports,
        seed: Math.floor(Math.random() * 2 ** 31),
        command: commandOf(id),
        notes: changed.map((change) => `Made smaller for the page: ${change}.`),
        onProgress(progress) {
          if (running.peek()) running.value = { ...(running.peek() as Running), progress }
        },
        signal: ended.signal,
      })
      if (!report.interrupted) await conclude(claim, report, changed)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      problem.value = { id, message }
    } finally {
      running.value = undefined
    }
  }

  async function conclude(claim: Claim, report: Report, changed: string[]): Promise<void> {
    const kept = await keep(report, 'run in this browser').then(
      () => true,
      // Where the browser keeps nothing the report can still be downloaded.
      () => false,
    )
    reports.set(claim.id, report)
    const { runtime, os } = report.environment
    results.value = {
      ...results.peek(),
      [claim.id]: {
        verdict: claim.rule(report),
        at: Date.parse(report.startedAt),
        machine: `${runtime} on ${os}`,
        report: report.id,
        kept,
        changed,
      },
    }
  }

  return {
    running,
    results,
    problem,
    start,
    cancel: () => ended.abort(),
    reportOf: (id) => reports.get(id),
  }
}
