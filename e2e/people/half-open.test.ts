import { afterAll, expect, onTestFinished, test } from 'vitest'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { linkTo } from '../faults/lanes.ts'
import { connectReader, type TestReader } from '../support/client.ts'
import { startSession } from '../support/people.ts'
import { startServer } from '../support/server.ts'
import { printTable } from '../support/table.ts'
import { until } from '../support/until.ts'

/**
 * A reader whose connection is swallowed: no end, no error, the bytes vanish both ways. Those who are left must be told
 * that it is gone, and nobody else with it. Heartbeats are 1 s on both ends; a long poll waits 1 s.
 */
const HEARTBEAT = 1
/** How long a connection that was cut is waited for: half a heartbeat (server/people/presence.ts). */
const GRACE = HEARTBEAT / 2
/** Two updates are a third of a second apart; the rest is for a busy machine. */
const TOLD = 1

/** What each is found out by, and after how many seconds at most. */
const found: Record<TransportName, [by: string, within: number]> = {
  'short-polling': ['no further poll', 2.5],
  'long-polling': ['no poll after the answer', 1 + 1.5],
  sse: ['no word by POST', 2.5 * HEARTBEAT],
  websocket: ['no pong', 2 * HEARTBEAT + GRACE],
  'socket-io': ['no pong', 2.5 * HEARTBEAT + GRACE],
}

const table = [['swallowed on', 'found out by', 'within', 'gone after']]
afterAll(() => printTable('Presence of a reader whose connection is swallowed', table))

const online = ({ presences }: TestReader) =>
  presences
    .at(-1)
    ?.online.map(({ name }) => name)
    .sort()
    .join()

test.each(transportNames)('%s: a reader who is swallowed is gone, and nobody else', async (name) => {
  const server = await startServer({ heartbeat: HEARTBEAT * 1000 })
  onTestFinished(server.close)
  const link = await linkTo(server.port)
  const read = async (transport: TransportName, who: string, url = server.url) => {
    const { token } = await startSession(server.url, who)
    const settings = { room: 'quiet', heartbeat: HEARTBEAT, wait: 1, interval: 0.5, asksPresence: true }
    const reader = connectReader(transport, { ...settings, url, token, client: who })
    onTestFinished(reader.close)
    return reader
  }
  const ada = await read('websocket', 'Ada')
  const cleo = await read(name, 'Cleo')
  const bob = await read(name, 'Bob', link.url)
  await until('all see all', () => [ada, bob, cleo].every((each) => online(each) === 'Ada,Bob,Cleo'))
  // Socket.IO is a WebSocket by then, and a stream has said its first word.
  const began = performance.now()
  await until('all have settled', () => performance.now() - began > 1.5 * HEARTBEAT * 1000)
  const told = ada.presences.length

  expect(link.cut('half-open')).toBeGreaterThan(0)
  link.refuse(60_000)
  const since = performance.now()
  await until('Bob is gone', () => online(ada) === 'Ada,Cleo')
  const after = (performance.now() - since) / 1000
  const [by, within] = found[name]
  table.push([name, by, `${within.toFixed(1)} s`, `${after.toFixed(1)} s`])
  expect(after).toBeLessThan(within + TOLD)
  // Silence is what an idle reader hears as well: it is not taken for death.
  const listed = ada.presences.slice(told).map((presence) => presence.online.map((each) => each.name))
  expect(listed.every((names) => names.includes('Cleo') && names.includes('Ada'))).toBe(true)
  await until('Cleo is told, too', () => online(cleo) === 'Ada,Cleo', 10)
})
