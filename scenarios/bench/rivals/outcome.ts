import { median, quantile } from '../../stats/bootstrap.ts'
import type { Unit } from '../../stats/figures.ts'
import { withUnit, written } from '../../stats/words.ts'
import { type Measure, TUNED_WITHIN } from './rows.ts'

/** Whose server was measured. */
export const sides = ['ours', 'plain', 'tuned'] as const
export type Side = (typeof sides)[number]

/** What one round gave: a value of each side, all from the same load within minutes of each other. */
export type Round = Partial<Record<Side, number>>

/** The median of some values, and the quartiles: how far to trust it. */
export interface Spread {
  median: number
  quartiles: [number, number]
  n: number
}

/** One line of the table. */
export interface Outcome {
  measure: string
  unit: string
  sides: Partial<Record<Side, Spread>>
  /** Ours divided by theirs, round by round. */
  toPlain?: Spread
  toTuned?: Spread
  target: string
  /** Absent where nothing was aimed at, or nothing was measured. */
  met?: boolean
  /** Whether ours is no more than 10 % worse than the tuned rival. */
  tunedMet?: boolean
}

export function outcomeOf({ label, unit, target }: Measure, rounds: readonly Round[]): Outcome {
  const of = (side: Side) => spread(rounds.flatMap((round) => round[side] ?? []))
  const ratio = (to: 'plain' | 'tuned') =>
    spread(rounds.flatMap(({ ours, [to]: theirs }) => (ours === undefined || !theirs ? [] : [ours / theirs])))
  const { atMost, atLeast } = target
  const aimed = atMost !== undefined || atLeast !== undefined
  // What nobody aims at is only shown.
  const [toPlain, toTuned] = aimed ? [ratio('plain'), ratio('tuned')] : []
  const judged = target.of === 'plain' ? toPlain : of('ours')
  const lowIsGood = atLeast === undefined
  return {
    measure: label,
    unit,
    sides: Object.fromEntries(sides.flatMap((side) => (of(side) ? [[side, of(side)]] : []))),
    ...(toPlain && { toPlain }),
    ...(toTuned && { toTuned }),
    target:
      atMost !== undefined
        ? `≤ ${shown(atMost, target.of, unit)}`
        : atLeast !== undefined
          ? `≥ ${shown(atLeast, target.of, unit)}`
          : '',
    ...(judged &&
      aimed && {
        met:
          judged.median <= (atMost ?? Number.POSITIVE_INFINITY) &&
          judged.median >= (atLeast ?? Number.NEGATIVE_INFINITY),
      }),
    ...(toTuned &&
      target.of === 'plain' &&
      aimed && {
        tunedMet: lowIsGood ? toTuned.median <= 1 + TUNED_WITHIN : toTuned.median >= 1 - TUNED_WITHIN,
      }),
  }
}

const shown = (value: number, of: 'plain' | 'ours', unit: string) =>
  of === 'plain' ? `×${value.toFixed(2)}` : withUnit(value, unit as Unit)

export function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined
  const sorted = values.toSorted((a, b) => a - b)
  return {
    median: median(sorted),
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
    n: values.length,
  }
}

/** A row's outcomes as lines of text under a heading. */
export function linesOf(title: string, outcomes: readonly Outcome[]): string[] {
  return [
    title,
    ...outcomes.map(({ measure, unit, sides: of, toPlain, toTuned, target, met, tunedMet }) => {
      const values = sides.map((side) => {
        const spread = of[side]
        return (spread ? withUnit(spread.median, unit as Unit) : '').padStart(13)
      })
      const plain = toPlain ? ratioText(toPlain) : ''
      const tuned = toTuned ? ratioText(toTuned) : ''
      return [
        `  ${measure.padEnd(30)}`,
        ...values,
        plain.padStart(20),
        target.padStart(10),
        (met === undefined ? '' : met ? 'met' : 'not met').padEnd(8).padStart(9),
        tuned.padStart(20),
        tunedMet === undefined ? '' : tunedMet ? ' within 10 %' : ' not within 10 %',
      ]
        .join(' ')
        .trimEnd()
    }),
  ]
}

export const heading = [
  ' '.repeat(32),
  ...['ours', 'plain', 'tuned'].map((side) => side.padStart(13)),
  'ours / plain'.padStart(20),
  'target'.padStart(10),
  ' '.repeat(9),
  'ours / tuned'.padStart(20),
].join(' ')

/** `×0.86 (0.84–0.89)`: the median of the rounds' ratios and their quartiles. */
const ratioText = ({ median, quartiles: [low, high] }: Spread) =>
  `×${median.toFixed(2)} (${[low, high].map((end) => (end >= 100 ? written(end) : end.toFixed(2))).join('–')})`
