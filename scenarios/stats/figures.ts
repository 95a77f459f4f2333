import type { Run } from '../report.ts'

/** What can be read off one run, by id. Thresholds, exports, tables and claims all name figures by these. */
export type FigureId =
  | 'latency.p50'
  | 'latency.p95'
  | 'latency.p99'
  | 'latency.max'
  | 'raw.p99'
  | 'since-server.p50'
  | 'bytes'
  | 'overhead'
  | 'heads'
  | 'framing'
  | 'control'
  | 'requests'
  | 'empty-share'
  | 'connections'
  | 'cpu'
  | 'memory'
  | 'deliveries-per-cpu-second'
  | 'lost'
  | 'duplicated'
  | 'reordered'
  | 'late'
  | 'recovery.p50'
  | 'recovery.max'

export type Unit = 'ms' | 's' | 'B' | 'µs' | 'KiB' | '%' | '' | '/s'

export interface FigureOf {
  id: FigureId
  label: string
  /** `''` is a bare number. */
  unit: Unit
  better: 'lower' | 'higher' | 'neither'
  /** What it is and how it is got, as a sentence. */
  formula: string
  /**
   * Of one run; undefined where the run has no such figure: nothing was delivered, too few times, no own
   * server.
   */
  value(run: Run): number | undefined
}

