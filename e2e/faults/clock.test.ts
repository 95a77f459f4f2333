import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { expectNothingLost } from '../conformance/oracle.ts'
import { kept, setStage } from '../conformance/stage.ts'
import { openLanes, returns } from './lanes.ts'

afterEach(() => vi.restoreAllMocks())

/** Somebody sets the clock, or a laptop finds the right time: both ends live in this process, and see it jump. */
test.each([
  ['forward', 3_600_000],
  ['back', -3_600_000],
])(
  'the wall clock jumps an hour %s: order is by seq, no lane is cut, no timer runs wild',
  async (_, hour) => {
    const { log, server, fill } = await setStage(undefined, { heartbeat: 1_000 })
    const lanes = await openLanes(server.url, { heartbeat: 1, wait: 1, interval: 0.1 })
    const receipts = await fill('lobby', 10)
    for (const lane of lanes) await lane.has(10)
    const polls = async () => {
      const tallies = await server.meter()
      return tallies['short-polling'].requests + tallies['long-polling'].requests
    }
    const measure = async () => {
      const before = await polls()
      const began = performance.now()
      // A heartbeat's worth and more, with entries to read.
      while (performance.now() - began < 1_500) {
        receipts.push(...(await fill('lobby', 1)))
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      return (await polls()) - before
    }

    const usual = await measure()
    const { now } = Date
    vi.spyOn(Date, 'now').mockImplementation(() => now() + hour)
    const afterJump = await measure()

    for (const lane of lanes) {
      await lane.has(receipts.length)
      expectNothingLost(lane, receipts)
      expect(lane.entries).toEqual(await kept(log))
      expect(returns(lane)).toBe(0)
    }
    // The server's clock went along, and says so in every entry; order did not ask it.
    const at = receipts.map(({ at }) => at)
    expect(Math.abs((at.at(-1) ?? 0) - (at[0] ?? 0))).toBeGreaterThan(3_500_000)
    expect(afterJump).toBeLessThan(10 * usual)
  },
)

test('the clients measure time with a clock that nobody sets', () => {
  const folder = new URL('../../web/transports/', import.meta.url)
  const files = readdirSync(folder).filter((file) => !file.endsWith('.test.ts'))
  expect(files).toContain('websocket.ts')
  const wallClock = files.filter((file) =>
    /Date\.now|new Date|Date\(/.test(readFileSync(new URL(file, folder), 'utf8')),
  )
  expect(wallClock).toEqual([])
})
