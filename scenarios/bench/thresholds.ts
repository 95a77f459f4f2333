import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { nearest } from '../nearest.ts'
import type { Report } from '../report.ts'
import { type FigureId, figureOf, figures } from '../stats/figures.ts'
import { summarise } from '../stats/summary.ts'

/**
 * What a report must satisfy, like `websocket.latency.p99<50` or, of one case of a sweep, `sse.rate=10.lost=0`:
 * `<transport>[.<case>].<figure><operator><number>`. The number has the figure's own unit.
 */
export interface Threshold {
  /** As it was typed. */
  text: string
  transport: TransportName
  /** Absent: every case. */
  case?: string
  figure: FigureId
  operator: Operator
  number: number
}

const operators = {
  '<=': (value: number, limit: number) => value <= limit,
  '>=': (value: number, limit: number) => value >= limit,
  '<': (value: number, limit: number) => value < limit,
  '>': (value: number, limit: number) => value > limit,
  '=': (value: number, limit: number) => value === limit,
} as const
type Operator = keyof typeof operators

const example = 'A threshold is written like websocket.latency.p99<50 or sse.lost=0'

/** Throws a sentence that says what is wrong with it. */
export function parseThreshold(typed: string): Threshold {
  const text = typed.trim().replaceAll(/\s*(<=|>=|<|>|=)\s*/g, '$1')
  // The last one: the name of a case has a sign of equality itself.
  const found = [...text.matchAll(/<=|>=|<|>|=/g)].at(-1)
  const operator = (found?.[0] ?? '') as Operator
  const right = found ? text.slice(found.index + operator.length) : ''
  const number = right === '' ? Number.NaN : Number(right)
  if (!Number.isFinite(number)) throw new Error(`"${typed}" compares with no number. ${example}.`)

  const [first = '', ...rest] = text.slice(0, found?.index).split('.')
  const transport = transportNames.find((name) => name === first)
  if (!transport) {
    const meant = nearest(first, transportNames)
    const hint = meant ? `Did you mean "${meant}"?` : `There are: ${transportNames.join(', ')}.`
    throw new Error(`"${first}" in "${typed}" is no transport. ${hint} ${example}.`)
  }
  const inLane = rest.join('.')
  // The longest first, should one figure's id ever end with another's.
  const ids = figures.map(({ id }) => id).sort((one, other) => other.length - one.length)
  const figure = ids.find((id) => inLane === id || inLane.endsWith(`.${id}`))
  if (!figure) {
    const meant = nearest(inLane, ids)
    const hint = meant ? `Did you mean "${meant}"?` : `There are: ${figures.map(({ id }) => id).join(', ')}.`
    throw new Error(`"${inLane}" in "${typed}" is no figure. ${hint}`)
  }
  const label = inLane.slice(0, -figure.length - 1)
  return { text, transport, ...(label && { case: label }), figure, operator, number }
}

export interface Judgement {
  threshold: Threshold
  holds: boolean
  /** A sentence with the figures. */
  because: string
}

/**
 * Judges the median over the valid runs of every case it names. What no valid run can answer is broken: a limit that
 * was never looked at has not been kept.
 */
export function judge(report: Report, threshold: Threshold): Judgement {
  const { transport, figure, operator, number, text } = threshold
  const answer = (holds: boolean, because: string): Judgement => ({ threshold, holds, because })
  const found = summarise(report).filter(
    (summary) =>
      summary.transport === transport && (threshold.case === undefined || summary.case === threshold.case),
  )
  if (found.length === 0) return answer(false, `${text}: broken, because no run answers it.`)

  const { unit } = figureOf(figure)
  const judged = found.map(({ case: label, valid, invalid, figures: { [figure]: estimate } }) => {
    const where = label && `with ${label} `
    if (valid === 0)
      return {
        holds: false,
        said: `${where}${invalid === 1 ? 'the only run is' : `all ${invalid} runs are`} invalid`,
      }
    if (!estimate) return { holds: false, said: `${where}no run has this figure` }
    const value = `${Number(estimate.median.toPrecision(4))}${unit && ` ${unit}`}`
    const runs = valid === 1 ? 'one valid run' : `${valid} valid runs`
    return {
      holds: operators[operator](estimate.median, number),
      said: `${where}the median of ${runs} is ${value}`,
    }
  })
  const broken = judged.filter(({ holds }) => !holds)
  const told = (broken.length > 0 ? broken : judged).map(({ said }) => said).join('; ')
  return answer(broken.length === 0, `${text}: ${broken.length > 0 ? 'broken, because' : 'kept,'} ${told}.`)
}
