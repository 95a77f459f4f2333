import { describeConditions, titleOf } from '../network/conditions.ts'
import type { Way } from '../network/route.ts'
import type { Disturbance } from './disturbances.ts'
import { caveats, type FigureName, figures, knownFigures, type Row, timesBest } from './figures.ts'
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
  /** How the lanes reach the server. */
  way: Way
  /** What was done to their connections, newest first. */
  disturbances: readonly Disturbance[]
  page: string
  userAgent: string
}

const BY_PAGE = 'by this page: its clock, and the seq of every entry'

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
    origin: originOf(explanation.origin, unit, row),
    by: explanation.by,
  }
}

/** A time that may hold a modelled handshake, or a preflight, says so. */
function originOf(origin: string, unit: string, row: Row): string {
  return unit === 'ms' ? [origin, ...caveats(row)].join('; ') : origin
}

function circumstances({ settings, since, until, lateness, mixed, way, page, userAgent }: Circumstances) {
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
    network:
      way.port === undefined
        ? 'direct'
        : `${titleOf(way.network)}: ${describeConditions(way.conditions)}; made by a proxy of the server, without packet loss or slow start`,
    userAgent,
  }
}

export function toJson(rows: readonly Row[], about: Circumstances): string {
  const names = knownFigures(about.oneClock)
  const lanes = rows.map((row) => ({
    transport: row.transport,
    figures: Object.fromEntries(names.map((name) => [name, measured(name, row, rows)])),
  }))
  const disturbances = about.disturbances.map(
    ({ title, at, network, connections, movedFirst, note, recoveries }) => ({
      title,
      at: new Date(at).toISOString(),
      network,
      connections,
      movedFirst,
      note,
      origin: 'measured',
      by: BY_PAGE,
      lanes: recoveries.map(({ after, ...counts }) => ({ ...counts, backAfterMs: after })),
    }),
  )
  return `${JSON.stringify({ ...circumstances(about), lanes, disturbances }, undefined, 2)}\n`
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
  const recovered = about.disturbances.flatMap(({ title, at, recoveries }) =>
    recoveries.flatMap(({ transport, after, delivered, missed, duplicated, gaps }) =>
      Object.entries({ backAfter: after, delivered, missed, duplicated, gaps }).map(([name, value]) => {
        const figure = `${name} since “${title}” at ${new Date(at).toISOString()}`
        const unit = name === 'backAfter' ? 'ms' : 'count'
        const n = name === 'backAfter' ? 1 : delivered
        return [transport, figure, value, unit, '', n, 'measured', BY_PAGE, ...Object.values(around)]
      }),
    ),
  )
  return [head, ...lines, ...recovered].map((line) => `${line.map(cell).join(',')}\r\n`).join('')
}

function cell(value: string | number | undefined): string {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
