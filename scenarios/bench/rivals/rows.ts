import type { TransportName } from '../../../server/contract/transports.ts'
import type { Run } from '../../report.ts'
import { defaults, type Scenario } from '../../scenario.ts'
import { figureOf } from '../../stats/figures.ts'

/**
 * What is held against the rivals: a load, what is read off its runs, and what would be good enough. Data.
 */
export interface Row {
  /** What `--rows` names it by. */
  id: string
  title: string
  transport: TransportName
  /** The scenarios to run, each once a round. */
  scenarios: Scenario[]
  measures: Measure[]
  /**
   * Whether a run's figures may be used. Usually when the load says nothing against them; but some figures
   * are none of its clock's: of a server that is kept saturated on purpose the load must wait, and memory
   * does not run late.
   */
  accepts(run: Run): boolean
  /** Who runs. An absolute target of ours needs no rival. */
  rivals: boolean
}

export interface Measure {
  label: string
  unit: string
  /** Of the runs of the row's scenarios, in their order, and the short polls that were answered meanwhile. */
  value(runs: readonly Run[], polls: number): number | undefined
  target: Target
}

/** `plain`: ours divided by the plain rival. `ours`: our own figure. */
export interface Target {
  of: 'plain' | 'ours'
  atMost?: number
  atLeast?: number
}

/** Against the tuned rival ours is to be no more than so much worse. */
export const TUNED_WITHIN = 0.1

export interface RowOptions {
  /** How long figures count, in s. */
  seconds: number
  /** Instead of the rows' own number of readers: to try the command out. */
  readers?: number | undefined
}

export function rowsFor({ seconds, readers: asked }: RowOptions): Row[] {
  const scenario = (
    transport: TransportName,
    readers: number,
    rate: number,
    changes: Partial<Scenario> = {},
  ) => ({
    ...defaults,
    name: `rivals-${transport}`,
    title: 'Against a bare server',
    question: 'What does the product cost beside a bare server?',
    about: 'The same load, on the product and on rivals made of little but the library.',
    transports: [transport],
    readers: asked ?? readers,
    traffic: { rate, arrivals: 'even' as const, payload: 100 },
    headers: 'minimal' as const,
    seconds,
    ...changes,
  })
  const paced = (
    id: string,
    transport: TransportName,
    readers: number,
    rate: number,
    atMost: number,
    more: Measure[] = [],
  ): Row => ({
    id,
    title: `${asked ?? readers} readers × ${rate}/s`,
    transport,
    scenarios: [scenario(transport, readers, rate)],
    measures: [cpu(atMost), ...more],
    accepts: isValid,
    rivals: true,
  })
  const saturated = (id: string, transport: TransportName, atMost: number, more: Measure[] = []): Row => ({
    id,
    title: `${asked ?? 1_000} readers, saturated (${SATURATING}/s)`,
    transport,
    // What is not delivered in time is delivered afterwards: the seconds of the schedule need not be many.
    scenarios: [scenario(transport, 1_000, SATURATING, { seconds: Math.min(seconds, 4), warmUp: 1 })],
    measures: [cpu(atMost), ...more, share],
    accepts: isComplete,
    rivals: true,
  })
  const idle = (id: string, transport: TransportName, atMost: number): Row => ({
    id,
    title: `idle, ${asked ?? 1_000} → ${5 * (asked ?? 1_000)} readers`,
    transport,
    scenarios: [1, 5].map((times) =>
      scenario(transport, 0, 0, { readers: times * (asked ?? 1_000), warmUp: 0, seconds: 0.5 }),
    ),
    measures: [resident(atMost), inUse(atMost)],
    accepts: isComplete,
    rivals: true,
  })
  const bytes = (
    id: string,
    transport: TransportName,
    headers: Scenario['headers'],
    atMost: number,
  ): Row => ({
    id,
    title: `${asked ?? 20} readers × 10/s, ${headers} headers`,
    transport,
    scenarios: [scenario(transport, 20, 10, { headers })],
    measures: [beyondEntry(atMost)],
    accepts: isValid,
    rivals: false,
  })

  return [
    paced('ws-1000x20', 'websocket', 1_000, 20, 1, [p99(1)]),
    paced('ws-200x400', 'websocket', 200, 400, 0.8, [p99(1)]),
    saturated('ws-saturated', 'websocket', 0.55, [throughput(1.8)]),
    paced('sse-1000x20', 'sse', 1_000, 20, 0.95),
    saturated('sse-saturated', 'sse', 0.8),
    paced('sio-1000x20', 'socket-io', 1_000, 20, 0.9),
    paced('sio-200x400', 'socket-io', 200, 400, 0.9),
    saturated('sio-saturated', 'socket-io', 0.9),
    paced('lp-1000x20', 'long-polling', 1_000, 20, 1.1),
    {
      id: 'sp-nothing-new',
      title: `${asked ?? 50} readers, nothing new, saturated`,
      transport: 'short-polling',
      // Asked again as soon as it is answered: the server is never idle.
      scenarios: [scenario('short-polling', 50, 0, { interval: 0 })],
      measures: [cpuPerPoll(1.05)],
      accepts: isComplete,
      rivals: true,
    },
    idle('ws-memory', 'websocket', 12),
    idle('sse-memory', 'sse', 14),
    idle('sio-memory', 'socket-io', 17),
    idle('lp-memory', 'long-polling', 12),
    bytes('ws-bytes', 'websocket', 'minimal', 14),
    bytes('sse-bytes', 'sse', 'minimal', 32),
    bytes('sio-bytes', 'socket-io', 'minimal', 25),
    bytes('lp-bytes-minimal', 'long-polling', 'minimal', 330),
    bytes('lp-bytes-chrome', 'long-polling', 'chrome', 840),
  ]
}

