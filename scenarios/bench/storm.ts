import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { randomFrom } from '../../server/contract/random.ts'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import type { Presence } from '../../server/contract/wire.ts'
import type { Connection } from '../../web/transports/connection.ts'
import { transports } from '../../web/transports/index.ts'

/** Many people who come, type and go at random, and one watcher a transport who is to end up with the truth. */
export interface StormOptions {
  url: string
  people: number
  seconds: number
  seed: number
}

export interface Watched {
  name: TransportName
  /** Different states told, and the most in any second. */
  updates: number
  mostInASecond: number
  /** From its opening to the last of them, in s: whatever held them up on the way is in it. */
  toldFor: number
  /** From the last change to the truth, in ms; absent where it never came. */
  convergedMs: number | undefined
}

export async function storm({ url, people, seconds, seed }: StormOptions): Promise<Watched[]> {
  const random = randomFrom(seed)
  const room = 'storm'
  const target = { url, room, interval: 0.25, WebSocket: WebSocket as unknown as typeof globalThis.WebSocket }
  const tokens: string[] = []
  for (let n = 0; n < people; n++) tokens.push(await tokenFor(url, `p${n}`))

  const watchers = transportNames.map((name) => {
    const opened = performance.now()
    const times: number[] = []
    let latest: Presence | undefined
    const connection = transports[name](
      { ...target, client: `watch-${name}` },
      {
        onEntry() {},
        onGap() {},
        onStatus() {},
        onPresence(presence) {
          latest = presence
          times.push(performance.now())
        },
      },
    )
    return { name, opened, times, connection, latest: () => latest }
  })

  const here = new Map<number, Connection>()
  function come(n: number) {
    const name = transportNames[Math.floor(random() * transportNames.length)] ?? 'sse'
    const listener = { onEntry() {}, onGap() {}, onStatus() {} }
    here.set(n, transports[name]({ ...target, client: `storm-${n}`, token: tokens[n] ?? '' }, listener))
  }
  function go(n: number) {
    here.get(n)?.close()
    here.delete(n)
  }

  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    for (let step = 0; step < people / 30; step++) {
      const n = Math.floor(random() * people)
      const connection = here.get(n)
      if (!connection) come(n)
      else if (random() < 0.5) go(n)
      else connection.typing?.()
    }
    await sleep(50)
  }

  const since = performance.now()
  const truth = [...here.keys()]
    .map((n) => `p${n}`)
    .sort()
    .join()
  const isTrue = (presence: Presence | undefined) =>
    presence?.typing.length === 0 &&
    presence.online
      .flatMap(({ id, name }) => (id === undefined ? [] : name))
      .sort()
      .join() === truth
  const converged = new Map<TransportName, number>()
  while (converged.size < watchers.length && performance.now() - since < 30_000) {
    for (const { name, latest } of watchers)
      if (isTrue(latest()) && !converged.has(name)) converged.set(name, performance.now() - since)
    await sleep(10)
  }
  for (const n of [...here.keys()]) go(n)
  for (const { connection } of watchers) connection.close()
  return watchers.map(({ name, opened, times }) => ({
    name,
    updates: times.length,
    mostInASecond: Math.max(
      ...times.map((from, at) => times.slice(at).filter((time) => time < from + 1_000).length),
    ),
    toldFor: ((times.at(-1) ?? opened) - opened) / 1000,
    convergedMs: converged.get(name),
  }))
}

async function tokenFor(url: string, name: string): Promise<string> {
  const headers = { 'Content-Type': 'application/json' }
  const response = await fetch(`${url}/session`, { method: 'POST', headers, body: JSON.stringify({ name }) })
  if (!response.ok) throw new Error(`No session: ${response.status} ${await response.text()}`)
  return ((await response.json()) as { token: string }).token
}
