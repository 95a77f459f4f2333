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
 * Every measurement gets a server process of its own, warmed up by the same traffic, because two processes that run the
 * same code can differ by more than the meter costs: by how the compiler happened to see it, by where they lie in
 * memory. The two kinds take turns in an order that alternates. A round gives one ratio; the median of the rounds is the
 * result, and the quartiles say how far to trust it.
 */
const READERS = 200
const RATE = 50
const WARM_UP_SECONDS = 1.5
const SECONDS = 3
const ROUNDS = Number(process.env.ROUNDS ?? 9)

interface Server {
  child: ChildProcess
  url: string
}

async function start(kind: 'metered' | 'bare'): Promise<Server> {
  const child = fork(fileURLToPath(new URL('./meter-cost-server.js', import.meta.url)), [kind])
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { child, url: `http://127.0.0.1:${port}` }
}

async function cpuOf({ child }: Server): Promise<number> {
  child.send('cpu')
  const [{ cpu }] = (await once(child, 'message')) as [{ cpu: number }]
  return cpu
}

/** Microseconds of server CPU per entry delivered, once all readers are connected and the server is warm. */
async function measure(kind: 'metered' | 'bare', name: TransportName): Promise<number> {
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
          interval: 0.5,
          fetch: viaAgent,
          WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
        },
        // A connection may be told that it is open before it has a name here.
        {
          onEntry,
          onGap: () => {},
          onStatus: ({ state }) => state === 'open' && setImmediate(() => resolve(connection)),
        },
      )
    })
  const readers = await Promise.all(
    Array.from({ length: READERS }, (_, n) => connect(name, `reader-${n}`, () => delivered++)),
  )
  const publisher = await connect('websocket', 'publisher', () => {})

  async function publish(seconds: number) {
    const total = delivered + RATE * seconds * READERS
    const started = performance.now()
    for (let n = 0; n < RATE * seconds; n++) {
      // An open loop: each draft has its time, whether or not the last one was quick.
      const due = started + (n * 1000) / RATE
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
      publisher.publish({ text: 'The quick brown fox jumps over the lazy dog, again and again.' })
    }
    while (delivered < total) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  await publish(WARM_UP_SECONDS)
  const before = { cpu: await cpuOf(server), delivered }
  await publish(SECONDS)
  const used = (await cpuOf(server)) - before.cpu
  const result = used / (delivered - before.delivered)

  for (const { close } of [publisher, ...readers]) close()
  server.child.disconnect()
  await once(server.child, 'exit')
  await agent.destroy()
  return result
}

/** `npm run bench:meter -- sse websocket` measures only these. */
const asked = transportNames.filter((name) => process.argv.includes(name))

const quantile = (sorted: number[], q: number) => sorted[Math.round(q * (sorted.length - 1))] ?? Number.NaN

console.log(
  `${READERS} readers × ${RATE} entries/s × ${SECONDS} s, ${ROUNDS} rounds; CPU of the server process per delivery`,
)
console.log('transport        with meter   without    ratio (median, quartiles)')
for (const name of asked.length > 0 ? asked : transportNames) {
  const rounds: { metered: number; bare: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? (['metered', 'bare'] as const) : (['bare', 'metered'] as const)
    const result = { metered: 0, bare: 0 }
    for (const kind of order) result[kind] = await measure(kind, name)
    rounds.push(result)
  }
  const median = (values: number[]) =>
    quantile(
      values.sort((a, b) => a - b),
      0.5,
    )
  const ratios = rounds.map(({ metered, bare }) => metered / bare).sort((a, b) => a - b)
  console.log(
    name.padEnd(15),
    `${median(rounds.map(({ metered }) => metered)).toFixed(2)} µs`.padStart(11),
    `${median(rounds.map(({ bare }) => bare)).toFixed(2)} µs`.padStart(11),
    `  ${quantile(ratios, 0.5).toFixed(3)} (${quantile(ratios, 0.25).toFixed(3)}–${quantile(ratios, 0.75).toFixed(3)})`,
  )
}
process.exit(0)
