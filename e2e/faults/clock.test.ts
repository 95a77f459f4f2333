import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import type { Tallies } from '../../server/contract/meter.ts'
import { transportNames } from '../../server/contract/transports.ts'
import type { Receipt } from '../../server/contract/wire.ts'
import { expectNothingLost } from '../conformance/oracle.ts'
import { kept, setStage } from '../conformance/stage.ts'
import { start } from '../support/process.ts'
import { startReaders } from '../support/readers.ts'
import { until } from '../support/until.ts'
import { openLane, openLanes, returns } from './lanes.ts'

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

/** libfaketime sets the clock of a process, and of no other (https://github.com/wolfcw/libfaketime). */
const faketime = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib64/faketime/libfaketimeMT.so.1',
  '/usr/lib/faketime/libfaketimeMT.so.1',
].find((file) => existsSync(file))

if (faketime !== undefined) {
  beforeAll(async () => {
    expect(await start(['--build-only']).exited()).toBe(0)
  }, 240_000)

  test('the clock of a whole server and of whole clients jumps, forward and back: nobody is cut, nothing is lost', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wireside-clock-'))
    const file = join(folder, 'offset')
    writeFileSync(file, '+0')
    const env = {
      LD_PRELOAD: faketime,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    }
    const program = start(['--port', '0', '--data', join(folder, 'data'), '--links', 'none'], env)
    onTestFinished(() => {
      program.kill()
      rmSync(folder, { recursive: true })
    })
    const url = await program.ready()
    const readers = startReaders({ url, heartbeat: 15 }, env)
    await until('all lanes are open', () =>
      transportNames.every((lane) => readers.states(lane).at(-1) === 'open'),
    )

    const receipts: Receipt[] = []
    const author = openLane('websocket', url, { client: 'author' })
    await author.open()
    const serverNow = async () => ((await (await fetch(`${url}/time`)).json()) as { now: number }).now
    const polls = async () => {
      const meter = (await (await fetch(`${url}/meter`)).json()) as Tallies
      return meter['short-polling'].requests + meter['long-polling'].requests
    }
    const counted: number[] = []
    for (const [n, seconds] of [0, 3_600, -3_600].entries()) {
      writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}`)
      await until('the server’s clock has jumped', async () => {
        const jumped = Math.round(((await serverNow()) - Date.now()) / 1_000)
        return Math.abs(jumped - seconds) <= 1
      })
      const before = await polls()
      for (let m = 0; m < 15; m++) {
        receipts.push(await author.publish({ id: `c-${n}-${m}`, text: 'hi' }))
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      counted.push((await polls()) - before)
    }
    for (const lane of transportNames) {
      await until('it has all', () => readers.seqs(lane).length >= receipts.length)
      expectNothingLost({ heard: readers.heard(lane), seqs: readers.seqs(lane) }, receipts)
      expect(readers.states(lane)).not.toContain('reconnecting')
    }
    const [usual = 0, forward = 0, back = 0] = counted
    expect(Math.max(forward, back)).toBeLessThan(4 * usual)
    // The entries say that the clock went an hour on, and then two back; their order does not.
    const at = receipts.map((receipt) => receipt.at)
    expect(Math.max(...at) - (at[0] ?? 0)).toBeGreaterThan(3_500_000)
    expect((at[0] ?? 0) - Math.min(...at)).toBeGreaterThan(3_500_000)
  })
}

test('the clients measure time with a clock that nobody sets', () => {
  const folder = new URL('../../web/transports/', import.meta.url)
  const files = readdirSync(folder).filter((file) => !file.endsWith('.test.ts'))
  expect(files).toContain('websocket.ts')
  const wallClock = files.filter((file) =>
    /Date\.now|new Date|Date\(/.test(readFileSync(new URL(file, folder), 'utf8')),
  )
  expect(wallClock).toEqual([])
})
