import { type FigureName, figures, knownFigures, type Row, timesBest } from './figures.ts'
import type { Settings } from './hash.ts'

/** Under which circumstances the figures came about: without them no figure means anything. */
export interface Circumstances {
  settings: Pick<Settings, 'room' | 'scenario' | 'rate' | 'arrivals' | 'burst' | 'payload' | 'every' | 'over'>
  /** Whether page and server share a clock. */
  oneClock: boolean
  /** When counting began and when these figures were taken, ms since 1970. */
  since: number
  until: number
  /** How late the page itself was, p95 in ms. */
  lateness: number | undefined
  /** What was changed meanwhile. */
  mixed: readonly string[]
  page: string
  userAgent: string
}

interface Measured {
  value: number | undefined
  unit: string
  timesBest: number | undefined
  n: number
  origin: string
  by: string
}

/** Every figure of every lane. Nothing is rounded that was measured; readers round. */
function measured(name: FigureName, row: Row, rows: readonly Row[]): Measured {
  const { unit, value, explanation } = figures[name]
  const { n } = row.deliveries
  return {
    value: value(row),
    unit,
    timesBest: timesBest(name, row, rows),
    n,
    origin: explanation.origin,
    by: explanation.by,
  }
}

function circumstances({ settings, since, until, lateness, mixed, page, userAgent }: Circumstances) {
  return {
    demonstration: 'all lanes at once: a demonstration, not a benchmark',
    room: settings.room,
    scenario: settings.scenario,
    messagesPerSecond: settings.rate,
    arrivals: settings.arrivals === 'bursts' ? `bursts of ${settings.burst}` : settings.arrivals,
    payload: settings.payload === 'conversation' ? settings.payload : `${settings.payload} bytes of text`,
    sentOver: settings.over === 'each' ? 'each lane in turn' : settings.over,
    pollInterval: settings.every,
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    pageLatenessP95: lateness,
    changedMeanwhile: mixed.join(', '),
    page,
    userAgent,
  }
}

export function toJson(rows: readonly Row[], about: Circumstances): string {
  const names = knownFigures(about.oneClock)
  const lanes = rows.map((row) => ({
    transport: row.transport,
    figures: Object.fromEntries(names.map((name) => [name, measured(name, row, rows)])),
  }))
  return `${JSON.stringify({ ...circumstances(about), lanes }, undefined, 2)}\n`
}

/** One line per figure, so that each carries its own n and origin. RFC 4180. */
export function toCsv(rows: readonly Row[], about: Circumstances): string {
  const around = circumstances(about)
  const head = [
    'transport',
    'figure',
    'value',
    'unit',
    'timesBest',
    'n',
    'origin',
    'by',
    ...Object.keys(around),
  ]
  const lines = rows.flatMap((row) =>
    knownFigures(about.oneClock).map((name) => {
      const { value, unit, timesBest: times, n, origin, by } = measured(name, row, rows)
      return [row.transport, name, value, unit, times, n, origin, by, ...Object.values(around)]
    }),
  )
  return [head, ...lines].map((line) => `${line.map(cell).join(',')}\r\n`).join('')
}

function cell(value: string | number | undefined): string {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
