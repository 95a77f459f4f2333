import type { TransportName } from '../../server/contract/transports.ts'
import { planned } from '../plan.ts'
import type { Report, Run } from '../report.ts'
import { median, medianInterval } from './bootstrap.ts'
import { type FigureId, type FigureOf, figureOf } from './figures.ts'
import { casesOf, type Summary, summarise } from './summary.ts'
import { listed, nameOf, rangeOf, withUnit, written } from './words.ts'

/**
 * What a report says, in sentences that can be read aloud: first what speaks against it, then who is best at
 * what, by how much and how surely. Within a repetition all transports carried the same traffic, so they are
 * compared repetition by repetition; who is not better every time, or not by enough to matter, ties.
 */
export function verdictOf(report: Report): string[] {
  const summaries = summarise(report)
  const valid = report.runs.filter(({ invalid }) => invalid === undefined)
  if (valid.length === 0) return [...onTrouble(report), 'There is no valid run, so nothing can be said.']
  return [...onTrouble(report), ...topics.flatMap((topic) => onTopic(report, summaries, topic))]
}

/** What can be won: a figure, and the words for having the best of it. */
interface Topic {
  figure: FigureId
  is: string
}

const topics: readonly Topic[] = [
  { figure: 'latency.p50', is: 'the lowest latency p50' },
  { figure: 'bytes', is: 'the fewest bytes a delivery' },
  { figure: 'cpu', is: 'the least server CPU a delivery' },
  { figure: 'memory', is: 'the least server memory a connection' },
]

/** Transports closer than this at the median, in ms, tie on one machine: the noise is larger. */
export const SHORTEST_TOLD = 2
/** Elsewhere, and of all that is not time: what differs by less than 3 % is not worth a choice. */
const SMALLEST_EFFECT = 0.03

function onTrouble(report: Report): string[] {
  const { runs, interrupted, environment, scenario, seed, unreached = [] } = report
  return [
    ...onLosses(runs),
    ...unreached.map(({ transport, case: label, why }) => {
      return `${nameOf[transport]} did not get through${label && ` at ${label}`}. ${why}`
    }),
    ...onInvalid(runs),
    ...(interrupted
      ? [`It was ended early: ${runs.length} of ${planned(scenario, seed).length} runs were made.`]
      : []),
    ...(environment.together
      ? ['All lanes ran at once and took from each other: a demonstration, not a benchmark.']
      : []),
  ]
}

/** Invalid runs too: what was lost was lost. */
function onLosses(runs: readonly Run[]): string[] {
  const expected = total(runs, 'expected')
  if (expected === 0) return []
  const wrong = [...new Set(runs.map(({ transport }) => transport))].flatMap((transport) => {
    const of = runs.filter((run) => run.transport === transport)
    const what = (['lost', 'duplicated', 'reordered'] as const).filter((field) => total(of, field) > 0)
    if (what.length === 0) return []
    const counts = listed(what.map((field) => `${written(total(of, field))} ${field}`))
    return [
      `${nameOf[transport]} broke its promise: of ${written(total(of, 'expected'))} deliveries ${counts}.`,
    ]
  })
  return wrong.length > 0 ? wrong : [`All ${written(expected)} deliveries came, each once and in order.`]
}

const total = (runs: readonly Run[], field: 'expected' | 'lost' | 'duplicated' | 'reordered') =>
  runs.reduce((sum, run) => sum + run[field], 0)

function onInvalid(runs: readonly Run[]): string[] {
  const reasons = runs.flatMap(({ invalid }) => invalid ?? [])
  const [reason] = reasons
  if (reason === undefined) return []
  const more = new Set(reasons).size > 1 ? ', for instance' : ''
  const count = `${reasons.length} of ${runs.length} runs ${reasons.length === 1 ? 'is' : 'are'} invalid`
  return [`${count} and left out${more}: ${reason.replace(/\.$/, '')}.`]
}

/** How one case came out on one topic. */
interface Outcome {
  case: string
  best: Standing[]
  behind: (Standing & { gap: Gap })[]
}

interface Standing {
  transport: TransportName
  median: number
  n: number
}

/** What lies between the best and another, repetition by repetition. */
interface Gap {
  median: number
  low: number
  high: number
  evidence: string
}

function onTopic(report: Report, summaries: readonly Summary[], { figure: id, is }: Topic): string[] {
  const figure = figureOf(id)
  const outcomes = casesOf(report).flatMap((label) => outcomeOf(report, summaries, label, figure) ?? [])
  const alone = new Set(outcomes.flatMap(({ best, behind }) => [...best, ...behind].map((s) => s.transport)))
  if (outcomes.length === 0) return []
  if (alone.size === 1) return [onOne(outcomes, figure)]
  if (outcomes.length > 1) return overCases(outcomes, figure, is)
  return outcomes.flatMap((outcome) => inFull(outcome, report, figure, is))
}

function outcomeOf(
  report: Report,
  summaries: readonly Summary[],
  label: string,
  figure: FigureOf,
): Outcome | undefined {
  const standings = summaries
    .flatMap(({ case: of, transport, figures }): Standing[] => {
      const estimate = of === label ? figures[figure.id] : undefined
      return estimate ? [{ transport, median: estimate.median, n: estimate.points.length }] : []
    })
    .sort((one, other) => one.median - other.median)
  const [first, ...others] = standings
  if (!first) return undefined
  const gaps = others.map((standing) => ({
    ...standing,
    gap: gapOf(report, label, first.transport, standing.transport, figure),
  }))
  const isBehind = ({ median, gap }: (typeof gaps)[number]) =>
    gap !== undefined && surely(gap, figure) && matters(median, first.median, report, figure)
  return {
    case: label,
    best: [first, ...gaps.filter((standing) => !isBehind(standing))],
    behind: gaps.flatMap((standing) =>
      standing.gap && isBehind(standing) ? [{ ...standing, gap: standing.gap }] : [],
    ),
  }
}

