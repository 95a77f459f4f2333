import { createOutages } from '../../scenarios/outages.ts'
import type { Planned } from '../../scenarios/plan.ts'
import type { Run } from '../../scenarios/report.ts'
import type { Tally } from '../../server/contract/meter.ts'
import type { ClientTransport, Target } from '../transports/connection.ts'
import { now } from '../ui/clock.ts'
import { randomName } from '../ui/random-name.ts'
import { doFaults } from './faults.ts'
import { difference, readMeter } from './meter.ts'
import { watchEventLoop, watchSight } from './page.ts'
import { publishers } from './publishers.ts'
import { connectReader } from './readers.ts'
import { pause, within } from './time.ts'
import { createTraffic } from './traffic.ts'
import { whyInvalid } from './validity.ts'

/** What a run is doing: for whoever waits for it. */
export type Phase = 'connecting' | 'warming up' | 'measuring' | 'waiting for the last entries'

export interface Surroundings {
  /** The server's origin. */
  url: string
  /** What stands in between, where something does: its port, and how long it may hold back what passes, in ms. */
  link?: { port: number; detour: number } | undefined
  transport: ClientTransport
  /** Whether page and server share a machine, and so a clock. */
  sameHost: boolean
  onPhase(phase: Phase): void
  /** Aborting rejects with the signal's reason. */
  signal: AbortSignal
}

/** A reader or publisher could not connect at all. */
export class Unreached extends Error {
  override name = 'Unreached'
}

/** Who has not connected after this, in ms, will not. */
const CONNECT = 15_000

/** One run in this page, on real connections, in a room of its own: connect, warm up, then measure. */
export async function measure(planned: Planned, order: number, surroundings: Surroundings): Promise<Run> {
  const { transport: name, repetition, seed } = planned
  const { label, scenario } = planned.case
  const { url, link, transport, sameHost, onPhase, signal } = surroundings
  const id = randomName()
  // The meter tells readers from publishers by these names.
  const clients = [`${id}-readers`, `${id}-publishers`] as const
  const through = new URL(url)
  if (link) through.port = String(link.port)
  const target = (client: string): Target => ({
    url: through.origin,
    room: `run-${id}`,
    client,
    interval: scenario.interval,
    wait: scenario.wait,
  })
  const outages = createOutages(now)
  const loop = watchEventLoop()
  const sight = watchSight()
  const traffic = createTraffic(scenario, {
    readers: scenario.readers,
    sameHost,
    signal,
    onWaiting: () => onPhase('waiting for the last entries'),
  })

  onPhase('connecting')
  const readers = Array.from({ length: scenario.readers }, () =>
    connectReader(transport, target(clients[0]), traffic.arrived, outages.reader()),
  )
  const own = Array.from({ length: scenario.readersPublish ? 0 : scenario.publishers }, () =>
    publishers[name](target(clients[1])),
  )
  const speakers = scenario.readersPublish
    ? readers.map(({ connection }) => connection.publish)
    : own.map(({ publish }) => publish)

  try {
    const ready = Promise.all([...readers, ...own].map((each) => each.ready))
    await within(CONNECT, ready, signal).catch((error) => {
      throw signal.aborted ? error : new Unreached(`No connection: ${error.message}`)
    })

    onPhase('warming up')
    await traffic.speak('warm', scenario.warmUp, seed + 1, speakers)
    for (const reader of readers) reader.count()
    loop.reset()
    if (link) await pause(now() + link.detour, signal)
    const before = await readMeter(url, clients, name)

    onPhase('measuring')
    const start = now()
    outages.begin()
    const faults = doFaults(scenario.faults ?? [], { port: link?.port, client: clients[0], outages, signal })
    await Promise.all([traffic.speak('run', scenario.seconds, seed, speakers), faults])
    const seconds = (now() - start) / 1000
    const generator = loop.delays()
    if (link) await pause(now() + link.detour, signal)
    const after = await readMeter(url, clients, name)

    const spent = (client: 0 | 1) => difference(before[client] as Tally, after[client] as Tally)
    const sum = (of: 'duplicated' | 'reordered') =>
      readers.reduce((total, { counts }) => total + counts[of], 0)
    const outcome = traffic.outcome()
    const invalid = whyInvalid({ ...outcome, hidden: sight.hidden })
    return {
      transport: name,
      case: label,
      repetition,
      order,
      seed,
      ...(invalid !== undefined && { invalid }),
      seconds,
      readers: readers.length,
      ...outcome,
      duplicated: sum('duplicated'),
      reordered: sum('reordered'),
      ...outages.read(),
      readersTally: spent(0),
      publishersTally: spent(1),
      generator,
    }
  } finally {
    for (const { close } of own) close()
    for (const { connection } of readers) connection.close()
    loop.stop()
    sight.stop()
  }
}
