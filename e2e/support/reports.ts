import { cases, randomFrom } from '../../scenarios/plan.ts'
import type { Distribution, Report, Run } from '../../scenarios/report.ts'
import { defaults, type Scenario } from '../../scenarios/scenario.ts'
import { emptyTally } from '../../server/contract/meter.ts'
import type { TransportName } from '../../server/contract/transports.ts'

/** Reports made up for tests: every figure in them is chosen, none was measured. */

export const scenarioOf = (changes: Partial<Scenario> = {}): Scenario => ({
  ...defaults,
  name: 'made-up',
  title: 'Made up',
  question: 'What would be said of this?',
  about: 'For tests.',
  traffic: { rate: 10, arrivals: 'even', payload: 'conversation' },
  ...changes,
})

export const distributionOf = (p50: number): Distribution => ({
  n: 1_000,
  min: p50 / 2,
  mean: p50,
  p50,
  p90: p50 * 1.5,
  p95: p50 * 1.7,
  p99: p50 * 2,
  max: p50 * 3,
  curve: [
    [0, p50 / 2],
    [0.5, p50],
    [1, p50 * 3],
  ],
})

/** A run of one reader and 1,000 deliveries of 100 bytes each, all of them as they should be. */
export const runOf = (changes: Partial<Run> = {}): Run => ({
  transport: 'websocket',
  case: '',
  repetition: 1,
  order: 0,
  seed: 1,
  seconds: 10,
  readers: 1,
  scheduled: 1_000,
  published: 1_000,
  refused: 0,
  expected: 1_000,
  delivered: 1_000,
  lost: 0,
  duplicated: 0,
  reordered: 0,
  late: 0,
  reconnects: 0,
  latency: distributionOf(1),
  rawLatency: distributionOf(1),
  sinceServer: distributionOf(1),
  lateness: distributionOf(0.1),
  readersTally: { ...emptyTally(), bytesOut: 104_000, entriesOut: 1_000, payloadBytesOut: 100_000 },
  publishersTally: emptyTally(),
  server: {
    cpuSeconds: 0.01,
    rssBefore: 50_000_000,
    rssConnected: 50_010_000,
    rssAfter: 50_010_000,
    eventLoopDelayP99: 1,
    eventLoopDelayMax: 2,
  },
  generator: { cpuSeconds: 0.02, eventLoopDelayP99: 1, eventLoopDelayMax: 2 },
  ...changes,
})

export const reportOf = (runs: Run[], changes: Partial<Report> = {}): Report => ({
  version: 1,
  id: 'made-up',
  scenario: scenarioOf(),
  publishOver: 'same',
  command: 'npm run bench -- run made-up',
  seed: 7,
  startedAt: '2026-01-01T00:00:00.000Z',
  interrupted: false,
  environment: {
    where: 'command line',
    together: false,
    server: 'own process',
    sameHost: true,
    loopback: true,
    tls: false,
    cores: 'shared',
    cpu: 'A processor',
    cpuCount: 2,
    memoryBytes: 8e9,
    os: 'An operating system',
    runtime: 'Node.js v20.20.2',
    wireside: '0.1.0',
    notes: [],
  },
  runs,
  ...changes,
})

/** What a transport's runs came to, before noise. */
export interface Truth {
  p50: number
  bytes: number
  cpu: number
}

/**
 * A report of a scenario whose runs scatter about the truth of their transport: log-normally, with this
 * deviation.
 */
export function noisyReport(
  scenario: Scenario,
  seed: number,
  noise: number,
  truth: (transport: TransportName, label: string) => Truth,
): Report {
  const random = randomFrom(seed)
  // Box and Muller's way from two even numbers to a normal one.
  const factor = () =>
    Math.exp(noise * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()))
  const runs = Array.from({ length: scenario.repeat }, (_, index) =>
    cases(scenario).flatMap(({ label }) =>
      scenario.transports.map((transport) => {
        const { p50, bytes, cpu } = truth(transport, label)
        const run = runOf({ transport, case: label, repetition: index + 1 })
        return runOf({
          ...run,
          latency: { ...distributionOf(p50 * factor()), p99: 2 * p50 * factor() },
          readersTally: { ...run.readersTally, bytesOut: Math.round(bytes * factor() * 1_000) },
          ...(run.server && { server: { ...run.server, cpuSeconds: (cpu * factor()) / 1_000 } }),
        })
      }),
    ),
  ).flat()
  return reportOf(runs, { scenario })
}
