import type { Report, Run } from '../../scenarios/report.ts'
import { casesOf } from '../../scenarios/stats/summary.ts'
import { looks } from '../ui/lanes.ts'

/** What a careful reader must know before any figure. */
export interface Validity {
  /** True when nothing speaks against the figures. */
  sound: boolean
  sentences: string[]
}

export function validityOf(report: Report): Validity {
  const against = [...together(report), ...interrupted(report), ...invalid(report)]
  if (against.length > 0) return { sound: false, sentences: against }
  const { runs } = report
  if (runs.length === 0) return { sound: false, sentences: ['This report holds no runs.'] }
  return {
    sound: true,
    sentences: [
      `${runs.length === 1 ? 'The one run is' : `All ${runs.length} runs are`} valid. ${punctual(runs)}`,
    ],
  }
}

const together = ({ environment }: Report) =>
  environment.together
    ? ['All transports ran at once and took from each other: this is a demonstration, not a benchmark.']
    : []

function interrupted(report: Report): string[] {
  if (!report.interrupted) return []
  const { scenario, runs } = report
  const wanted = casesOf(report).length * scenario.transports.length * scenario.repeat
  return [`It was ended early: ${runs.length} of ${wanted} runs were made.`]
}

/** More of them would bury what is to be read after them. */
const MOST = 5

/** How many, then each with its reason: it names the figure that was too bad. */
function invalid({ runs }: Report): string[] {
  const struck = runs.filter((run) => run.invalid !== undefined)
  if (struck.length === 0) return []
  const named = struck.slice(0, MOST).map((run) => `${nameOf(run)}: ${run.invalid}`)
  const more = struck.length - named.length
  return [
    `${struck.length} of ${runs.length} runs ${struck.length === 1 ? 'is invalid and stands' : 'are invalid and stand'} in no summary here.`,
    ...named,
    ...(more > 0 ? [`And ${more} more: the CSV below says why of each.`] : []),
  ]
}

const nameOf = ({ transport, case: label, repetition }: Run) =>
  [looks[transport].label, label, `run ${repetition}`].filter(Boolean).join(' ')

/** The generator's own lateness would be read as the server's: the worst of it is said, not hidden. */
function punctual(runs: readonly Run[]): string {
  const worst = Math.max(
    ...runs.map(({ lateness }) => lateness.p99 ?? lateness.max ?? Number.NEGATIVE_INFINITY),
  )
  if (!Number.isFinite(worst)) return 'Nothing was published, so nothing could be late.'
  return `The load itself was at most ${worst.toFixed(worst < 10 ? 1 : 0)} ms late (the highest 99th percentile of a run).`
}
