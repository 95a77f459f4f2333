import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TransportName } from '../../server/contract/transports.ts'
import { detour } from '../network.ts'
import type { Planned } from '../plan.ts'
import type { Distribution, Run } from '../report.ts'
import { openBooks } from './books.ts'
import { startChild } from './children.ts'
import { doFaults } from './faults.ts'
import { fill } from './fill.ts'
import type { BenchLink } from './links.ts'
import type { FromLoad, ToLoad } from './load/protocol.ts'
import type { Usage } from './server-protocol.ts'
import type { Server } from './servers.ts'

export interface MeasureOptions {
  server: Server
  /** What stands between the load and the server; absent: nothing. */
  link?: BenchLink | undefined
  planned: Planned
  /** Its place in the order in which runs are made. */
  order: number
  publishOver: TransportName | 'same'
  /** Whether the server's clock is the load's. */
  oneClock: boolean
  cores: readonly number[] | undefined
  signal: AbortSignal
  /** What is being done now, in a word or two. */
  onStep(step: string): void
  /** At both ends of the time that counts, while the load waits. */
  onBoundary?: ((boundary: Boundary) => Promise<void>) | undefined
}

/** One end of the time that counts: whoever wants to look from outside, or to disturb, does it here. */
export interface Boundary {
  at: 'begin' | 'end'
  transport: TransportName
  /** Where the load speaks. */
  room: string
  /** Of the processes; the server's only where it is ours. */
  serverPid: number | undefined
  loadPid: number
}

/** The load could not make a single connection; the message says what became of the last try. */
export class Unreached extends Error {
  override name = 'Unreached'
}

/** How long the load may take for what has no length of its own (to start, to connect, to drain), in s. */
const PATIENCE = 120

/** How long the load may take to close its connections, in s. */
const GOODBYE = 5

/**
 * One run: a load process of its own is led from sentence to sentence, and the server is asked for its figures while
 * the load waits. Rejects with what went wrong; the load process is gone then, as it is after a run.
 */
export async function measure(options: MeasureOptions): Promise<Run> {
  const { server, link, planned, order, publishOver, oneClock, cores, signal, onStep, onBoundary } = options
  const { scenario } = planned.case
  const room = `bench-${randomBytes(4).toString('hex')}`
  // What is on its way through a link is not in the meter yet.
  const settle = async () => void (link && (await sleep(detour(link.conditions), undefined, { signal })))
  const books = openBooks(server, settle, signal)
  const over = new AbortController()

  if (scenario.history || scenario.otherRooms) {
    onStep('filling the rooms')
    await fill(server.url, room, scenario, signal)
  }
  const before = await server.process?.memory()

  onStep('starting the load')
  const load = startChild<ToLoad, FromLoad>({
    name: 'load',
    module: 'scenarios/bench/load/load',
    cores,
    signal,
  })
  async function hear<Said extends FromLoad['said']>(said: Said, seconds = 0) {
    const message = await load.hear(seconds + PATIENCE)
    if (message.said === 'failed') throw new (message.unreached ? Unreached : Error)(message.message)
    if (message.said !== said) throw new Error(`The load said "${message.said}" where "${said}" was due.`)
    return message as Extract<FromLoad, { said: Said }>
  }
  const boundary = (at: Boundary['at']) =>
    onBoundary?.({
      at,
      transport: planned.transport,
      room,
      serverPid: server.process?.pid,
      loadPid: load.pid,
    })
  const go = () => load.tell({ tell: 'go' })

  try {
    await hear('ready')
    onStep(`connecting ${scenario.readers} ${scenario.readers === 1 ? 'reader' : 'readers'}`)
    load.tell({
      tell: 'plan',
      plan: {
        url: link?.url ?? server.url,
        room,
        transport: planned.transport,
        publishOver: publishOver === 'same' ? planned.transport : publishOver,
        scenario,
        seed: planned.seed,
      },
    })
    await hear('connected')
    const connected = await server.process?.memory()

    onStep('warming up')
    go()
    await hear('warm', scenario.warmUp)
    await books.readMeter()
    await boundary('begin')
    await link?.forget()
    const linkBefore = await link?.usage()
    await books.readUsage()

    onStep('measuring')
    go()
    const [{ result }] = await Promise.all([
      hear('measured', scenario.seconds),
      doFaults(scenario.faults ?? [], {
        link,
        restart: (how) => books.across(async () => await server.process?.restart(how)),
        tellLoad: load.tell,
        signal: AbortSignal.any([signal, over.signal]),
      }),
    ])
    const linkAfter = await link?.usage()
    const spent = await books.close(() => boundary('end'))
    const after = await server.process?.memory()
    // It says goodbye on every connection, which somebody else's server is owed.
    go()
    await load.ended(GOODBYE)

    return {
      transport: planned.transport,
      case: planned.case.label,
      repetition: planned.repetition,
      order,
      seed: planned.seed,
      ...result,
      ...(linkAfter && lateLink(linkAfter, result)),
      sinceServer: oneClock ? result.sinceServer : nothing,
      readersTally: spent.readers,
      publishersTally: spent.publishers,
      ...(spent.usage && {
        server: {
          ...spent.usage,
          rssBefore: before?.rss ?? 0,
          rssConnected: connected?.rss ?? 0,
          rssAfter: after?.rss ?? 0,
          inUseConnected: connected?.inUse ?? 0,
        },
      }),
      ...(linkAfter && {
        link: { ...linkAfter, cpuSeconds: linkAfter.cpuSeconds - (linkBefore?.cpuSeconds ?? 0) },
      }),
    }
  } finally {
    over.abort()
    await load.stop()
  }
}

/** A link that was late made another network than the report names, as a load that is late makes another load. */
function lateLink(
  { eventLoopDelayP99: late }: Usage,
  { invalid, latency }: Extract<FromLoad, { said: 'measured' }>['result'],
): { invalid?: string } {
  if (late <= Math.max(20, 0.25 * (latency.p99 ?? latency.max ?? 0))) return {}
  const why = `The event loop of the link was ${late.toFixed(0)} ms late (99th percentile): the network was slower than said.`
  return { invalid: invalid === undefined ? why : `${invalid} ${why}` }
}

const nothing: Distribution = { n: 0, curve: [] }
