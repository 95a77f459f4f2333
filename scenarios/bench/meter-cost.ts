import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Agent, fetch } from 'undici'
import { WebSocket } from 'ws'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import type { Connection } from '../../web/transports/connection.ts'
import { transports } from '../../web/transports/index.ts'

/**
 * What the meter costs: server CPU per delivery with the meter, divided by the same without it, for each transport.
 *
 * In a round both servers run as processes of their own, each with its readers, and get the same traffic in short
 * slices, turn by turn, so that a machine that is slower for a while is slower for both. The next round has two new
 * processes, because two that run the same code can differ by how the compiler happened to see it. A round gives one
 * ratio; the median of the rounds is the result, and the quartiles say how far to trust it. `control` pairs two servers
 * without a meter: how far its ratio lies from 1 is what this machine cannot tell.
 */
const READERS = 200
const RATE = 50
const WARM_UP_SECONDS = 1.5
const SLICE_SECONDS = 0.5
const SLICES = 8
const ROUNDS = Number(process.env.ROUNDS ?? 7)

interface Server {
  child: ChildProcess
  url: string
}

type Kind = 'metered' | 'bare'

async function start(kind: Kind): Promise<Server> {
  const child = fork(fileURLToPath(new URL('./meter-cost-server.js', import.meta.url)), [kind])
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { child, url: `http://127.0.0.1:${port}` }
}

async function cpuOf({ child }: Server): Promise<number> {
  child.send('cpu')
  const [{ cpu }] = (await once(child, 'message')) as [{ cpu: number }]
  return cpu
}

/** A server with its readers, ready to be given traffic. */
async function prepare(kind: Kind, name: TransportName) {
  const server = await start(kind)
  let delivered = 0
  const agent = new Agent({ connections: READERS * 2 })
  const viaAgent = ((url: URL, options: object) =>
    fetch(url, { ...options, dispatcher: agent })) as unknown as typeof globalThis.fetch
  const connect = (transport: TransportName, client: string, onEntry: () => void) =>
    new Promise<Connection>((resolve) => {
      const connection: Connection = transports[transport](
        {
          url: server.url,
          room: 'bench',
          client,
          interval: 0.25,
          fetch: viaAgent,
          WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
        },
        {
          onEntry,
          onGap: () => {},
          // A connection may say that it is open before it has a name here.
          onStatus: ({ state }) => state === 'open' && setImmediate(() => resolve(connection)),
        },
      )
    })
  const readers = await Promise.all(
    Array.from({ length: READERS }, (_, n) => connect(name, `reader-${n}`, () => delivered++)),
  )
  const publisher = await connect('websocket', 'publisher', () => {})

  /** Publishes in an open loop, until all of it is delivered; microseconds of server CPU, and deliveries. */
  async function give(seconds: number) {
    const before = await cpuOf(server)
    const target = delivered + RATE * seconds * READERS
    const started = performance.now()
    for (let n = 0; n < RATE * seconds; n++) {
      const due = started + (n * 1000) / RATE
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
      publisher.publish({ text: 'The quick brown fox jumps over the lazy dog, again and again.' })
    }
    while (delivered < target) await new Promise((resolve) => setTimeout(resolve, 5))
    return (await cpuOf(server)) - before
  }

  async function end() {
    for (const { close } of [publisher, ...readers]) close()
    server.child.disconnect()
    await once(server.child, 'exit')
    await agent.destroy()
  }

  return { give, end }
}

/** Microseconds of server CPU per delivery: of the one kind, and of the other. */
async function round(
  pair: readonly [Kind, Kind],
  name: TransportName,
  turn: number,
): Promise<[number, number]> {
  const servers = [await prepare(pair[0], name), await prepare(pair[1], name)] as const
  for (const { give } of servers) await give(WARM_UP_SECONDS)
  const used: [number, number] = [0, 0]
  for (let slice = 0; slice < SLICES; slice++) {
    const order = (slice + turn) % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)
    for (const which of order) used[which] += await servers[which].give(SLICE_SECONDS)
  }
  for (const { end } of servers) await end()
  const deliveries = SLICES * SLICE_SECONDS * RATE * READERS
  return [used[0] / deliveries, used[1] / deliveries]
}

/** `npm run bench:meter -- sse websocket` measures only these. */
const asked = transportNames.filter((name) => process.argv.includes(name))

const quantile = (values: number[], q: number) => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.round(q * (sorted.length - 1))] ?? Number.NaN
}

async function compare(title: string, pair: readonly [Kind, Kind], name: TransportName) {
  const rounds: [number, number][] = []
  for (let turn = 0; turn < ROUNDS; turn++) rounds.push(await round(pair, name, turn))
  const micros = (which: 0 | 1) =>
    `${quantile(
      rounds.map((pair) => pair[which]),
      0.5,
    ).toFixed(2)} µs`.padStart(11)
  const ratios = rounds.map(([metered, bare]) => metered / bare)
  const [low, middle, high] = [0.25, 0.5, 0.75].map((q) => quantile(ratios, q).toFixed(3))
  console.log(title.padEnd(15), micros(0), micros(1), `  ${middle} (${low}–${high})`)
}

console.log(
  `${READERS} readers × ${RATE} entries/s, ${SLICES} slices of ${SLICE_SECONDS} s, ${ROUNDS} rounds`,
)
console.log('server CPU per delivery, with the meter and without, and their ratio: median (quartiles)')
for (const name of asked.length > 0 ? asked : transportNames) await compare(name, ['metered', 'bare'], name)
await compare('control', ['bare', 'bare'], asked[0] ?? 'websocket')
process.exit(0)