/** Every figure, in the order of every table. All are measured; none is pooled over runs. */
export const figures: readonly FigureOf[] = [
  {
    id: 'latency.p50',
    label: 'Latency p50',
    unit: 'ms',
    better: 'lower',
    formula:
      'The median time from the instant a message was due to be published until a reader had it, over all deliveries.',
    value: ({ latency }) => latency.p50,
  },
  {
    id: 'latency.p95',
    label: 'Latency p95',
    unit: 'ms',
    better: 'lower',
    formula: 'The time from due to delivered that 95 of 100 deliveries did not exceed.',
    value: ({ latency }) => latency.p95,
  },
  {
    id: 'latency.p99',
    label: 'Latency p99',
    unit: 'ms',
    better: 'lower',
    formula:
      'The time from due to delivered that 99 of 100 deliveries did not exceed; not given below 100 deliveries.',
    value: ({ latency }) => latency.p99,
  },
  {
    id: 'latency.max',
    label: 'Latency max',
    unit: 'ms',
    better: 'lower',
    formula: 'The longest time from due to delivered: one delivery, so no two runs agree on it.',
    value: ({ latency }) => latency.max,
  },
  {
    id: 'raw.p99',
    label: 'Raw p99',
    unit: 'ms',
    better: 'lower',
    formula:
      'As latency p99, but from the instant the message really was sent: it hides what a stalled sender waited.',
    value: ({ rawLatency }) => rawLatency.p99,
  },
  {
    id: 'since-server.p50',
    label: 'Since server p50',
    unit: 'ms',
    better: 'lower',
    formula:
      'The median time from the instant the server had the entry in its log until a reader had it; needs one clock.',
    value: ({ sinceServer }) => sinceServer.p50,
  },
  {
    id: 'bytes',
    label: 'Bytes a delivery',
    unit: 'B',
    better: 'lower',
    formula:
      'All bytes on the readers’ sockets, both ways, divided by the entries sent to readers, as the server’s meter counted.',
    value: (run) => perEntry(run, bytesOf(run)),
  },
  {
    id: 'overhead',
    label: 'Overhead a delivery',
    unit: 'B',
    better: 'lower',
    formula: 'Bytes a delivery less the entry’s own JSON (and that of drafts, where readers publish).',
    value: (run) => perEntry(run, bytesOf(run) - payloadOf(run)),
  },
  {
    id: 'heads',
    label: 'Heads a delivery',
    unit: 'B',
    better: 'lower',
    formula: 'Bytes of HTTP heads on the readers’ sockets, both ways, divided by the entries sent.',
    value: (run) => perEntry(run, headsOf(run)),
  },
  {
    id: 'framing',
    label: 'Framing a delivery',
    unit: 'B',
    better: 'lower',
    formula: 'What is left of the bytes a delivery without heads, control messages and payload.',
    value: (run) => perEntry(run, bytesOf(run) - payloadOf(run) - headsOf(run) - controlOf(run)),
  },
  {
    id: 'control',
    label: 'Control a delivery',
    unit: 'B',
    better: 'lower',
    formula:
      'Bytes of messages about the feed (joins, receipts, heartbeats, the envelope of a page), divided by the entries sent.',
    value: (run) => perEntry(run, controlOf(run)),
  },
  {
    id: 'requests',
    label: 'Requests a delivery',
    unit: '',
    better: 'lower',
    formula: 'HTTP requests of readers, upgrades included, divided by the entries sent to them.',
    value: (run) => perEntry(run, run.readersTally.requests),
  },
  {
    id: 'empty-share',
    label: 'Empty answers',
    unit: '%',
    better: 'lower',
    formula: 'Of 100 requests of readers, how many were polls answered with nothing new.',
    value: ({ readersTally: { emptyResponses, requests } }) => share(100 * emptyResponses, requests),
  },
  {
    id: 'connections',
    label: 'New connections',
    unit: '',
    better: 'lower',
    formula: 'TCP connections of readers that the server accepted while figures counted.',
    value: ({ readersTally }) => readersTally.connections,
  },
  {
    id: 'cpu',
    label: 'Server CPU a delivery',
    unit: 'µs',
    better: 'lower',
    formula:
      'User and system time of the server’s process while figures counted, divided by the deliveries; publishing is in it.',
    value: ({ server, delivered }) => server && share(server.cpuSeconds * 1e6, delivered),
  },
  {
    id: 'memory',
    label: 'Memory a connection',
    unit: 'KiB',
    better: 'lower',
    formula:
      'How much the server’s resident memory grew while the readers connected, divided by the readers; not given below 1,000 readers, where it is noise.',
    value: ({ server, readers }) =>
      server && readers >= ENOUGH_FOR_MEMORY
        ? (server.rssConnected - server.rssBefore) / 1024 / readers
        : undefined,
  },
  {
    id: 'deliveries-per-cpu-second',
    label: 'Deliveries a CPU second',
    unit: '/s',
    better: 'higher',
    formula: 'Deliveries divided by the CPU seconds of the server’s process: the inverse of CPU a delivery.',
    value: ({ server, delivered }) =>
      server && delivered > 0 ? share(delivered, server.cpuSeconds) : undefined,
  },
  {
    id: 'lost',
    label: 'Lost',
    unit: '',
    better: 'lower',
    formula: 'Deliveries owed that had not come when the run was given up, or that a gap announced as lost.',
    value: ({ lost }) => lost,
  },
  {
    id: 'duplicated',
    label: 'Duplicated',
    unit: '',
    better: 'lower',
    formula: 'Entries that a reader was given again.',
    value: ({ duplicated }) => duplicated,
  },
  {
    id: 'reordered',
    label: 'Reordered',
    unit: '',
    better: 'lower',
    formula: 'Entries that a reader was given after one with a higher seq.',
    value: ({ reordered }) => reordered,
  },
  {
    id: 'late',
    label: 'Late',
    unit: '',
    better: 'lower',
    formula: 'Deliveries that came after the window and its drain had passed.',
    value: ({ late }) => late,
  },
  {
    id: 'recovery.p50',
    label: 'Back after, p50',
    unit: 'ms',
    better: 'lower',
    formula:
      'The median time from the end of a fault until a reader that it cut got the first thing on a new connection.',
    value: ({ recovery }) => recovery?.p50,
  },
  {
    id: 'recovery.max',
    label: 'Back after, max',
    unit: 'ms',
    better: 'lower',
    formula: 'The longest time from the end of a fault until a reader that it cut was back.',
    value: ({ recovery }) => recovery?.max,
  },
]

const byId = new Map(figures.map((figure) => [figure.id, figure]))

/** The figure of an id. Throws when there is none, with those there are. */
export function figureOf(id: string): FigureOf {
  const figure = byId.get(id as FigureId)
  if (!figure) throw new Error(`There is no figure "${id}". There are: ${[...byId.keys()].join(', ')}.`)
  return figure
}

/** A resident set grows in pages and by what happens to be garbage: shared among few it says nothing. */
const ENOUGH_FOR_MEMORY = 1_000

const bytesOf = ({ readersTally: { bytesIn, bytesOut } }: Run) => bytesIn + bytesOut
const headsOf = ({ readersTally: { headBytesIn, headBytesOut } }: Run) => headBytesIn + headBytesOut
const controlOf = ({ readersTally: { controlBytesIn, controlBytesOut } }: Run) =>
  controlBytesIn + controlBytesOut
const payloadOf = ({ readersTally: { payloadBytesIn, payloadBytesOut } }: Run) =>
  payloadBytesIn + payloadBytesOut

const perEntry = (run: Run, total: number) => share(total, run.readersTally.entriesOut)

const share = (total: number, of: number) => (of > 0 ? total / of : undefined)
