import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { createOutages, type Span } from '../../outages.ts'
import { randomFrom } from '../../plan.ts'
import { instants } from '../../schedule.ts'
import { createClocks } from '../usage.ts'
import { now } from './clock.ts'
import { type Account, createDeliveries } from './deliveries.ts'
import { createGate, type Gate } from './gate.ts'
import { createHeads } from './headers.ts'
import { type Pace, pace } from './pace.ts'
import { type LoadResult, type Plan, publisherClient, readerClient } from './protocol.ts'
import { createTexts } from './texts.ts'
import type { Lane, PublisherListener, ReaderListener, Target } from './transport.ts'
import { transports } from './transports/index.ts'
import { whyInvalid } from './validity.ts'

/** The load of one run, step by step; each resolves when what its name says has come about. */
export interface Load {
  /** Readers and publishers. Rejects with a sentence when they cannot be had. */
  connect(): Promise<void>
  warmUp(): Promise<void>
  measure(): Promise<LoadResult>
  /** The first so many readers stop reading, until they resume. Their deliveries are counted and not timed. */
  pause(readers: number): void
  resume(): void
  /** A fault that readers recover from. */
  happened(broken: Span): void
  close(): void
}

/** Not one connection could be made. */
export class Unreached extends Error {
  override name = 'Unreached'
}

/** So many connect at once; more would only queue at the server's door. */
const AT_ONCE = 64
/** Without a single new connection for so long, the rest are not to be had. */
const PATIENCE_MS = 10_000

