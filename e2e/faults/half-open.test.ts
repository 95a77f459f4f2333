import { expect, test } from 'vitest'
import { transportNames } from '../../server/contract/transports.ts'
import { expectNothingLost } from '../conformance/oracle.ts'
import { kept, setStage } from '../conformance/stage.ts'
import { until } from '../support/until.ts'
import { linkTo, openLane, openLanes, returns, settled } from './lanes.ts'

/**
 * Half-open: the network swallows everything and tells nobody. No end, no error; only silence says so, and silence is
 * what an idle lane hears anyway. Heartbeats are shortened to 1 s on both ends, so after 2.5 s nobody is there.
 */
const HEARTBEAT = 1

test('every transport notices that nobody is there, resumes, and has lost nothing', async () => {
  const { log, server, fill } = await setStage(undefined, { heartbeat: HEARTBEAT * 1000 })
  const link = await linkTo(server.port)
  const beside = await openLanes(server.url, { heartbeat: HEARTBEAT })
  // A poll is given up 10 s after its answer was due.
  const lanes = await openLanes(link.url, { heartbeat: HEARTBEAT, wait: 1 })
  const receipts = await fill('lobby', 5)
  for (const lane of lanes) await lane.has(5)

  const swallowed = link.cut('half-open')
  expect(swallowed).toBeGreaterThanOrEqual(3)
  const cutAt = performance.now()
  receipts.push(...(await fill('lobby', 5)))
  await Promise.all(
    lanes.map(async (lane, n) => {
      await until('silence is noticed', () => returns(lane) > 0)
      const after = (performance.now() - cutAt) / 1000
      console.log(`${transportNames[n]}: noticed after ${after.toFixed(1)} s`)
      // The last heartbeat may have come up to one before; a poll has none, and waits for its answer.
      expect(after).toBeGreaterThan(1.5 * HEARTBEAT - 0.1)
      if (!transportNames[n]?.endsWith('polling')) expect(after).toBeLessThan(5 * HEARTBEAT)
    }),
  )
  await settled(lanes)
  receipts.push(...(await fill('lobby', 5)))
  for (const lane of [...lanes, ...beside]) {
    await lane.has(15)
    expectNothingLost(lane, receipts)
    expect(lane.entries).toEqual(await kept(log))
    expect(lane.gaps).toEqual([])
  }
  // It is the silence that was noticed, and not a timer that cuts everybody.
  expect(beside.map(returns)).toEqual([0, 0, 0, 0, 0])
})

test('a quiet lane stays open for as long as heartbeats cross', async () => {
  const { server, fill } = await setStage(undefined, { heartbeat: HEARTBEAT * 1000 })
  const lanes = await openLanes(server.url, { heartbeat: HEARTBEAT, wait: 1 })
  const began = performance.now()
  // Twice the silence that would be taken for death.
  await until('time has passed', () => performance.now() - began > 2 * 2.5 * HEARTBEAT * 1000)
  const receipts = await fill('lobby', 1)
  for (const lane of lanes) {
    await lane.has(1)
    expectNothingLost(lane, receipts)
    expect(returns(lane)).toBe(0)
  }
})

test('the server too notices, and lets go of what it held', async () => {
  const { server } = await setStage(undefined, { heartbeat: HEARTBEAT * 1000 })
  const link = await linkTo(server.port)
  openLane('websocket', link.url, { heartbeat: 1_000 })
  openLane('socket-io', link.url)
  const clients = () => server.app.websocketServer.clients.size + server.app.io.engine.clientsCount
  await until('both are connected', () => clients() === 2)
  link.cut('half-open')
  link.refuse(60_000)
  await until('both are gone', () => clients() === 0)
})

test('a draft on its way into silence is not waited for without end', async () => {
  const { log, server } = await setStage(undefined, { heartbeat: HEARTBEAT * 1000 })
  const link = await linkTo(server.port)
  const lanes = await openLanes(link.url, { heartbeat: HEARTBEAT, wait: 1 })
  link.cut('half-open')
  link.refuse(5_000)
  const errors = await Promise.all(
    lanes.map((lane) => lane.publish({ id: 'a-1', text: 'hi' }).catch((error) => error)),
  )
  expect(errors.map(({ code }) => code)).toEqual(Array(5).fill('network'))
  expect(await kept(log)).toEqual([])
})
