import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../../../e2e/support/server.ts'
import { until } from '../../../e2e/support/until.ts'
import type { ExperimentName } from '../../claims/claim.ts'
import { experiments } from './index.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

/** What was seen, by id. */
async function look(name: ExperimentName) {
  const observations = await experiments[name](server.url)
  for (const { what } of observations) expect(what).toMatch(/\.$/)
  return Object.fromEntries(observations.map(({ id, value }) => [id, value]))
}

test('accept-key: the handshake typed by hand gets the answer the RFC prints', async () => {
  expect(await look('accept-key')).toEqual({
    status: 'HTTP/1.1 101 Switching Protocols',
    accept: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    'computed-agrees': true,
  })
})

test('socketio-is-websocket: a plain client connects and hears no entry; one that speaks the protocol does', async () => {
  expect(await look('socketio-is-websocket')).toEqual({
    published: 5,
    'entries-websocket': 5,
    'entries-plain': 0,
    'entries-spoken': 5,
    'first-message': expect.stringMatching(/^0\{"sid":"/),
    packet: expect.stringMatching(/^42\/chat,\["entry",\{"room":"look-/),
  })
})

test('tcp-so-nothing-lost: the cut loses what is older than the replay, unless there is a cursor', async () => {
  expect(await look('tcp-so-nothing-lost')).toEqual({
    'published-away': 60,
    'lost-open': 0,
    // The feed replays the last 50 to who has no cursor; one of them was published after it was back.
    'lost-without-cursor': expect.toBeOneOf([10, 11]),
    'lost-with-cursor': 0,
  })
})

test('resume-needs-ids: all that is kept comes back, and the loss of the rest is announced', async () => {
  expect(await look('resume-needs-ids')).toEqual({
    'missed-kept': 0,
    owed: 10_215,
    // The log keeps 10,000.
    'missed-forgotten': 215,
    'gap-announced': true,
  })
})

test('auto-reconnect: Socket.IO’s client is back, and in no room; the plain socket is not', async () => {
  expect(await look('auto-reconnect')).toEqual({
    'socketio-back': true,
    'socketio-back-after': expect.any(Number),
    'ws-back': false,
    'entries-after': 0,
  })
})

test('new-connection-cost: behind a link a new connection takes about a round trip more', async () => {
  const seen = (await look('new-connection-cost')) as Record<string, number>
  for (const rtt of [80, 200]) {
    expect(seen[`kept-${rtt}`]).toBeGreaterThanOrEqual(rtt * 0.95)
    expect((seen[`fresh-${rtt}`] ?? 0) - (seen[`kept-${rtt}`] ?? 0)).toBeGreaterThan(rtt / 2)
  }
  expect(seen['kept-0']).toBeLessThan(seen['kept-80'] ?? 0)
})

test('socketio-fallback: every message comes, by polling, where a WebSocket is refused', async () => {
  expect(await look('socketio-fallback')).toEqual({
    published: 20,
    entries: 20,
    transport: 'polling',
    'connected-after': expect.any(Number),
    requests: expect.any(Number),
    'ws-status': 403,
  })
})

test('idle-cut: the silent one is ended, the one that pings is not', async () => {
  expect(await look('idle-cut')).toEqual({
    limit: 2,
    'silent-cut': true,
    'silent-cut-after': expect.any(Number),
    beat: 0.5,
    'beating-cut': false,
  })
})

test('no connection is left behind', async () => {
  await until('all connections are closed', async () => {
    const { websocket, 'socket-io': socketIo } = await server.meter()
    return websocket.open + socketIo.open === 0
  })
})

test('a server that is not there is an error, not an observation', async () => {
  const gone = await startServer()
  await gone.close()
  for (const experiment of Object.values(experiments)) await expect(experiment(gone.url)).rejects.toThrow()
})
