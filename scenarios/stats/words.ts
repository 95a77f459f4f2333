import type { TransportName } from '../../server/contract/transports.ts'
import type { Unit } from './figures.ts'

/** How transports and numbers are written in sentences and tables. */

export const nameOf: Readonly<Record<TransportName, string>> = {
  'short-polling': 'Short polling',
  'long-polling': 'Long polling',
  sse: 'SSE',
  websocket: 'WebSocket',
  'socket-io': 'Socket.IO',
}

const listFormat = new Intl.ListFormat('en-GB')

/** "SSE, WebSocket and Socket.IO" */
export const listed = (words: readonly string[]): string => listFormat.format(words)

/** A number with three significant digits or all of its whole ones, and commas: 0.812, 14.2, 512, 12,345. */
export function written(value: number): string {
  const size = Math.abs(value)
  const digits =
    size >= 100 || value === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 2 - Math.floor(Math.log10(size))
  return value.toLocaleString('en-GB', { maximumFractionDigits: Math.min(digits, 6) })
}

/** With its unit: `14.2 ms`, `98.6 %`, `12,345 /s`. */
export const withUnit = (value: number, unit: Unit): string =>
  unit === '' ? written(value) : `${written(value)} ${unit}`

/** Two of one unit: `0.81–1.42 ms`; `0.81 ms` when they read the same. */
export function rangeOf(low: number, high: number, unit: Unit): string {
  const from = written(low)
  return from === written(high) ? withUnit(low, unit) : `${from}–${withUnit(high, unit)}`
}
