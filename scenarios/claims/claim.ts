import type { Report } from '../report.ts'
import type { Scenario } from '../scenario.ts'

/**
 * A claim is a sentence people repeat about transports. Its scenario is run on the user's own machine, and
 * its rule reads the verdict off the report: the same report always gives the same verdict, and either can
 * come out.
 */
export interface Claim {
  /** Also its file's name. */
  id: string
  /** As people say it, without a full stop. */
  sentence: string
  /** Where it is said, as a phrase: "course notes and many articles". */
  said: string
  /** Small: all of its runs take a minute or two. */
  scenario: Scenario
  /**
   * What is looked at by hand beside the runs, where traffic alone cannot answer: a function of
   * bench/experiments/. Its observations stand in the report.
   */
  experiment?: ExperimentName
  rule(report: Report): Verdict
  /** What the sentence forgets: a paragraph of plain sentences. */
  nuance: string
  /** Published figures on the same question, shown beside the measured ones as what they are. */
  quoted?: Quoted[]
}

/** Experiments are for the command line: a page has neither raw sockets nor another library's client. */
export type ExperimentName =
  | 'accept-key'
  | 'auto-reconnect'
  | 'idle-cut'
  | 'new-connection-cost'
  | 'resume-needs-ids'
  | 'socketio-fallback'
  | 'socketio-is-websocket'
  | 'tcp-so-nothing-lost'

export interface Quoted {
  /** Figure and unit, and of what, in words. */
  value: string
  source: string
}

export interface Verdict {
  verdict: 'holds' | 'does not hold' | 'depends' | 'not enough data'
  /** One or two sentences that carry the figures. */
  because: string
  figures: ClaimFigure[]
}

export interface ClaimFigure {
  label: string
  value: number
  unit: string
  /** Modelled: computed from what was measured and something that was not. */
  origin: 'measured' | 'modelled'
}
