import type { Report, Run } from '../report.ts'
import { figures } from './figures.ts'

/**
 * A report as CSV (RFC 4180): one row for each run, every figure of it. Numbers have a point and no thousands mark;
 * what a run does not have is empty.
 */
export function csvOf(report: Report): string {
  const head = [...identity(report).map(([name]) => name), ...counts, ...figures.map(nameOf), 'invalid']
  const rows = report.runs.map((run) => [
    ...identity(report).map(([, value]) => value(run)),
    ...counts.map((name) => run[name]),
    ...figures.map(({ value }) => value(run)),
    run.invalid,
  ])
  return [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('')
}

const identity = ({ id, scenario }: Report): [string, (run: Run) => string | number][] => [
  ['report', () => id],
  ['scenario', () => scenario.name],
  ['case', (run) => run.case],
  ['transport', (run) => run.transport],
  ['repetition', (run) => run.repetition],
  ['order', (run) => run.order],
  ['seed', (run) => run.seed],
]

/** What the figures are made from. Losses are figures themselves. */
const counts = [
  'seconds',
  'readers',
  'scheduled',
  'published',
  'refused',
  'expected',
  'delivered',
  'reconnects',
] as const satisfies (keyof Run)[]

/** `latency.p50 (ms)` */
const nameOf = ({ id, unit }: (typeof figures)[number]) => (unit ? `${id} (${unit})` : id)

/** Quoted where RFC 4180, section 2, rules 6 and 7 ask for it. */
function field(value: string | number | undefined): string {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