export function createLoad(plan: Plan): Load {
  const { scenario, transport, publishOver, seed } = plan
  const { traffic, readers, publishers, readersPublish } = scenario
  // Of its own for each process: a room may hold what an earlier run has said.
  const run = Math.floor(Math.random() * 36 ** 4)
    .toString(36)
    .padStart(4, '0')
  const random = randomFrom(seed)
  const text = createTexts(traffic, random)
  const deliveries = createDeliveries(readers, run)
  const lanes: Lane[] = []
  /** Who publishes, in turn. */
  const speakers: Lane[] = []
  const outages = createOutages(now)
  const gates: Gate[] = []
  const faults = scenario.faults ?? []
  /** Readers that will stop reading: what they get late says nothing of the server. */
  const pausing = Math.max(
    0,
    ...faults.map((fault) => (fault.do === 'pause-readers' ? (fault.readers ?? 1) : 0)),
  )
  let open = 0
  let warm = true
  let lastReason = ''
  let paced: Pace | undefined
  /** How long a delivery may take before it is late, in ms. */
  const drain = Math.max(5, 3 * scenario.interval) * 1000

  const target = (client: string, gate?: Gate): Target => {
    const { protocol, hostname, port, origin } = new URL(plan.url)
    if (protocol !== 'http:') throw new Error(`The load speaks plain HTTP only, and ${plan.url} is not.`)
    return {
      address: { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80), ...(gate && { gate }) },
      room: plan.room,
      client,
      heads: createHeads({ ...scenario, origin }),
      interval: scenario.interval,
      wait: scenario.wait,
      random,
    }
  }

  function publisherListener(onOpen: () => void): PublisherListener {
    return {
      onWritten: deliveries.written,
      onReceipt: deliveries.receipt,
      onRefused(index, reason) {
        lastReason = reason
        deliveries.refused(index)
      },
      onOpen,
      onCut(reason) {
        lastReason = reason
      },
    }
  }

  function readerListener(account: Account, onOpen: () => void): ReaderListener {
    const outage = outages.reader()
    return {
      get cursor() {
        return account.cursor
      },
      onJoined(cursor) {
        outage.back()
        account.joined(cursor)
      },
      onEntries(bytes, start, end) {
        outage.back()
        account.entries(bytes, start, end)
        // One turn of the event loop may hold ten thousand deliveries; what falls due meanwhile does not wait for them.
        paced?.look()
      },
      onPage(bytes, start, end) {
        outage.back()
        return account.page(bytes, start, end)
      },
      onGap: account.gap,
      onOpen,
      onCut(reason) {
        lastReason = reason
        outage.cut()
      },
    }
  }

  // Connect
  async function connect() {
    const readerTarget = target(readerClient)
    const publisherTarget = target(publisherClient)
    const queue: ((onOpen: () => void) => void)[] = []
    for (let n = 0; n < readers; n++) {
      queue.push((onOpen) => {
        const timed = n >= pausing
        const listener = readerListener(deliveries.account(timed), onOpen)
        const gate = timed ? undefined : createGate()
        if (gate) gates.push(gate)
        const lane = transports[transport](
          gate ? target(readerClient, gate) : readerTarget,
          publisherListener(() => {}),
          listener,
        )
        lanes.push(lane)
        if (readersPublish && publishOver === transport) speakers.push(lane)
      })
    }
    const own = readersPublish ? (publishOver === transport ? 0 : readers) : publishers
    for (let n = 0; n < own; n++) {
      queue.push((onOpen) => {
        const client = readersPublish ? readerTarget : publisherTarget
        const lane = transports[publishOver](client, publisherListener(onOpen))
        lanes.push(lane)
        speakers.push(lane)
      })
    }
    if (
      traffic.rate > 0 &&
      queue.length - readers === 0 &&
      speakers.length + (readersPublish ? readers : 0) === 0
    ) {
      throw new Error('Somebody must publish: give the scenario publishers, or let its readers publish.')
    }
    await inBatches(queue)
  }

  async function inBatches(queue: ((onOpen: () => void) => void)[]) {
    let last = performance.now()
    let begun = 0
    open = 0
    while (open < queue.length) {
      while (begun < queue.length && begun - open < AT_ONCE) {
        let once = false
        queue[begun++]?.(() => {
          if (once) return
          once = true
          open++
          last = performance.now()
        })
      }
      if (performance.now() - last > PATIENCE_MS) {
        if (open === 0) throw new Unreached(`No connection could be made: ${lastReason || 'no answer'}.`)
        throw new Error(
          `Only ${open} of ${queue.length} connections could be made: ${lastReason || 'no answer'}.`,
        )
      }
      await sleep(2)
    }
  }

  // Publish
  /** Publishes what is due within `seconds` from now, and gives it time to arrive; true when all of it did. */
  async function speak(
    seconds: number,
    trafficSeed: number,
    counts: boolean,
  ): Promise<{ waited: number; all: boolean }> {
    const start = now() + 20
    const due = instants(traffic, seconds, trafficSeed).map((at) => start + at)
    const lastDue = due.at(-1) ?? start
    const first = deliveries.expect(due, counts)
    deliveries.lateAfter(lastDue + drain)
    paced = pace(due, (n) => {
      const index = first + n
      const id = deliveries.idOf(index)
      const sentAt = Math.round((due[n] as number) * 1000) / 1000
      const draft = JSON.stringify({ text: text(), id, sentAt })
      ;(speakers[n % speakers.length] as Lane).publish({ index, id, draft })
    })
    await paced.done
    await sleep(Math.max(0, start + seconds * 1000 - now()))
    const all = await drained(lastDue, seconds)
    return { waited: paced.waited, all }
  }

  /**
   * Waits for what is owed. After the drain it is late; it is given up when nothing more has come for as long, or when
   * three times the run's own length has passed.
   */
  async function drained(lastDue: number, seconds: number): Promise<boolean> {
    const end = lastDue + drain + Math.max(10, 3 * seconds) * 1000
    while (deliveries.outstanding > 0) {
      const patience = Math.max(lastDue, deliveries.lastAt) + drain
      if (now() > Math.min(end, patience)) return false
      await sleep(2)
    }
    return true
  }

  return {
    connect,
    async warmUp() {
      // Seconds of its own, and instants of its own: the same as those that count would be a rehearsal of them.
      ;({ all: warm } = await speak(scenario.warmUp, seed + 1, false))
    },
    async measure() {
      const clocks = createClocks()
      const before = clocks.read()
      const utilization = performance.eventLoopUtilization()
      const start = now()
      outages.begin()
      const { waited } = await speak(scenario.seconds, seed, true)
      const elapsed = now() - start
      const { active } = performance.eventLoopUtilization(utilization)
      const after = clocks.read()
      const { latency, rawLatency, sinceServer, lateness, ...counts } = deliveries.read()
      const result: LoadResult = {
        ...counts,
        seconds: elapsed / 1000,
        readers,
        ...outages.read(),
        latency: latency.read(),
        rawLatency: rawLatency.read(),
        sinceServer: sinceServer.read(),
        lateness: lateness.read(),
        generator: { ...after, cpuSeconds: after.cpuSeconds - before.cpuSeconds },
      }
      const restarted = faults.some((fault) => fault.do === 'restart')
      const invalid = whyInvalid(result, { busy: (active - waited) / elapsed, warm, restarted })
      return invalid === undefined ? result : { ...result, invalid }
    },
    pause(count) {
      for (const gate of gates.slice(0, count)) gate.pause()
    },
    resume() {
      for (const gate of gates) gate.resume()
    },
    happened: outages.happened,
    close() {
      paced?.stop()
      for (const lane of lanes) lane.close()
    },
  }
}
