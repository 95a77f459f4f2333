import type { TransportName } from '../../server/contract/transports.ts'
import { cases } from '../plan.ts'
import type { Report, Run } from '../report.ts'
import type { Scenario } from '../scenario.ts'
import { median } from '../stats/bootstrap.ts'
import { type FigureId, figureOf } from '../stats/figures.ts'
import { runsOf } from '../stats/summary.ts'
import { listed, nameOf, written } from '../stats/words.ts'
import type { ClaimFigure, Verdict } from './claim.ts'

/** How rules read a report. Only valid runs are evidence, and what they lack is never taken for 0. */

/** What is read off one run: a figure by id, or one of the rule's own. */
export type Reading = FigureId | ((run: Run) => number | undefined)

/** The median of a reading over the valid runs of a case; undefined when none of them has it. */
export function medianOf(
  report: Report,
  transport: TransportName,
  label: string,
  reading: Reading,
): number | undefined {
  const read = typeof reading === 'string' ? figureOf(reading).value : reading
  const points = runsOf(report, label, transport)
    .filter(({ invalid }) => invalid === undefined)
    .map(read)
    .filter((point) => point !== undefined)
  return points.length > 0 ? median(points) : undefined
}

/**
 * A figure on two transports, from each repetition that is valid on both: what is said in a repetition is the same on all
 * transports, and in another one something else.
 */
export function pairsOf(
  report: Report,
  [one, other]: readonly [TransportName, TransportName],
  label: string,
  figure: FigureId,
): [number, number][] {
  const { value } = figureOf(figure)
  const others = runsOf(report, label, other)
  return runsOf(report, label, one).flatMap((run): [number, number][] => {
    const beside = others.find(({ repetition }) => repetition === run.repetition)
    if (!beside || run.invalid !== undefined || beside.invalid !== undefined) return []
    const [first, second] = [value(run), value(beside)]
    return first === undefined || second === undefined ? [] : [[first, second]]
  })
}

/** One part of another; undefined where there is nothing to be a part of. */
export const ratio = (part: number | undefined, of: number | undefined): number | undefined =>
  part === undefined || of === undefined || of <= 0 ? undefined : part / of

/** The label of the first case that is so. */
export const caseWhere = (report: Report, is: (scenario: Scenario) => boolean): string | undefined =>
  cases(report.scenario).find((of) => is(of.scenario))?.label

/** A reading of one case of a sweep. */
export interface Point {
  label: string
  /** The swept field's value. */
  at: number
  value: number
}

/** A reading for each case of a report's sweep that has one, in its order. */
export function pointsOf(report: Report, read: (label: string) => number | undefined): Point[] {
  const { sweep } = report.scenario
  return cases(report.scenario).flatMap(({ label }, index) => {
    const value = read(label)
    return value === undefined ? [] : { label, at: Number(sweep?.values[index] ?? 0), value }
  })
}

/** A sweep is judged from two cases on: with one there is nothing to say of what it depends on. */
export const enough = (points: readonly Point[]): boolean => points.length >= 2

/** Holds where each of them is so, does not where none is, and depends between. */
export function allOrNone<T>(found: readonly T[], is: (one: T) => boolean): Verdict['verdict'] {
  const so = found.filter(is).length
  if (so === found.length) return 'holds'
  return so === 0 ? 'does not hold' : 'depends'
}

/**
 * The same over the cases of a sweep. Where one has no valid run, it might have been the one that differs: then only
 * “depends” can be told, by those that differ already.
 */
export function byCase(
  report: Report,
  points: readonly Point[],
  is: (point: Point) => boolean,
): Verdict['verdict'] {
  const verdict = allOrNone(points, is)
  return verdict !== 'depends' && points.length < cases(report.scenario).length ? 'not enough data' : verdict
}

/**
 * Where the line through the points crosses a level for the first time, by interpolation between the two
 * neighbours on a logarithmic axis, since sweeps multiply; undefined when it does not. Modelled: nothing was
 * run there.
 */
