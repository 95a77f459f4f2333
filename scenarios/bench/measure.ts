import { randomBytes } from 'node:crypto'
import type { TransportName } from '../../server/contract/transports.ts'
import type { Planned } from '../plan.ts'
import type { Distribution, Run } from '../report.ts'
import { startChild } from './children.ts'
import { fill } from './fill.ts'
import { type FromLoad, publisherClient, readerClient, type ToLoad } from './load/protocol.ts'
import { difference, readSettledMeter, type Server } from './servers.ts'

export interface MeasureOptions {
  server: Server
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
  /** Of the processes; the server's only where it is ours. */
  serverPid: number | undefined
  loadPid: number
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
  const { server, planned, order, publishOver, oneClock, cores, signal, onStep, onBoundary } = options
  const { scenario } = planned.case
  const room = `bench-${randomBytes(4).toString('hex')}`
  const clients = [readerClient, publisherClient] as const

  if (scenario.history || scenario.otherRooms) {
    onStep('filling the rooms')
    await fill(server.url, room, scenario, signal)
  }
  const rssBefore = await server.process?.memory()

  onStep('starting the load')
  const load = startChild<ToLoad, FromLoad>({
    name: 'load',
    module: 'scenarios/bench/load/load',
    cores,
    signal,
  })
  async function hear<Said extends FromLoad['said']>(said: Said, seconds = 0) {
    const message = await load.hear(seconds + PATIENCE)
    if (message.said === 'failed') throw new Error(message.message)
    if (message.said !== said) throw new Error(`The load said "${message.said}" where "${said}" was due.`)
    return message as Extract<FromLoad, { said: Said }>
  }
  const boundary = (at: Boundary['at']) =>
    onBoundary?.({ at, transport: planned.transport, serverPid: server.process?.pid, loadPid: load.pid })
  const go = () => load.tell({ tell: 'go' })

  try {
    await hear('ready')
    onStep(`connecting ${scenario.readers} ${scenario.readers === 1 ? 'reader' : 'readers'}`)
    load.tell({
      tell: 'plan',
      plan: {
        url: server.url,
        room,
        transport: planned.transport,
        publishOver: publishOver === 'same' ? planned.transport : publishOver,
        scenario,
        seed: planned.seed,
      },
    })
    await hear('connected')
    const rssConnected = await server.process?.memory()

    onStep('warming up')
    go()
    await hear('warm', scenario.warmUp)
    const tallyBefore = await readSettledMeter(server.url, clients, signal)
    await boundary('begin')
    await server.process?.forget()
    const usageBefore = await server.process?.usage()

    onStep('measuring')
    go()
    const { result } = await hear('measured', scenario.seconds)
    // Asked first: reading the meter is work of the server's too, and none of the run's.
    const usageAfter = await server.process?.usage()
    await boundary('end')
    const tallyAfter = await readSettledMeter(server.url, clients, signal)
    const rssAfter = await server.process?.memory()
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
      sinceServer: oneClock ? result.sinceServer : nothing,
      readersTally: difference(tallyBefore[readerClient], tallyAfter[readerClient]),
      publishersTally: difference(tallyBefore[publisherClient], tallyAfter[publisherClient]),
      ...(usageBefore &&
        usageAfter && {
          server: {
            cpuSeconds: usageAfter.cpuSeconds - usageBefore.cpuSeconds,
            rssBefore: rssBefore ?? 0,
            rssConnected: rssConnected ?? 0,
            rssAfter: rssAfter ?? 0,
            eventLoopDelayP99: usageAfter.eventLoopDelayP99,
            eventLoopDelayMax: usageAfter.eventLoopDelayMax,
          },
        }),
    }
  } finally {
    await load.stop()
  }
}

const nothing: Distribution = { n: 0, curve: [] }
