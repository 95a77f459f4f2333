import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { scenario } from '../../scenarios/define.ts'
import { instants } from '../../scenarios/schedule.ts'
import type { Draft, Entry, Receipt } from '../../server/contract/wire.ts'
import { createTraffic } from './traffic.ts'

/** Time is made by hand: the clock of the page and its timers move together. */
const clock = vi.hoisted(() => ({ time: 0 }))
vi.mock('../ui/clock.ts', () => ({ now: () => clock.time }))

beforeEach(() => {
  clock.time = 1_000_000
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

const quiet = scenario({
  name: 'quiet',
  title: 'Quiet',
  question: 'Who is late?',
  about: 'Nobody.',
  traffic: { rate: 2, arrivals: 'even', payload: 20 },
})
const due = instants(quiet.traffic, 2, 7).map((at) => 1_000_000 + at)

/** A server that answers each draft, and gives it to its readers, as `deliver` says. */
function stage(
  readers: number,
  deliver: (draft: Draft, give: (copies?: number) => void) => Promise<Receipt>,
) {
  const ended = new AbortController()
  const waiting = vi.fn()
  const traffic = createTraffic(quiet, { readers, sameHost: true, signal: ended.signal, onWaiting: waiting })
  const drafts: Draft[] = []
  let seq = 0
  const publish = (draft: Draft) => {
    drafts.push(draft)
    const entry = { ...draft, seq: ++seq, at: clock.time } as unknown as Entry
    return deliver(draft, (copies = readers) => {
      for (let copy = 0; copy < copies; copy++) traffic.arrived(entry)
    })
  }
  /** Lets time pass, in steps of a millisecond, until it is over. */
  async function speak(name = 'run'): Promise<number> {
    let over = false
    let problem: unknown
    traffic.speak(name, 2, 7, [publish]).then(
      () => {
        over = true
      },
      (error) => {
        over = true
        problem = error
      },
    )
    const start = clock.time
    while (!over && clock.time - start < 60_000) {
      clock.time += 1
      await vi.advanceTimersByTimeAsync(1)
    }
    if (problem) throw problem
    return clock.time - start
  }
  return { traffic, speak, drafts, waiting, ended }
}

const receipt = { id: 'x', seq: 1, at: 0, stored: 'memory' } as const
const later = (ms: number, act: () => void = () => {}) =>
  new Promise<Receipt>((resolve) => {
    setTimeout(() => {
      act()
      resolve(receipt)
    }, ms)
  })

test('each message says the instant it was due, and its latency counts from there', async () => {
  const { traffic, speak, drafts } = stage(2, (_, give) => later(5, give))
  await speak()
  expect(drafts.map(({ sentAt }) => sentAt)).toEqual(due.map((at) => Math.round(at * 10) / 10))
  expect(drafts.every(({ text }) => text?.length === 20)).toBe(true)
  const { latency, rawLatency, ...counts } = traffic.outcome()
  expect(counts).toMatchObject({ scheduled: 4, published: 4, refused: 0, expected: 8, delivered: 8, lost: 0 })
  expect(latency.n).toBe(8)
  expect(rawLatency.p50).toBe(5)
})

test('a page that stalls does not move the schedule: the wait is in the latency, and in the raw time it is not', async () => {
  let first = true
  const { traffic, speak } = stage(1, (_, give) => {
    give()
    // The page's thread stands still for 1,200 ms: two more messages fall due meanwhile.
    if (first) clock.time += 1_200
    first = false
    return Promise.resolve(receipt)
  })
  await speak()
  const { latency, rawLatency, lateness } = traffic.outcome()
  expect(latency.max).toBeGreaterThan(600)
  expect(lateness.max).toBeGreaterThan(600)
  expect(rawLatency.max).toBe(0)
})

test('what has not come when twice the drain is over is lost', async () => {
  const { traffic, speak, waiting } = stage(3, (_, give) => later(5, () => give(2)))
  const took = await speak()
  expect(traffic.outcome()).toMatchObject({ published: 4, expected: 12, delivered: 8, lost: 4 })
  expect(waiting).toHaveBeenCalledOnce()
  // 2 s of traffic, of which the last message falls due in the last half, and twice 5 s.
  expect(took).toBeGreaterThan(11_400)
  expect(took).toBeLessThan(12_100)
})

test('what comes after the drain is delivered, and late', async () => {
  const { traffic, speak } = stage(1, (_, give) => later(7_000, give))
  await speak()
  expect(traffic.outcome()).toMatchObject({ delivered: 4, lost: 0 })
  expect(traffic.outcome().late).toBe(4)
})

test('what the server refuses is owed to nobody', async () => {
  let turn = 0
  const { traffic, speak } = stage(2, (_, give) => {
    if (turn++ === 0) return Promise.reject(new Error('no'))
    return later(1, give)
  })
  await speak()
  expect(traffic.outcome()).toMatchObject({ scheduled: 4, published: 3, refused: 1, expected: 6, lost: 0 })
})

test('speaking again forgets what was said before', async () => {
  const { traffic, speak } = stage(1, (_, give) => later(1, give))
  await speak('warm-up')
  await speak('run')
  expect(traffic.outcome()).toMatchObject({ scheduled: 4, delivered: 4, latency: { n: 4 } })
})

test('ending it ends it at once', async () => {
  const { speak, ended, drafts } = stage(1, (_, give) => {
    give()
    if (drafts.length === 2) ended.abort(new Error('enough'))
    return Promise.resolve(receipt)
  })
  await expect(speak()).rejects.toThrow('enough')
  expect(drafts).toHaveLength(2)
})
