import type { Report } from '../../scenarios/report.ts'
import type { FigureId, FigureOf } from '../../scenarios/stats/figures.ts'
import type { Explanation } from '../ui/explain.tsx'

/** What a figure is, for "what is this?"; the sentence itself stands with the figure. */
export function explain({ id, label, formula }: FigureOf, { environment }: Report): Explanation {
  const load =
    environment.where === 'browser' ? 'the page that made the load' : 'the process that made the load'
  return {
    title: label,
    text: formula,
    formula: 'Over repetitions: the median of the valid runs’ own values. Percentiles are never pooled.',
    origin: 'measured',
    by: witnesses[id] === 'load' ? `by ${load}, of every delivery.` : `by ${witnesses[id]}.`,
  }
}

const sockets = 'the server at its TCP sockets: every byte, heads included'
const process = 'the operating system, of the server’s process'

/** Who saw it. */
const witnesses: Record<FigureId, string> = {
  'latency.p50': 'load',
  'latency.p95': 'load',
  'latency.p99': 'load',
  'latency.max': 'load',
  'raw.p99': 'load',
  'since-server.p50': 'load',
  bytes: sockets,
  overhead: sockets,
  heads: sockets,
  framing: sockets,
  control: sockets,
  requests: sockets,
  'empty-share': sockets,
  connections: sockets,
  cpu: process,
  memory: process,
  'deliveries-per-cpu-second': process,
  lost: 'load',
  duplicated: 'load',
  reordered: 'load',
  late: 'load',
  'recovery.p50': 'load',
  'recovery.max': 'load',
}