/** Messages a second to 1,000 readers: more than a core can deliver over any of the transports that push. */
const SATURATING = 400

const isValid = ({ invalid }: Run) => invalid === undefined

/** All that was to be published was, and all of it came. */
const isComplete = ({ scheduled, refused, lost, reconnects }: Run) =>
  refused <= 0.01 * scheduled && lost === 0 && reconnects === 0

const only = (id: string) => (runs: readonly Run[]) => runs[0] && figureOf(id).value(runs[0])

const cpu = (atMost: number): Measure => ({
  label: 'server CPU a delivery',
  unit: 'µs',
  value: only('cpu'),
  target: { of: 'plain', atMost },
})

const p99 = (atMost: number): Measure => ({
  label: 'latency p99',
  unit: 'ms',
  value: only('latency.p99'),
  target: { of: 'plain', atMost },
})

const throughput = (atLeast: number): Measure => ({
  label: 'deliveries a second',
  unit: '/s',
  value: ([run]) => run && run.delivered / run.seconds,
  target: { of: 'plain', atLeast },
})

/** Whether "saturated" was true: of the plain rival it should be 95 % and more. */
const share: Measure = {
  label: 'share of a core',
  unit: '%',
  value: ([run]) => run?.server && (100 * run.server.cpuSeconds) / run.seconds,
  target: { of: 'plain' },
}

const cpuPerPoll = (atMost: number): Measure => ({
  label: 'server CPU a poll',
  unit: 'µs',
  value: ([run], polls) => (run?.server && polls > 0 ? (1e6 * run.server.cpuSeconds) / polls : undefined),
  target: { of: 'plain', atMost },
})

/** What one connection more takes: what the process takes without any is in both runs. */
const memory = (
  label: string,
  atMost: number,
  bytes: (server: NonNullable<Run['server']>) => number | undefined,
): Measure => ({
  label,
  unit: 'KiB',
  value([few, many]) {
    const [before, after] = [few?.server && bytes(few.server), many?.server && bytes(many.server)]
    if (!few || !many || before === undefined || after === undefined) return undefined
    return (after - before) / 1024 / (many.readers - few.readers)
  },
  target: { of: 'ours', atMost },
})

const resident = (atMost: number) =>
  memory('memory an idle connection', atMost, ({ rssConnected }) => rssConnected)

/**
 * Without the room that the heap has left. How much that is depends on when the collector was last at work, which depends
 * on what else is in the heap: with 9 MB more of its own the same bare server was measured 3 KiB a connection larger.
 */
const inUse = (atMost: number) => memory('of it in use', atMost, ({ inUseConnected }) => inUseConnected)

const beyondEntry = (atMost: number): Measure => ({
  label: 'bytes beyond the entry’s JSON',
  unit: 'B',
  value: only('overhead'),
  target: { of: 'ours', atMost },
})
