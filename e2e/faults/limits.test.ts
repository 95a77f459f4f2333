import { afterEach, expect, onTestFinished, test } from 'vitest'
import { transportNames } from '../../server/contract/transports.ts'
import type { Receipt } from '../../server/contract/wire.ts'
import type { PublishError } from '../../web/transports/connection.ts'
import { sleep } from '../../web/transports/reconnect.ts'
import { expectNothingLost } from '../conformance/oracle.ts'
import { kept, setStage } from '../conformance/stage.ts'
import { handshake } from '../support/frames.ts'
import { until } from '../support/until.ts'
import { ask, dial, post, readAnswer, request, type Wire } from '../support/wire.ts'
import { openLane, openLanes, returns, settled } from './lanes.ts'

const wires: Wire[] = []
afterEach(() => {
  for (const wire of wires.splice(0)) wire.hangUp()
})

test.each(transportNames)(
  '%s: an author who publishes too fast is told so and how long to wait, and what has a receipt is there',
  async (name) => {
    const { log, server } = await setStage(undefined, { limits: { loopback: { publishesByClient: 20 } } })
    const beside = await openLanes(server.url)
    const eve = openLane(name, server.url, { client: 'eve' })
    await settled([eve])

    const receipts: Receipt[] = []
    const errors: PublishError[] = []
    await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        eve.publish({ id: `e-${n}`, text: 'hi' }).then(
          (receipt) => receipts.push(receipt),
          (error) => errors.push(error),
        ),
      ),
    )
    expect(receipts.length).toBeGreaterThanOrEqual(20)
    expect(errors.length).toBeGreaterThan(0)
    expect(receipts.length + errors.length).toBe(200)
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['too-many']))
    for (const { message, waitMs } of errors) {
      expect(message).toBe('You publish too fast. Try again in 1 s.')
      expect(waitMs).toBeGreaterThanOrEqual(1_000)
      expect(waitMs).toBeLessThan(2_000)
    }
    // Whoever waits as asked gets through.
    await sleep(errors[0]?.waitMs ?? 0, new AbortController().signal)
    receipts.push(await eve.publish({ id: 'later', text: 'hi' }))

    expect((await kept(log)).map(({ id }) => id).sort()).toEqual(receipts.map(({ id }) => id).sort())
    for (const lane of [eve, ...beside]) {
      await lane.has(receipts.length)
      expectNothingLost(lane, receipts)
      expect(returns(lane)).toBe(0)
    }
    // The others' share is their own.
    for (const lane of beside) await lane.publish({ text: 'me too' })
  },
)

test('over HTTP too fast is 429 with Retry-After', async () => {
  const { server } = await setStage(undefined, { limits: { loopback: { publishes: 0 } } })
  const answer = await ask(server.port, post('/sse/lobby', '{"text":"hi"}'))
  expect(answer).toMatchObject({ status: 429, code: 'too-many', headers: { 'retry-after': '1' } })
})

test('too many rooms are 429, and those that are there take more', async () => {
  const { server, fill } = await setStage(undefined, { limits: { loopback: { rooms: 2 } } })
  await fill('lobby', 1)
  const statuses = []
  for (const room of ['a', 'b', 'c', 'a', 'lobby', 'd'])
    statuses.push((await ask(server.port, post(`/short-polling/${room}`, '{"text":"hi"}'))).status)
  expect(statuses).toEqual([201, 201, 429, 201, 201, 429])
})

test('one connection too many is refused on every way in, and closed; the others stay', async () => {
  const { server, fill } = await setStage(undefined, { limits: { loopback: { connections: 12 } } })
  const beside = await openLanes(server.url)
  const taken = () => new Promise<number>((resolve) => server.app.server.getConnections((_, n) => resolve(n)))
  while ((await taken()) < 12) wires.push(await dial(server.port))

  for (const bytes of [
    request('GET', '/health'),
    request('GET', '/sse/lobby'),
    post('/sse/lobby', '{"text":"hi"}'),
    handshake('/websocket/lobby'),
    handshake('/echo'),
    request('GET', '/socket.io/?EIO=4&transport=polling'),
    handshake('/socket.io/?EIO=4&transport=websocket'),
  ]) {
    const wire = await dial(server.port)
    wires.push(wire)
    wire.send(bytes)
    await until('it is closed', () => wire.closed)
    const { status, code, headers } = readAnswer(wire.received)
    expect({ status, code }).toEqual({ status: 429, code: 'too-many' })
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1)
  }
  const receipts = await fill('lobby', 3)
  for (const lane of beside) {
    await lane.has(3)
    expectNothingLost(lane, receipts)
  }
  for (const wire of wires) wire.hangUp()
  await until('there is room again', async () => (await taken()) < 12)
  expect((await ask(server.port, request('GET', '/health'))).status).toBe(200)
})

test('a server that is late takes no more in; who is there reads on, and in time all is as before', async () => {
  const { log, server, fill } = await setStage(undefined, { limits: { lateAfter: 150 } })
  const lanes = await openLanes(server.url)
  // The loop is blocked for 300 ms of each turn.
  const blocking = setInterval(() => {
    const began = performance.now()
    while (performance.now() - began < 300);
  }, 1)
  onTestFinished(() => clearInterval(blocking))

  const codes = async () =>
    Promise.all(
      lanes.map((lane) =>
        lane.publish({ text: 'hi' }).then(
          () => 'taken',
          ({ code }) => code,
        ),
      ),
    )
  await until('publishes are refused', async () => (await codes()).every((code) => code === 'overloaded'))
  const newcomer = await ask(server.port, request('GET', '/sse/lobby'))
  expect(newcomer).toMatchObject({ status: 503, code: 'overloaded' })
  expect(Number(newcomer.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  expect((await ask(server.port, handshake('/websocket/lobby'))).status).toBe(503)

  const before = (await kept(log)).length
  await fill('lobby', 5)
  for (const lane of lanes) await lane.has(before + 5)
  clearInterval(blocking)

  await until('all publish again', async () => (await codes()).every((code) => code === 'taken'))
  const all = await kept(log)
  for (const lane of lanes) {
    await lane.has(all.length)
    expectNothingLost(lane, all)
  }
})
