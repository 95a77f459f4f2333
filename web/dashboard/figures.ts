import type { Tally } from '../../server/contract/meter.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import type { Sequence } from '../network/sequence.ts'
import type { Explanation } from '../ui/explain.tsx'
import type { Deliveries } from './delivery.ts'
import { bytesOf } from './tally.ts'

/** What was measured of one lane since Run or Reset. */
export interface Row {
  transport: TransportName
  deliveries: Pick<Deliveries, 'n' | 'percentile'>
  /** From the server's log to this lane; empty unless page and server share a clock. */
  sinceServer: Pick<Deliveries, 'n' | 'percentile'>
  sequence: Readonly<Sequence>
  reconnects: number
  /** Where the lane stands in the feed. */
  lastSeq: number | undefined
  /** What each new connection waited for its modelled handshake, at the most, ms; none without a link. */
  handshake?: number
  /** From the server's sockets. */
  tally: Tally
}

/** What else is in a lane's times than the way of its entries, in words that stand beside them. */
export function caveats({ handshake = 0, tally: { connections, preflights } }: Row): string[] {
  return [
    handshake > 0 && connections > 0 && `modelled: ${plural(connections, 'new connection')}`,
    preflights > 0 && plural(preflights, 'preflight'),
  ].filter((each) => each !== false)
}