export function crossing(points: readonly Point[], level: number): number | undefined {
  for (const [index, next] of points.entries()) {
    const before = points[index - 1]
    if (!before || before.at <= 0 || before.value > level === next.value > level) continue
    const share = (level - before.value) / (next.value - before.value)
    return before.at * (next.at / before.at) ** share
  }
  return undefined
}

export const measured = (label: string, value: number, unit: string): ClaimFigure => ({
  label,
  value,
  unit,
  origin: 'measured',
})

export const modelled = (label: string, value: number, unit: string): ClaimFigure => ({
  label,
  value,
  unit,
  origin: 'modelled',
})

/** A figure for each point, told apart by its case. */
export const measuredEach = (what: string, points: readonly Point[], unit: string): ClaimFigure[] =>
  points.map(({ label, value }) => measured(label ? `${what}, ${label}` : what, value, unit))

/** A verdict, with the number of runs behind it and the cases it had to do without. */
export function judged(
  report: Report,
  verdict: Verdict['verdict'],
  because: string,
  figures: ClaimFigure[],
): Verdict {
  return { verdict, because: [because, ...provisos(report)].join(' '), figures }
}

/** What an experiment saw, where it saw something of that kind. */
export function numberSeen(report: Report, id: string): number | undefined {
  const value = seen(report, id)
  return typeof value === 'number' ? value : undefined
}

export function flagSeen(report: Report, id: string): boolean | undefined {
  const value = seen(report, id)
  return typeof value === 'boolean' ? value : undefined
}

export function textSeen(report: Report, id: string): string | undefined {
  const value = seen(report, id)
  return typeof value === 'string' ? value : undefined
}

const seen = ({ observations = [] }: Report, id: string) => observations.find((one) => one.id === id)?.value

/**
 * The verdict when an experiment has not been made. Whether runs beside it were valid does not matter to it.
 */
export const notLooked = (needed: string): Verdict => ({
  verdict: 'not enough data',
  because: `Nobody has looked yet. It needs ${needed}.`,
  figures: [],
})

/** A verdict on what an experiment saw; the runs beside it only illustrate. */
export const observed = (verdict: Verdict['verdict'], because: string, figures: ClaimFigure[]): Verdict => ({
  verdict,
  because,
  figures,
})

/** The verdict when what the rule needs is not there. */
export function notEnough(report: Report, needed: string): Verdict {
  const invalid = report.runs.filter((run) => run.invalid !== undefined)
  const why = invalid[0]?.invalid
  const because =
    report.runs.length === 0
      ? `Nothing was run. It needs ${needed}.`
      : `It needs ${needed}; ${invalid.length} of ${report.runs.length} runs are invalid${why ? ` (${why})` : ''}.`
  return { verdict: 'not enough data', because, figures: [] }
}

function provisos(report: Report): string[] {
  const { transports } = report.scenario
  const counts = cases(report.scenario).flatMap(({ label }) =>
    transports.map((transport) => {
      const runs = runsOf(report, label, transport).filter(({ invalid }) => invalid === undefined)
      const name = nameOf[transport]
      return { name: label ? `${name} at ${label}` : name, valid: runs.length }
    }),
  )
  const missing = counts.filter(({ valid }) => valid === 0).map(({ name }) => name)
  const present = counts.map(({ valid }) => valid).filter((valid) => valid > 0)
  const least = Math.min(...present)
  const most = Math.max(...present)
  const runs = least === most ? `${least}` : `${least} to ${most}`
  const said = most === 1 ? 'One run each.' : `Medians of ${runs} runs each.`
  return missing.length > 0 ? [said, `Left out, for want of a valid run: ${missing.join(', ')}.`] : [said]
}

/** A number as one would say it, with its unit. */
export const say = (value: number, unit = ''): string =>
  unit === '' ? written(value) : `${written(value)} ${unit}`

/** Several points in a row: "480 B at 0.5, 52 B at 5 and 16 B at 50". */
export const sayEach = (points: readonly Point[], unit = ''): string =>
  listed(points.map(({ at, value }) => `${say(value, unit)} at ${say(at)}`))
