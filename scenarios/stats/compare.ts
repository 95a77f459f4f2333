import type { TransportName } from '../../server/contract/transports.ts'
import type { Environment, Report } from '../report.ts'
import type { Scenario } from '../scenario.ts'
import { type FigureId, type FigureOf, figureOf } from './figures.ts'
import { holm } from './holm.ts'
import { leastP, rankSumP, ratioOf } from './rank-sum.ts'
import { type Estimate, type Summary, summarise } from './summary.ts'
import { SHORTEST_TOLD } from './verdict.ts'
import { nameOf, written } from './words.ts'

/**
 * Whether two reports differ, told so that it can be defended:
 *
 * - The repetitions of the one are held against those of the other as independent samples. What changed on
 *   the machine between the two is in the difference too; no test can take it out, and close calls should be
 *   run again in turn.
 * - Only a few figures are tested, those that a reader decides by. Each further one makes it harder to show
 *   anything of the rest: the others are to be looked at, in the two summaries side by side.
 * - p is that of the exact rank-sum test, corrected by Holm for the number of comparisons in all.
 * - A difference is told when the corrected p is below `alpha` and the 95 % interval of the ratio lies wholly
 *   beyond the smallest effect. Otherwise there is none that could be detected, which is not to say that
 *   there is none: the interval says how large it may yet be.
 * - On one machine medians less than 2 ms apart are a tie, whatever a test says: the machine's own mood changes
 *   by that much between two calls of the command.
 * - Where so few repetitions could not have shown any difference, that is the verdict, and a warning says how
 *   many could.
 * - A figure that came out the same in every repetition of a report, in both reports, is determined by the
 *   work, like the bytes of texts of fixed length: it needs no test, and does not burden those that do
 *   (Tarone, Biometrics 46, 1990, leaves out what cannot become significant).
 */
export interface Comparison {
  case: string
  transport: TransportName
  figure: FigureId
  before: Estimate
  after: Estimate
  /** After divided by before: the median of the ratios of each repetition to each (see rank-sum.ts). */
  ratio: number
  /** 95 %. Absent with too few repetitions for one. */
  interval?: [number, number]
  /** Of this comparison alone, two-sided. */
  p: number
  /** Corrected for all comparisons of the two reports. */
  pHolm: number
  verdict: CompareVerdict
}

/** Times become faster or slower, other figures lower or higher. */
export type CompareVerdict =
  | 'no detectable difference'
  | 'too few repetitions'
  | 'faster'
  | 'slower'
  | 'lower'
  | 'higher'

export interface CompareOptions {
  /** The smallest effect worth telling, as a share: 0.03 is 3 %. */
  smallest?: number
  /** The chance of even one false difference that is put up with: 0.05. */
  alpha?: number
  /** Which figures to test, instead of those that are. */
  figures?: readonly FigureId[]
}

/** Latency as it usually is and at its worst hundredth, and the three things that transports cost. */
export const tested: readonly FigureId[] = ['latency.p50', 'latency.p99', 'bytes', 'cpu', 'memory']

export function compareReports(
  a: Report,
  b: Report,
  { smallest = 0.03, alpha = 0.05, figures = tested }: CompareOptions = {},
): { comparisons: Comparison[]; warnings: string[] } {
  const pairs = paired(a, b)
  const found = pairs.flatMap(({ before, after }) =>
    figures.map(figureOf).flatMap((figure) => measured(before, after, figure)),
  )
  const open = found.filter((pair) => !settled(pair))
  const corrected = holm(open.map(({ p }) => p))
  const oneHost = a.environment.sameHost && b.environment.sameHost
  const isTie = ({ figure, before, after }: Measured) =>
    oneHost && figure.unit === 'ms' && Math.abs(after.median - before.median) < SHORTEST_TOLD
  const enough = (pair: Measured) =>
    settled(pair) || leastP(pair.before.points.length, pair.after.points.length) * open.length < alpha

  const comparisons = found.map((pair): Comparison => {
    const at = open.indexOf(pair)
    const pHolm = at < 0 ? pair.p : (corrected[at] ?? 1)
    const { figure, ...rest } = pair
    const { ratio, interval } = rest
    return {
      ...rest,
      figure: figure.id,
      pHolm,
      verdict: !enough(pair)
        ? 'too few repetitions'
        : !isTie(pair) &&
            pHolm < alpha &&
            interval &&
            (interval[0] > 1 + smallest || interval[1] < 1 / (1 + smallest))
          ? direction(figure, ratio)
          : 'no detectable difference',
    }
  })
  return {
    comparisons,
    warnings: [...differences(a, b), ...troubles(a, b), ...tooFew(open, enough, alpha)],
  }
}

