import type { Run } from '../../scenarios/report.ts'

/** A page that is later than this with one message in twenty, in ms, measures itself. */
const LATE = 50
/** The share of messages that may fail before the load is not the one that was asked for. */
const REFUSED = 0.01

type Observed = Pick<Run, 'lateness' | 'scheduled' | 'refused'> & {
  /** Whether the tab was out of sight at any time. */
  hidden: boolean
}

/** Why the figures of a run in a page must not be used; `undefined` when nothing speaks against them. */
export function whyInvalid({ lateness, scheduled, refused, hidden }: Observed): string | undefined {
  if (hidden) return 'The tab was hidden while it ran, and browsers slow the timers of hidden tabs.'
  if ((lateness.p95 ?? 0) >= LATE) {
    return `The page was busy: one message in twenty left ${lateness.p95?.toFixed(0)} ms or more after it was due.`
  }
  if (refused > scheduled * REFUSED) return `${refused} of ${scheduled} messages could not be published.`
  return undefined
}
