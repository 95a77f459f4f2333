import type { Unit } from '../../scenarios/stats/figures.ts'
import { withUnit, written } from '../../scenarios/stats/words.ts'

/** A value as people read it; a dash where there is none. */
export const format = (value: number | undefined): string => (value === undefined ? '–' : written(value))

/** The same with its unit behind it. */
export const formatWithUnit = (value: number | undefined, unit: Unit): string =>
  value === undefined ? '–' : withUnit(value, unit)

/** A ratio to a baseline of 1.00. */
export const formatRatio = (ratio: number): string =>
  `× ${ratio >= 99.95 ? written(ratio) : ratio.toFixed(2)}`

/** When something began, in the reader's own time zone. */
export const formatTime = (iso: string): string =>
  new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
