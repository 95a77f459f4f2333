import { emptyTally, type Tally } from '../../server/contract/meter.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import { cases } from '../plan.ts'
import type { Observation, Report, Run } from '../report.ts'
import type { Scenario } from '../scenario.ts'

/** Test support: reports as rules read them, written out by hand. Nothing here was measured. */

/** What a test says of a run; the rest is a run in which all went well. */
export interface Sketch
  extends Partial<Omit<Run, 'readersTally' | 'publishersTally' | 'latency' | 'server'>> {
  readersTally?: Partial<Tally>
  publishersTally?: Partial<Tally>
  latency?: Partial<Run['latency']>
  server?: Partial<NonNullable<Run['server']>>
}

/** A report of all of a scenario's runs. A run that `draw` leaves undefined was not made. */
export function reportOf(
  scenario: Scenario,
  draw: (of: Scenario, transport: TransportName) => Sketch | undefined,
  observations?: Observation[],
): Report {
  const runs = cases(scenario).flatMap(({ label, scenario: of }) =>
    scenario.transports.flatMap((transport) =>
      Array.from({ length: scenario.repeat }, (_, index) => index + 1).flatMap((repetition) => {
        const sketch = draw(of, transport)
        return sketch ? [runOf(sketch, { transport, case: label, repetition, readers: of.readers })] : []
      }),
    ),
  )
  return {
    version: 1,
    id: `${scenario.name}-made-by-hand`,
    scenario,
    publishOver: 'same',
    command: 'none',
    seed: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    interrupted: false,
    environment: {
      where: 'command line',
      together: false,
      server: 'none',
      sameHost: true,
      loopback: true,
      tls: false,
      cores: 'shared',
      cpu: 'none',
      cpuCount: 1,
      memoryBytes: 0,
      os: 'none',
      runtime: 'none',
      wireside: '0.0.0',
      notes: ['Made by hand for a test.'],
    },
    runs: runs.map((run, order) => ({ ...run, order })),
    ...(observations && { observations }),
  }
}

/** The same report with every run invalid. */
export const invalidated = (report: Report): Report => ({
  ...report,
  runs: report.runs.map((run) => ({ ...run, invalid: 'the load was late' })),
})

const times = { n: 1_000, p50: 5, curve: [] }

function runOf(sketch: Sketch, place: Pick<Run, 'transport' | 'case' | 'repetition' | 'readers'>): Run {
  const { readersTally, publishersTally, latency, server, ...rest } = sketch
  return {
    ...place,
    order: 0,
    seed: 1,
    seconds: 5,
    scheduled: 100,
    published: 100,
    refused: 0,
    expected: 100,
    delivered: 100,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    late: 0,
    reconnects: 0,
    rawLatency: times,
    sinceServer: times,
    lateness: times,
    generator: { cpuSeconds: 1, eventLoopDelayP99: 1, eventLoopDelayMax: 1 },
    ...rest,
    latency: { ...times, ...latency },
    readersTally: { ...emptyTally(), entriesOut: 100, payloadBytesOut: 20_000, ...readersTally },
    publishersTally: { ...emptyTally(), ...publishersTally },
    ...(server && {
      server: {
        cpuSeconds: 1,
        rssBefore: 0,
        rssConnected: 0,
        rssAfter: 0,
        eventLoopDelayP99: 1,
        eventLoopDelayMax: 1,
        ...server,
      },
    }),
  }
}
