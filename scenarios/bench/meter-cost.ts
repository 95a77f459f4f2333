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
 * Both servers run side by side as processes of their own and get the same work in turn, in an order that
 * alternates, so that a machine that grows slower meanwhile is slower for both. A round gives one ratio; the median
 * of the rounds is the result, and the quartiles say how far to trust it.
 */
const READERS = 200
const RATE = 50
const SECONDS = 4
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

/** Microseconds of server CPU per entry delivered, with readers connected and settled before the clock starts. */
async function measure(server: Server, name: TransportName, room: string): Promise<number> {
  let delivered = 0
  const agent = new Agent({ connections: READERS * 2 })
  const viaAgent = ((url: URL, options: object) =>
    fetch(url, { ...options, dispatcher: agent })) as unknown as typeof globalThis.fetch
  const open: Promise<void>[] = []
  const readers: Connection[] = Array.from({ length: READERS }, (_, n) => {
    let opened = () => {}
    open.push(new Promise((resolve) => (opened = resolve)))
    return transports[name](
      {
        url: server.url,
        room,
        client: `reader-${n}`,
        interval: 0.5,
        fetch: viaAgent,
        WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
      },
      {
        onEntry: () => delivered++,
        onGap: () => {},
        onStatus: ({ state }) => state === 'open' && opened(),
      },
    )
  })
  await Promise.all(open)

  const publisher = await new Promise<Connection>((resolve) => {
    const connection: Connection = transports.websocket(
      { url: server.url, room, WebSocket: WebSocket as unknown as typeof globalThis.WebSocket },
      {
        onEntry: () => {},
        onGap: () => {},
        onStatus: ({ state }) => state === 'open' && resolve(connection),
      },
    )
  })
  const before = await cpuOf(server)
  const total = RATE * SECONDS
  const started = performance.now()
  for (let n = 0; n < total; n++) {
    // An open loop: each draft has its time, whether or not the last one was quick.
    const due = started + (n * 1000) / RATE
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
    publisher
      .publish({ text: 'The quick brown fox jumps over the lazy dog, again and again.' })
      .catch(() => {})
  }
  while (delivered < total * READERS) await new Promise((resolve) => setTimeout(resolve, 10))
  const used = (await cpuOf(server)) - before

  publisher.close()
  for (const reader of readers) reader.close()
  await agent.close().catch(() => {})
  return used / delivered
}

/** `npm run bench:meter -- sse websocket` measures only these. */
const asked = transportNames.filter((name) => process.argv.includes(name))

const quantile = (sorted: number[], q: number) => sorted[Math.round(q * (sorted.length - 1))] ?? Number.NaN

const servers = { metered: await start('metered'), bare: await start('bare') }
console.log(
  `${READERS} readers × ${RATE} entries/s × ${SECONDS} s, ${ROUNDS} rounds; CPU of the server process per delivery`,
)
console.log('transport        with meter   without    ratio (median, quartiles)')
for (const name of asked.length > 0 ? asked : transportNames) {
  const rounds: { metered: number; bare: number }[] = []
  // Round 0 warms both servers up: code that has not been compiled yet is dear.
  for (let round = 0; round <= ROUNDS; round++) {
    const order = round % 2 === 0 ? (['metered', 'bare'] as const) : (['bare', 'metered'] as const)
    const result = { metered: 0, bare: 0 }
    for (const kind of order) result[kind] = await measure(servers[kind], name, `bench-${name}-${round}`)
    if (round > 0) rounds.push(result)
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
for (const { child } of Object.values(servers)) child.disconnect()
process.exit(0)