/** Times are told apart by their difference, in ms; all else by its ratio. */
const isTime = ({ unit }: FigureOf) => unit === 'ms'

function gapOf(
  { runs }: Report,
  label: string,
  best: TransportName,
  other: TransportName,
  figure: FigureOf,
): Gap | undefined {
  const of = (transport: TransportName) =>
    runs.filter((run) => run.case === label && run.transport === transport && run.invalid === undefined)
  const points = of(other).flatMap((run) => {
    const beside = of(best).find(({ repetition }) => repetition === run.repetition)
    const [theirs, its] = [figure.value(run), beside && figure.value(beside)]
    if (theirs === undefined || its === undefined) return []
    return [isTime(figure) ? theirs - its : theirs / its]
  })
  if (points.length === 0) return undefined
  const interval = medianInterval(points)
  const [low, high] = interval ?? [Math.min(...points), Math.max(...points)]
  const range = isTime(figure) ? rangeOf(low, high, 'ms') : `×${rangeOf(low, high, '')}`
  const n = points.length
  return {
    median: median(points),
    low,
    high,
    evidence: interval
      ? `95 % interval ${range}, n = ${n}`
      : n === 1
        ? 'one run only'
        : `points only, n = ${n}: ${range}`,
  }
}

/** The interval, or below 10 repetitions every single one, is on the side of the best. */
const surely = ({ low }: Gap, figure: FigureOf) => low > (isTime(figure) ? 0 : 1)

function matters(value: number, best: number, { environment }: Report, figure: FigureOf): boolean {
  if (isTime(figure) && environment.sameHost) return value - best >= SHORTEST_TOLD
  return value > best * (1 + SMALLEST_EFFECT)
}

/** One case: who is best, and how far behind each of the others is. */
function inFull({ best, behind }: Outcome, report: Report, figure: FigureOf, is: string): string[] {
  const says = [
    `${leading(best, behind)}${who(best)} ${best.length > 1 ? 'tie for' : 'has'} ${is}, ${at(best, figure)}${whyTied(best, report, figure)}.`,
  ]
  if (behind.length > 0) {
    const gaps = behind.map(({ transport, gap }) =>
      isTime(figure)
        ? `${nameOf[transport]} takes ${withUnit(gap.median, 'ms')} longer (${gap.evidence})`
        : `${nameOf[transport]} takes ×${written(gap.median)} (${gap.evidence})`,
    )
    const reference = best.length > 1 ? `Against ${nameOf[(best[0] as Standing).transport]}, ` : ''
    says.push(`${reference}${gaps.join('; ')}.`)
  }
  return says
}

function whyTied(best: readonly Standing[], { environment }: Report, figure: FigureOf): string {
  if (best.length === 1) return ''
  if (isTime(figure) && environment.sameHost)
    return `: on one machine, less than ${SHORTEST_TOLD} ms cannot be told apart; add distance`
  return ', less than 3 % apart or not in the same order every time'
}

/** Several cases: who is best in which, those with the same outcome together. */
function overCases(outcomes: readonly Outcome[], figure: FigureOf, is: string): string[] {
  const groups: { who: string; outcomes: Outcome[] }[] = []
  for (const outcome of outcomes) {
    const last = groups.at(-1)
    if (last?.who === who(outcome.best)) last.outcomes.push(outcome)
    else groups.push({ who: who(outcome.best), outcomes: [outcome] })
  }
  const parts = groups.map(
    ({ who, outcomes }) =>
      `${who}${outcomes[0] && outcomes[0].best.length > 1 ? ' (a tie)' : ''} ${at(
        outcomes.flatMap(({ best }) => best),
        figure,
      )}, at ${listed(outcomes.map((outcome) => outcome.case))}`,
  )
  const fewest = Math.min(...outcomes.flatMap(({ best, behind }) => [...best, ...behind].map(({ n }) => n)))
  const wins = outcomes.filter(({ best, behind }) => leading(best, behind) !== '')
  return [
    `Who has ${is}${fewest < 10 ? ` (points only, n = ${fewest})` : ''}: ${parts.join('; ')}.`,
    ...(wins.length > 0
      ? [`Here polling wins: ${is} at ${listed(wins.map((outcome) => outcome.case))}.`]
      : []),
  ]
}

/** A report on one transport: what it takes, and how that changes from case to case. */
function onOne(outcomes: readonly Outcome[], figure: FigureOf): string {
  const said = outcomes.flatMap(({ case: label, best: [only] }) =>
    only ? [`${withUnit(only.median, figure.unit)}${label && ` at ${label}`} (n = ${only.n})`] : [],
  )
  const transport = outcomes[0]?.best[0]?.transport
  return `${transport ? nameOf[transport] : ''}: ${figure.label} ${listed(said)}.`
}

const who = (best: readonly Standing[]) => listed(best.map(({ transport }) => nameOf[transport]))

function at(best: readonly Standing[], { unit }: FigureOf): string {
  const medians = best.map((standing) => standing.median)
  return rangeOf(Math.min(...medians), Math.max(...medians), unit)
}

const polls: ReadonlySet<TransportName> = new Set(['short-polling', 'long-polling'])

/** Said aloud where polling is among the best and something that pushes is not. */
const leading = (best: readonly Standing[], behind: readonly Standing[]) =>
  best.every(({ transport }) => polls.has(transport)) && behind.some(({ transport }) => !polls.has(transport))
    ? 'Here polling wins: '
    : ''
