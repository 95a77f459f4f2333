import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { now } from '../../server/clock.ts'
import { randomFrom, shuffled } from '../plan.ts'
import { median, quantile } from '../stats/bootstrap.ts'
import { count, script } from './script.ts'
import { startServer } from './servers.ts'

/**
 * `npm run bench:log`: what it costs to have entries on the disk before their receipts. In each round two servers run
 * one after the other, in random order, each in a fresh process: one keeps its entries in memory, one in a new folder.
 * The same publishers over WebSocket first publish as fast as their receipts come, then at an even rate; one reader on a
 * connection of its own says how late entries are. All of it runs on this machine, so all times are of one clock.
 *
 * A disk is as fast as its fsync. That is measured in the same folder, beside each round.
 */
const {
  rounds,
  seconds,
  publishers,
  rate,
  folder: parent,
} = script('bench:log', 'What entries on disk before their receipts cost.')
  .addOption(count('rounds', 'rounds of two servers in turn', 5))
  .addOption(count('seconds', 'seconds that count in each run', 5))
  .addOption(count('publishers', 'connections that publish', 50))
  .addOption(count('rate', 'messages a second of the even rate', 1_000, 0.1))
  .option('--folder <path>', 'where the disk is', './data')
  .parse()
  .opts<Record<'rounds' | 'seconds' | 'publishers' | 'rate', number> & { folder: string }>()
const TEXT = 'x'.repeat(60)
const WARM_UP = 2_000

/** What one server gave in one round. */
interface Outcome {
  /** Receipts a second while every publisher waits only for its last receipt. */
  throughput: number
  /** Receive − `sentAt`, 99th percentile in ms, meanwhile. */
  busy: number
  /** The same at the even rate; `sentAt` is when the schedule asked for it. */
  paced: number
}

async function measure(url: string): Promise<Outcome> {
  const opened: WebSocket[] = []
  const connect = async (path: string) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/websocket${path}`)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    opened.push(socket)
    return socket
  }
  let delays: number[] = []
  const reader = await connect('/lobby')
  reader.on('message', (data) => {
    const { entry } = JSON.parse(String(data))
    if (entry) delays.push(now() - entry.sentAt)
  })

  let receipts = 0
  let greedy = true
  const sockets = await Promise.all(
    Array.from({ length: publishers ?? 0 }, (_, n) => connect(`?client=p${n}`)),
  )
  let sent = 0
  const publish = (socket: WebSocket, sentAt: number) =>
    socket.send(JSON.stringify({ publish: { text: TEXT, id: `${sent++}`, sentAt }, room: 'lobby' }))
  for (const socket of sockets) {
    socket.on('message', (data) => {
      const { receipt, error } = JSON.parse(String(data))
      if (!receipt) throw new Error(`A publish was refused: ${error?.message}`)
      receipts++
      if (greedy) publish(socket, now())
    })
    publish(socket, now())
  }

  await sleep(WARM_UP)
  const before = receipts
  delays = []
  const begun = performance.now()
  await sleep((seconds ?? 0) * 1000)
  const throughput = (receipts - before) / ((performance.now() - begun) / 1000)
  const busy = p99(delays)

  greedy = false
  await settled()
  delays = []
  const start = now()
  for (let n = 0; n < (rate ?? 0) * (seconds ?? 0); ) {
    // Everything that is due by now, each from the publisher whose turn it is.
    const due = ((now() - start) / 1000) * (rate ?? 0)
    for (; n < due; n++) {
      const socket = sockets[n % sockets.length]
      if (socket) publish(socket, start + (n / (rate ?? 1)) * 1000)
    }
    await sleep(1)
  }
  await settled()
  for (const socket of opened) socket.terminate()
  return { throughput, busy, paced: p99(delays) }

  /** All that was sent has its receipt, and the reader has it. */
  async function settled() {
    for (const deadline = now() + 60_000; receipts < sent; await sleep(5)) {
      if (now() > deadline) throw new Error(`${sent - receipts} publishes have no receipt after a minute.`)
    }
    await sleep(100)
  }
}

/** Writes 4 kB and syncs them, 200 times: the times in ms. */
function syncTimes(folder: string): number[] {
  const file = join(folder, 'fsync')
  const handle = openSync(file, 'w')
  const block = Buffer.alloc(4096, 'x')
  const times = Array.from({ length: 200 }, () => {
    const begun = performance.now()
    writeSync(handle, block)
    fdatasyncSync(handle)
    return performance.now() - begun
  })
  closeSync(handle)
  return times
}

const p99 = (times: number[]) =>
  quantile(
    times.toSorted((a, b) => a - b),
    0.99,
  )
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const random = randomFrom(1)
const signal = new AbortController().signal
const outcomes: Record<'memory' | 'disk', Outcome[]> = { memory: [], disk: [] }
const syncs: number[] = []
for (let round = 1; round <= rounds; round++) {
  for (const side of shuffled(['memory', 'disk'] as const, random)) {
    mkdirSync(parent, { recursive: true })
    const folder = mkdtempSync(join(parent, 'bench-'))
    try {
      if (side === 'disk') syncs.push(median(syncTimes(folder)))
      const server = await startServer({
        cores: undefined,
        signal,
        module: 'scenarios/bench/log-server',
        args: side === 'disk' ? [folder] : [],
      })
      try {
        outcomes[side].push(await measure(server.url))
      } finally {
        await server.stop()
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
}

const sync = median(syncs)
const of = (side: 'memory' | 'disk', figure: keyof Outcome) =>
  outcomes[side].map((outcome) => outcome[figure])
const row = (name: string, cells: string[]) =>
  console.log([name.padEnd(8), ...cells.map((cell) => cell.padEnd(26))].join(''))
const shown = (values: number[], digits: number) =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`

console.log(
  `${publishers} publishers and 1 reader over WebSocket, ${rounds} rounds of ${seconds} s; measured.`,
)
console.log(`Write and fsync of 4 kB in ${parent}: ${shown(syncs, 2)} ms.`)
console.log(
  'Medians of the rounds; least and most in brackets. Delivery is receive − sentAt, 99th percentile.\n',
)
row('log', ['published a second', 'delivery meanwhile, ms', `delivery at ${rate}/s, ms`])
for (const side of ['memory', 'disk'] as const) {
  row(side, [shown(of(side, 'throughput'), 0), shown(of(side, 'busy'), 1), shown(of(side, 'paced'), 1)])
}
const verdict = (met: boolean) => (met ? 'met' : 'missed')
const published = median(of('disk', 'throughput'))
console.log(
  `\nOn disk ${published.toFixed(0)} a second; target at least 5000: ${verdict(published >= 5_000)}.`,
)
for (const [when, figure] of [
  ['at full speed', 'busy'],
  [`at ${rate}/s`, 'paced'],
] as const) {
  const later = median(of('disk', figure)) - median(of('memory', figure))
  console.log(
    `Delivery ${when} is ${later.toFixed(1)} ms later than in memory; target at most 10 ms and one fsync: ` +
      `${verdict(later <= 10 + sync)}.`,
  )
}