const plural = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`

/** Explains them. */
export const caveat: Explanation = {
  title: 'What else is in these times',
  text: 'A message that had to wait for a new connection through the network waited for its TCP handshake too. That wait is modelled: the kernel finishes the handshake before the proxy sees the connection, so the proxy holds the first bytes for one round trip instead. A preflight is a question the browser asks before it publishes to another port.',
  formula: 'new connections and preflights of this lane since Run or Reset',
  origin: 'modelled',
  by: 'by the proxy that makes the network: one round trip for each new connection.',
}

/** One figure: how it is worked out, shown, compared and explained. Lanes, table and export all ask here. */
export interface Figure {
  label: string
  unit: 'ms' | 'bytes' | 'count'
  /** A cost is compared with the best lane's. */
  cost: boolean
  /** Absent where it cannot be known yet. */
  value(row: Row): number | undefined
  explanation: Explanation
}

/** Below this many deliveries the slowest one is the 99th percentile, which says little. */
const P99_FROM = 100

const ownClock = "by this page's clock, which steps by 0.1 ms: ± 0.1 ms. Only of what this page sent."
const ownCheck = 'by this page, from the seq of every entry the lane handed over.'
const meter = 'by the server at its TCP sockets: every byte, heads included.'

const delivery = (percent: number, share: string): Explanation => ({
  title: `Delivery, p${percent}`,
  text: `${share} this page sent arrived on this lane within this time. It includes the wire of the lane that published, and any lateness of this page.`,
  formula: `receive − the instant it was due; nearest rank: the ⌈${percent / 100} n⌉th smallest of n`,
  origin: 'measured',
  by: ownClock,
})

const count = (
  label: string,
  value: Figure['value'],
  explanation: Omit<Explanation, 'origin' | 'title'>,
  cost = false,
): Figure => ({
  label,
  unit: 'count',
  cost,
  value,
  explanation: { title: label, origin: 'measured', ...explanation },
})

const bytes = (
  label: string,
  value: Figure['value'],
  text: string,
  formula: string,
  cost = false,
): Figure => ({
  label,
  unit: 'bytes',
  cost,
  value,
  explanation: { title: label, text, formula, origin: 'measured', by: meter },
})

export const figures = {
  p50: {
    label: 'p50',
    unit: 'ms',
    cost: true,
    value: ({ deliveries }) => deliveries.percentile(0.5),
    explanation: delivery(50, 'Half of the messages'),
  },
  p95: {
    label: 'p95',
    unit: 'ms',
    cost: true,
    value: ({ deliveries }) => deliveries.percentile(0.95),
    explanation: delivery(95, '19 of 20 messages'),
  },
  p99: {
    label: 'p99',
    unit: 'ms',
    cost: true,
    value: ({ deliveries }) => (deliveries.n < P99_FROM ? undefined : deliveries.percentile(0.99)),
    explanation: {
      ...delivery(99, '99 of 100 messages'),
      formula: `as p50, with ⌈0.99 n⌉; shown from n = ${P99_FROM}, for before that it is just the slowest`,
    },
  },
  sinceServer: {
    label: 'since the server had it',
    unit: 'ms',
    cost: true,
    value: ({ sinceServer }) => sinceServer.percentile(0.5),
    explanation: {
      title: 'Since the server had it, p50',
      text: 'Half of the messages this page sent were on this lane within this time after the server had put them into its log. The wire that published is not in it, so it tells what the receiving side alone takes.',
      formula: 'receive − `at` of the entry; nearest rank: the ⌈0.5 n⌉th smallest of n',
      origin: 'measured',
      by: 'by this page’s clock and the server’s, which are one machine’s, read by two programs: ± 1 ms, so that it may fall below 0. Shown only on loopback.',
    },
  },
  n: count('n', ({ deliveries }) => deliveries.n, {
    text: 'How many deliveries the percentiles rest on: messages this page sent, once each. What others sent is delivered too, but timed by their clocks.',
    formula: 'messages of this page that arrived on this lane',
    by: 'by this page.',
  }),
  delivered: count('delivered', ({ sequence }) => sequence.delivered, {
    text: 'Entries that arrived on this lane, whoever sent them. All lanes read the same feed, so they should agree.',
    formula: 'entries handed over whose seq is beyond the newest that any lane had at Run or Reset',
    by: ownCheck,
  }),
  missed: count('missed', ({ sequence }) => sequence.missed, {
    text: 'Entries that never came although a later one did, and no gap was announced. It must be 0.',
    formula: 'holes in seq, which rises by exactly 1',
    by: ownCheck,
  }),
  duplicated: count('duplicated', ({ sequence }) => sequence.duplicated, {
    text: 'Entries that came again. It must be 0.',
    formula: 'seqs that this lane had handed over before',
    by: ownCheck,
  }),
  reordered: count('reordered', ({ sequence }) => sequence.reordered, {
    text: 'Entries that came after a later one. It must be 0.',
    formula: 'seqs that filled a hole afterwards',
    by: ownCheck,
  }),
  lastSeq: count('last seq', ({ lastSeq }) => lastSeq, {
    text: 'The newest entry of the feed that this lane has delivered. Lanes with the same number stand at the same place.',
    formula: 'seq of the latest entry',
    by: 'by this page.',
  }),
  requests: count(
    'requests',
    ({ tally }) => tally.requests,
    {
      text: 'HTTP requests of this lane: polls, publishes over HTTP, and the handshake of a socket.',
      formula: 'requests the server read, upgrades included, preflights not',
      by: meter,
    },
    true,
  ),
  empty: count('empty', ({ tally }) => tally.emptyResponses, {
    text: 'Polls that were answered with nothing new.',
    formula: 'answers to polls without an entry',
    by: meter,
  }),
  connections: count('connections', ({ tally }) => tally.connections, {
    text: 'TCP connections opened since Run or Reset. Browsers share theirs between lanes: one counts for the lane of its first request.',
    formula: 'connections accepted whose first request named this lane',
    by: meter,
  }),
  reconnects: count('reconnects', ({ reconnects }) => reconnects, {
    text: 'How often the lane lost its connection and went for another.',
    formula: 'times the state became "reconnecting"',
    by: 'by this page.',
  }),
  perEntry: bytes(
    'bytes per entry',
    ({ tally }) => (tally.entriesOut > 0 ? bytesOf(tally).total / tally.entriesOut : undefined),
    'What it took, everything included, to deliver one entry on this lane. A lane that publishes pays for that too.',
    'bytes ÷ entries sent on this lane',
    true,
  ),
  bytes: bytes(
    'bytes',
    ({ tally }) => bytesOf(tally).total,
    'Everything that crossed the TCP connections for this lane, in both directions.',
    'bytes read + bytes written',
    true,
  ),
  payload: bytes(
    'payload',
    ({ tally }) => bytesOf(tally).payload,
    'The messages themselves.',
    'UTF-8 bytes of JSON.stringify of each draft as received and each entry as sent',
  ),
  heads: bytes(
    'heads',
    ({ tally }) => bytesOf(tally).heads,
    'HTTP heads: request line, status line and headers, handshakes included.',
    'bytes of HTTP messages without their bodies',
  ),
  control: bytes(
    'control',
    ({ tally }) => bytesOf(tally).control,
    'Messages about the feed: receipts, joins, pings, heartbeats, the envelope of a page.',
    'bytes of messages that are no entry and no draft',
  ),
  framing: bytes(
    'framing',
    ({ tally }) => bytesOf(tally).framing,
    'What wraps each message on the wire: frame heads and masks, event-stream fields, packet types.',
    'bytes − payload − heads − control',
  ),
  emptyBytes: bytes(
    'in empty polls',
    ({ tally }) => bytesOf(tally).empty,
    'All bytes of polls that brought nothing. A cross-cut of the parts before it, not a part of its own.',
    'bytes of those requests and their answers',
  ),
} as const satisfies Record<string, Figure>

export type FigureName = keyof typeof figures

export const figureNames = Object.keys(figures) as FigureName[]

/** The figures that can be known: a time between two clocks only where those are one machine's. */
export const knownFigures = (oneClock: boolean): FigureName[] =>
  figureNames.filter((name) => oneClock || name !== 'sinceServer')

/**
 * How many times the best lane's value this is; 1 for the best. Without end where the best is nothing at all. A lane that
 * delivered nothing has cost nothing, and that is no merit: it is not compared.
 */
export function timesBest(name: FigureName, row: Row, rows: readonly Row[]): number | undefined {
  const { cost, value }: Figure = figures[name]
  const mine = value(row)
  if (!cost || mine === undefined || row.sequence.delivered === 0) return undefined
  const lanes = rows.filter(({ sequence }) => sequence.delivered > 0)
  const best = Math.min(...lanes.map((each) => value(each) ?? Number.POSITIVE_INFINITY))
  if (best === 0) return mine === 0 ? 1 : undefined
  return mine / best
}

/** A value as people read it. Milliseconds have the one decimal that the clock can tell. */
export function format(value: number | undefined, unit: Figure['unit']): string {
  if (value === undefined) return '–'
  if (unit === 'ms') return value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : value.toFixed(1)
  if (unit === 'bytes') return formatBytes(value)
  return value.toLocaleString('en')
}

/** In units of 1000, with three digits. */
export function formatBytes(value: number): string {
  const size = Math.abs(value)
  if (size < 999.5) return `${Math.round(value)} B`
  const [divisor, unit] = size < 999_500 ? [1e3, 'kB'] : size < 999.5e6 ? [1e6, 'MB'] : [1e9, 'GB']
  const scaled = value / divisor
  return `${scaled.toFixed(Math.abs(scaled) < 9.995 ? 2 : Math.abs(scaled) < 99.95 ? 1 : 0)} ${unit}`
}
