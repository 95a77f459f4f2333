import { afterEach, beforeAll, expect, test } from 'vitest'
import { parseCursor } from '../../server/contract/cursor.ts'
import type { Receipt } from '../../server/contract/wire.ts'
import { expectNothingLost } from '../conformance/oracle.ts'
import type { TestReader } from '../support/client.ts'
import { type Program, start } from '../support/process.ts'
import { until } from '../support/until.ts'
import { openLane, openLanes, returns, settled } from './lanes.ts'

/** The process ends, asked or not, and another takes its place on the same port. Entries are in memory here. */
const programs: Program[] = []

beforeAll(async () => {
  expect(await start(['--build-only']).exited()).toBe(0)
}, 240_000)

afterEach(() => {
  for (const program of programs.splice(0)) program.kill()
})

async function serve(port = 0): Promise<{ program: Program; url: string; port: number }> {
  const program = start(['--port', `${port}`, '--data', 'memory'])
  programs.push(program)
  const url = await program.ready()
  return { program, url, port: Number(new URL(url).port) }
}

const publish = (author: TestReader, count: number, name: string) =>
  Promise.all(Array.from({ length: count }, (_, n) => author.publish({ id: `${name}-${n}`, text: 'hi' })))

test('killed in mid-burst: all lanes come back to a new epoch, hear gap, and read on', async () => {
  let { program, url, port } = await serve()
  const lanes = await openLanes(url)
  const receipts: Receipt[] = []
  for (let kill = 1; kill <= 3; kill++) {
    // Each lane publishes without pause, until it cannot.
    let open = true
    const bursts = lanes.map(async (lane, l) => {
      for (let n = 0; open; n++) {
        try {
          receipts.push(await lane.publish({ id: `k${kill}-${l}-${n}`, text: 'hi' }))
        } catch {
          open = false
        }
      }
    })
    const before = receipts.length
    await until('there is a burst', () => receipts.length > before + 200)
    const epochs = lanes.map(({ cursor = '' }) => parseCursor(cursor).epoch)
    program.signal('SIGKILL')
    expect(await program.exited()).toBe(null)
    await Promise.all(bursts)
    const heard = lanes.map(({ heard }) => heard.length)
    ;({ program } = await serve(port))
    await settled(lanes)
    await until('all have heard gap', () => lanes.every(({ gaps }) => gaps.length === kill))
    lanes.forEach((lane, l) => {
      expect(lane.heard[heard[l] ?? 0]?.what).toBe('gap')
      expect(parseCursor(lane.cursor ?? '').epoch).not.toBe(epochs[l])
    })

    const after: Receipt[] = []
    for (const [l, lane] of lanes.entries()) after.push(...(await publish(lane, 4, `after-${kill}-${l}`)))
    for (const lane of lanes) {
      await until('what is new has come', () => lane.seqs.at(-1) === after.at(-1)?.seq)
      // Memory keeps nothing, and says so: what had a receipt before may be missing, but only behind a gap.
      expectNothingLost(lane, after)
    }
  }
  expect(new Set(receipts.map(({ stored }) => stored))).toEqual(new Set(['memory']))
}, 120_000)

test('asked to end: all lanes come back by themselves, and a crowd does not come at once', async () => {
  const { program, url, port } = await serve()
  const lanes = await openLanes(url)
  const crowd = Array.from({ length: 90 }, (_, n) =>
    openLane((['sse', 'websocket', 'socket-io'] as const)[n % 3] ?? 'sse', url, { client: `crowd-${n}` }),
  )
  await settled(crowd)
  const receipts = await publish(lanes[0] as TestReader, 5, 'before')
  for (const lane of [...lanes, ...crowd]) await lane.has(5)

  program.signal('SIGTERM')
  expect(await program.exited()).toBe(0)
  await serve(port)
  for (const lane of [...lanes, ...crowd]) {
    await until('it is back and knows that the log is new', () => lane.gaps.length === 1)
    await lane.open()
  }
  await settled([...lanes, ...crowd])
  receipts.push(...(await publish(lanes[3] as TestReader, 5, 'after')))
  for (const lane of [...lanes, ...crowd]) {
    await lane.has(10)
    expectNothingLost(lane, receipts)
    expect(lane.statuses.some(({ state }) => state === 'closed')).toBe(false)
    expect(returns(lane)).toBeGreaterThan(0)
  }
  // Each was told, or drew, a moment of its own in the next 5 s.
  const waits = crowd.flatMap(({ statuses }) => {
    const first = statuses.find(({ state }) => state === 'reconnecting')
    return first?.state === 'reconnecting' && first.inMs !== undefined ? first.inMs : []
  })
  expect(waits).toHaveLength(crowd.length)
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...waits)).toBeLessThanOrEqual(5_000)
  for (const quarter of [0, 1, 2, 3]) {
    const count = waits.filter((ms) => Math.floor(ms / 1_250) === quarter).length
    expect(count).toBeGreaterThan(crowd.length / 16)
  }
}, 120_000)