/**
 * A comparison as a sentence without its place: "slower: ×1.210 (95 % interval 1.180–1.250, p = 0.004 by
 * Holm)".
 */
export function describe({ verdict, ratio, interval, pHolm }: Comparison): string {
  const range = interval ? `95 % interval ${interval.map((end) => end.toFixed(3)).join('–')}, ` : ''
  const p = pHolm < 0.001 ? 'p < 0.001' : `p = ${pHolm.toFixed(3)}`
  return `${verdict}: ×${ratio.toFixed(3)} (${range}${p} by Holm)`
}

interface Measured extends Omit<Comparison, 'figure' | 'pHolm' | 'verdict'> {
  figure: FigureOf
}

function measured(before: Summary, after: Summary, figure: FigureOf): Measured[] {
  const [one, other] = [before.figures[figure.id], after.figures[figure.id]]
  // Of what can be nothing, like a count of losses, there is no ratio.
  if (!one || !other || Math.min(...one.points, ...other.points) <= 0) return []
  const place = { case: before.case, transport: before.transport, figure, before: one, after: other }
  if (constant(one) && constant(other)) {
    const ratio = other.median / one.median
    return [{ ...place, ratio, interval: [ratio, ratio], p: ratio === 1 ? 1 : 0 }]
  }
  return [{ ...place, ...ratioOf(one.points, other.points, 0.05), p: rankSumP(one.points, other.points) }]
}

/** The same in so many repetitions, each with traffic of its own, is no accident. */
const ENOUGH_TO_BE_CONSTANT = 3

const constant = ({ points }: Estimate) =>
  points.length >= ENOUGH_TO_BE_CONSTANT && points.every((point) => point === points[0])

const settled = ({ before, after }: Measured) => constant(before) && constant(after)

function direction({ unit }: FigureOf, ratio: number): CompareVerdict {
  if (unit === 'ms') return ratio > 1 ? 'slower' : 'faster'
  return ratio > 1 ? 'higher' : 'lower'
}

function paired(a: Report, b: Report): { before: Summary; after: Summary }[] {
  const others = summarise(b)
  return summarise(a).flatMap((before) => {
    const after = others.find((each) => each.case === before.case && each.transport === before.transport)
    return after ? [{ before, after }] : []
  })
}

function tooFew(open: readonly Measured[], enough: (pair: Measured) => boolean, alpha: number): string[] {
  const poor = open.filter((pair) => !enough(pair))
  const [first] = poor
  if (!first) return []
  let needed = 2
  while (leastP(needed, needed) * open.length >= alpha) needed++
  const [before, after] = [first.before.points.length, first.after.points.length]
  const all = poor.length === open.length ? '' : `, as it is with ${poor.length} of them`
  return [
    `${before} repetitions against ${after} cannot show a difference among ${open.length} comparisons${all}: ` +
      `even where every one of the one report lies beyond all of the other, chance alone does that too often. ` +
      `Repeat ${needed} times or more, better 10, or compare fewer figures.`,
  ]
}

