import { expect, test } from 'vitest'
import type { LoadResult } from './protocol.ts'
import { type Witness, whyInvalid } from './validity.ts'

const times = (p50: number, p99: number) => ({ n: 1_000, p50, p99, max: p99, curve: [] })

/** A run against which nothing speaks. */
const good: Omit<LoadResult, 'invalid'> = {
  seconds: 10,
  readers: 10,
  scheduled: 1_000,
  published: 1_000,
  refused: 0,
  expected: 10_000,
  delivered: 10_000,
  lost: 0,
  duplicated: 0,
  reordered: 0,
  late: 0,
  reconnects: 0,
  latency: times(2, 9),
  rawLatency: times(2, 9),
  sinceServer: times(1, 8),
  lateness: times(0.1, 0.8),
  generator: { cpuSeconds: 1, eventLoopDelayP99: 2, eventLoopDelayMax: 9 },
}
const calm: Witness = { busy: 0.3, warm: true }

const judge = (change: Partial<LoadResult>, witness: Partial<Witness> = {}) =>
  whyInvalid({ ...good, ...change }, { ...calm, ...witness })

test('nothing is said of a run against which nothing speaks', () => {
  expect(judge({})).toBeUndefined()
  // Losses are the server's own, and are reported, not hidden.
  expect(
    judge({ lost: 500, delivered: 9_500, duplicated: 3, reordered: 4, late: 5, reconnects: 6 }),
  ).toBeUndefined()
  expect(judge({ latency: { n: 0, curve: [] }, lateness: { n: 0, curve: [] }, scheduled: 0 })).toBeUndefined()
})

test('a generator that was late is told by how much, where it would change what the figures say', () => {
  expect(judge({ lateness: times(1.5, 3) })).toContain('1.5 ms')
  expect(judge({ lateness: times(0.1, 6) })).toContain('6.0 ms after they were due (99th percentile)')
  // The same lateness is nothing beside the half interval of a poll.
  expect(judge({ lateness: times(1.5, 6), latency: times(500, 990) })).toBeUndefined()
  // With fewer than a hundred messages the greatest stands for the tail.
  expect(judge({ lateness: { n: 20, p50: 0.1, max: 7, curve: [] } })).toContain('7.0 ms')
})

test('an event loop that was late received late', () => {
  expect(judge({ generator: { ...good.generator, eventLoopDelayP99: 25 } })).toContain('event loop')
  expect(
    judge({ generator: { ...good.generator, eventLoopDelayP99: 25 }, latency: times(300, 900) }),
  ).toBeUndefined()
})

test('a load that was busy all the time, refusals, and a warm-up that did not end are told', () => {
  expect(judge({}, { busy: 0.97 })).toContain('97 %')
  expect(judge({ refused: 10 })).toBeUndefined()
  expect(judge({ refused: 11 })).toContain('11 of 1000 messages were refused')
  expect(judge({}, { warm: false })).toContain('warm-up')
  expect(judge({ refused: 11 }, { warm: false })?.split('. ')).toHaveLength(2)
})
