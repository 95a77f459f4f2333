import { expect, test } from 'vitest'
import { expectNothingLost } from '../conformance/oracle.ts'
import { kept, setStage } from '../conformance/stage.ts'
import { linkTo, openLane, openLanes, returns } from './lanes.ts'

/** A proxy that gathers what the server says over HTTP, for so long. Nothing can be told to such a one: it asks nobody. */
const HELD_MS = 400

test('a buffering proxy holds up SSE but not WebSocket, cuts neither, and loses nothing', async () => {
  const { log, server, fill } = await setStage(undefined, { heartbeat: 1_000 })
  const link = await linkTo(server.port, { buffer: { bytes: 1_048_576, ms: HELD_MS } })
  const lanes = await openLanes(link.url, { heartbeat: 1, wait: 1 })
  const [shortPolling, longPolling, sse, webSocket, socketIo] = lanes
  const receipts = []
  const held: number[] = []
  for (let n = 0; n < 5; n++) {
    receipts.push(...(await fill('lobby', 1)))
    await webSocket?.has(n + 1)
    const heldFrom = performance.now()
    await Promise.all([shortPolling, longPolling, socketIo].map((lane) => lane?.has(n + 1)))
    await sse?.has(n + 1)
    held.push(performance.now() - heldFrom)
  }
  console.log(`SSE came ${held.map((ms) => ms.toFixed(0)).join(', ')} ms after WebSocket`)
  // How long depends on what was already waiting; five times in a row at once is no buffering.
  expect(Math.max(...held)).toBeGreaterThan(HELD_MS / 4)
  // Heartbeats get through, late as they are: 2.5 s of silence would be taken for death.
  await new Promise((resolve) => setTimeout(resolve, 4_000))
  for (const lane of lanes) {
    expectNothingLost(lane, receipts)
    expect(lane.entries).toEqual(await kept(log))
    expect(returns(lane)).toBe(0)
  }
})

test('a response is let through when it is whole, so polls are no slower than the network', async () => {
  const { server, fill } = await setStage()
  const link = await linkTo(server.port, { buffer: { bytes: 1_048_576, ms: 600_000 } })
  const lanes = (['short-polling', 'long-polling'] as const).map((name) => openLane(name, link.url))
  await Promise.all(lanes.map((lane) => lane.open()))
  const receipts = await fill('lobby', 3)
  for (const lane of lanes) {
    await lane.has(3)
    expectNothingLost(lane, receipts)
  }
})

test('what asks a proxy of good will not to buffer is in the first bytes, before there is anything to read', async () => {
  const { server } = await setStage()
  const response = await fetch(`${server.url}/sse/lobby`)
  // It came although not one entry has been published.
  expect(response.headers.get('x-accel-buffering')).toBe('no')
  expect(response.headers.get('cache-control')).toBe('no-store')
  const first = await response.body?.getReader().read()
  expect(Buffer.from(first?.value ?? []).toString()).toMatch(/^event: joined\n/)
})