/** What else than the software is not the same: all of it is in the differences. */
function differences(a: Report, b: Report): string[] {
  const machine = (['cpu', 'cpuCount', 'memoryBytes', 'os', 'runtime'] as const).filter(
    (field) => a.environment[field] !== b.environment[field],
  )
  const surroundings: [keyof Environment, string][] = [
    ['where', 'Not run in the same way'],
    ['server', 'Not the same kind of server'],
    ['together', 'Not both one transport at a time'],
    ['sameHost', 'Not the same distance between load and server (same host)'],
    ['loopback', 'Not the same distance between load and server (loopback)'],
    ['tls', 'Not both with TLS'],
    ['cores', 'Not the same use of cores'],
  ]
  const asked = (Object.keys({ ...a.scenario, ...b.scenario }) as (keyof Scenario)[]).filter(
    (field) => !prose.has(field) && JSON.stringify(a.scenario[field]) !== JSON.stringify(b.scenario[field]),
  )
  return [
    ...asked.map(
      (field) =>
        `Not the same experiment: ${field} is ${shown(a.scenario[field])} before and ${shown(b.scenario[field])} after.`,
    ),
    ...(a.publishOver === b.publishOver
      ? []
      : [`Not the same experiment: published over ${a.publishOver} before and ${b.publishOver} after.`]),
    ...machine.map(
      (field) =>
        `Not the same machine: ${field} is ${shown(a.environment[field])} before and ${shown(b.environment[field])} after.`,
    ),
    ...surroundings
      .filter(([field]) => a.environment[field] !== b.environment[field])
      .map(
        ([field, says]) =>
          `${says}: ${shown(a.environment[field])} before, ${shown(b.environment[field])} after.`,
      ),
    ...(a.seed === b.seed
      ? []
      : [`Not the same seed, so not the same traffic: ${a.seed} before, ${b.seed} after.`]),
  ]
}

/** Fields that say what a scenario is for, not what it does. How often it is repeated is seen from n. */
const prose: ReadonlySet<keyof Scenario> = new Set([
  'name',
  'title',
  'question',
  'about',
  'repeat',
  'transports',
  'notInBrowser',
])

const shown = (value: unknown) =>
  value === undefined ? 'not set' : typeof value === 'string' ? `"${value}"` : JSON.stringify(value)

/** What is wrong with either, and what only one of them has. */
function troubles(a: Report, b: Report): string[] {
  const sides = [
    { report: a, other: b, when: 'before' },
    { report: b, other: a, when: 'after' },
  ]
  return sides.flatMap(({ report, other, when }) => {
    const { runs, interrupted, environment } = report
    const invalid = runs.filter((run) => run.invalid !== undefined).length
    const wrong = (['lost', 'duplicated', 'reordered'] as const).flatMap((trouble) => {
      const total = runs.reduce((sum, run) => sum + run[trouble], 0)
      return total > 0 ? [`${written(total)} ${trouble}`] : []
    })
    const theirs = new Set(summarise(other).map(placeOf))
    const alone = summarise(report).filter((summary) => !theirs.has(placeOf(summary)))
    return [
      ...(wrong.length > 0 ? [`Deliveries went wrong in the report ${when}: ${wrong.join(', ')}.`] : []),
      ...(invalid > 0
        ? [`${invalid} of ${runs.length} runs ${when} ${invalid === 1 ? 'is' : 'are'} invalid and left out.`]
        : []),
      ...(interrupted ? [`The report ${when} was ended before all its runs were made.`] : []),
      ...(environment.together
        ? [`The report ${when} had all lanes at once: a demonstration, not a benchmark.`]
        : []),
      ...(alone.length > 0 ? [`Only ${when}: ${alone.map(placeOf).join(', ')}.`] : []),
    ]
  })
}

const placeOf = (summary: Summary) =>
  summary.case === '' ? nameOf[summary.transport] : `${nameOf[summary.transport]} at ${summary.case}`
