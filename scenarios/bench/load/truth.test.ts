import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { until } from '../../../e2e/support/until.ts'
import type { TransportName } from '../../../server/contract/transports.ts'
import type { Scenario } from '../../scenario.ts'
import { createLoad } from './measure.ts'
import type { LoadResult } from './protocol.ts'

/** The load's figures against a server whose delays are known, and which writes down the truth with the same clock. */

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.disconnect()
})

/** When a draft was due, received, and its entry written, in ms since 1970. */
interface Truth {
  id: string
  sentAt: number
  receivedAt: number
  writtenAt: number
}

async function startSlowServer(delays: { delay?: number; stall?: number; every?: number }) {
  const file = fileURLToPath(new URL('../../../e2e/support/slow-server.mjs', import.meta.url))
  const child = fork(file, [JSON.stringify(delays)])
  children.push(child)
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    url: `http://127.0.0.1:${port}`,
    async truth(): Promise<Truth[]> {
      child.send('truth')
      const [{ truth }] = (await once(child, 'message')) as [{ truth: Truth[] }]
      return truth
    },
  }
}

async function measure(
  url: string,
  transport: TransportName,
  rate: number,
  seconds: number,
): Promise<LoadResult> {
  const scenario: Scenario = {
    name: 'truth',
    title: 'Truth',
    question: 'Is it measured as it is?',
    about: 'A server with known delays.',
    transports: [transport],
    readers: 1,
    publishers: 1,
    readersPublish: false,
    traffic: { rate, arrivals: 'poisson', payload: 100 },
    interval: 1,
    wait: 25,
    headers: 'minimal',
    cookieBytes: 0,
    keepAlive: true,
    warmUp: 0.5,
    seconds,
    repeat: 1,
  }
  const load = createLoad({ url, room: 'bench', transport, publishOver: transport, scenario, seed: 11 })
  await load.connect()
  await load.warmUp()
  const result = await load.measure()
  load.close()
  return result
}

const quantile = (values: number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(q * values.length) - 1)] as number

/** From due to written, by the server's own notes. */
const latenciesOf = (notes: Truth[]) => notes.map(({ sentAt, writtenAt }) => writtenAt - sentAt)

/**
 * A second reader in this process, of another make: the exact latencies of what it was given. On a
 * machine that others use as well it is late for the same reasons as the load, and says how much of a difference from
 * the truth is none of the load's doing.
 */
async function startWitness(url: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/websocket/bench`)
  const latencies: number[] = []
  let latest = ''
  socket.on('message', (data) => {
    const receivedAt = performance.timeOrigin + performance.now()
    const { entry } = JSON.parse(String(data)) as { entry?: { id: string; sentAt: number } }
    if (!entry) return
    latest = entry.id
    latencies.push(receivedAt - entry.sentAt)
  })
  await once(socket, 'message')
  return {
    seen: (id: string | undefined) => until('the witness has seen the last entry', () => latest === id),
    last: (n: number) => latencies.slice(-n),
    close: () => socket.terminate(),
  }
}

describe.each(['websocket', 'sse'] as const)('%s', (transport) => {
  test('a delay of exactly 5 ms is measured within 1 ms at the median', async () => {
    const { url, truth } = await startSlowServer({ delay: 5 })
    const witness = await startWitness(url)
    const result = await measure(url, transport, 50, 3)
    const n = result.scheduled
    const notes = (await truth()).slice(-n)
    await witness.seen(notes.at(-1)?.id)
    const seen = quantile(witness.last(n), 0.5)
    witness.close()
    expect(result).toMatchObject({ delivered: n, lost: 0 })

    const delay = quantile(
      notes.map(({ receivedAt, writtenAt }) => writtenAt - receivedAt),
      0.5,
    )
    expect(delay).toBeGreaterThanOrEqual(5)
    const { latency, rawLatency, sinceServer } = result
    // On a quiet machine 1 ms; on another, twice what it does to the witness.
    const tolerance = Math.max(1, 2 * (seen - delay))
    for (const measured of [latency, rawLatency, sinceServer]) {
      expect(Math.abs((measured.p50 as number) - delay)).toBeLessThan(tolerance)
    }
    // Nothing is received before it was written, or less late than raw: the histogram's rounding apart.
    const noted = quantile(latenciesOf(notes), 0.5)
    expect(latency.p50).toBeGreaterThan(noted - 0.02)
    expect(latency.p50).toBeGreaterThan((rawLatency.p50 as number) - 0.02)
  })
})

test('a stall of 200 ms each second stands at the 99th percentile, where a closed loop hides it', async () => {
  const { url, truth } = await startSlowServer({ stall: 200, every: 1000 })
  const { scheduled, latency } = await measure(url, 'websocket', 100, 4)
  const notes = (await truth()).slice(-scheduled)
  const open = latency.p99 as number
  expect(open).toBeGreaterThan(150)
  // No quantile of what was received is less than that of what was written; a thousandth is the histogram's.
  expect(open).toBeGreaterThan(quantile(latenciesOf(notes), 0.99) * 0.999)
  expect(overHundred(latenciesOf(notes))).toBeGreaterThan(0.05)

  // The closed loop was there for the stalls as well, and each cost it one message, however long. On a machine that
  // others use it makes fewer messages between two stalls: one quiet moment in three is enough.
  let closed = await closedLoop(url, 4)
  for (let again = 0; again < 2 && quantile(closed, 0.99) > open / 2; again++)
    closed = await closedLoop(url, 4)
  expect(Math.max(...closed)).toBeGreaterThan(150)
  expect(overHundred(closed)).toBeLessThan(overHundred(latenciesOf(notes)) / 3)
  expect(quantile(closed, 0.99)).toBeLessThan(open / 2)
})

const overHundred = (latencies: number[]) => latencies.filter((ms) => ms > 100).length / latencies.length

/** Publishes, waits for the entry, and only then publishes the next: what many tools call a load. Latencies in ms. */
async function closedLoop(url: string, seconds: number): Promise<number[]> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/websocket/bench`)
  const latencies: number[] = []
  const end = performance.now() + seconds * 1000
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    let sent = 0
    const publish = () => {
      if (performance.now() > end) return resolve()
      sent = performance.now()
      socket.send('{"publish":{"text":"hi"}}')
    }
    socket.on('message', (data) => {
      const { joined, entry } = JSON.parse(String(data)) as { joined?: string; entry?: object }
      if (entry !== undefined) latencies.push(performance.now() - sent)
      if (entry !== undefined || joined !== undefined) publish()
    })
  })
  socket.terminate()
  return latencies
}
