import { expect, test } from 'vitest'
import type { Traffic } from './scenario.ts'
import { instants } from './schedule.ts'

const traffic = (changes: Partial<Traffic>): Traffic => ({
  rate: 10,
  arrivals: 'even',
  payload: 'conversation',
  ...changes,
})
const gaps = (due: readonly number[]) => due.slice(1).map((at, index) => at - (due[index] ?? 0))

test('an even schedule has one message every 1/rate seconds', () => {
  const due = instants(traffic({ rate: 4 }), 5, 1)
  expect(due).toHaveLength(20)
  for (const gap of gaps(due)) expect(gap).toBeCloseTo(250, 6)
})

test('an even schedule begins somewhere in its first period, elsewhere with another seed', () => {
  const firsts = Array.from({ length: 50 }, (_, seed) => instants(traffic({ rate: 2 }), 5, seed)[0] ?? -1)
  expect(Math.min(...firsts)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...firsts)).toBeLessThan(500)
  expect(new Set(firsts).size).toBeGreaterThan(45)
  // Spread over the period, not huddled at its beginning.
  expect(Math.max(...firsts) - Math.min(...firsts)).toBeGreaterThan(400)
})

test('strangers come with exponential gaps, as many a second as was asked for', () => {
  const due = instants(traffic({ rate: 100, arrivals: 'poisson' }), 100, 7)
  // Of 10,000 expected the count has a standard deviation of 100; the seed is fixed, so this is not left to chance.
  expect(Math.abs(due.length - 10_000)).toBeLessThan(400)
  const waits = gaps(due)
  const mean = waits.reduce((sum, gap) => sum + gap, 0) / waits.length
  expect(Math.abs(mean - 10)).toBeLessThan(0.5)
  // An exponential distribution has as much spread as mean, and e⁻¹ of it lies beyond the mean.
  const deviation = Math.sqrt(waits.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / waits.length)
  expect(Math.abs(deviation / mean - 1)).toBeLessThan(0.05)
  expect(Math.abs(waits.filter((gap) => gap > mean).length / waits.length - Math.exp(-1))).toBeLessThan(0.02)
})

test('a burst falls due at one instant, and the rate is kept on average', () => {
  const due = instants(traffic({ rate: 10, arrivals: 'bursts', burst: 20 }), 20, 3)
  expect(due).toHaveLength(200)
  const moments = [...new Set(due)]
  expect(moments).toHaveLength(10)
  for (const at of moments) expect(due.filter((each) => each === at)).toHaveLength(20)
  for (const gap of gaps(moments)) expect(gap).toBeCloseTo(2_000, 6)
})

test('a rate of 0 is silence', () => {
  for (const arrivals of ['even', 'poisson', 'bursts'] as const) {
    expect(instants(traffic({ rate: 0, arrivals, burst: 5 }), 10, 1)).toEqual([])
  }
})

test('the same seed gives the same instants, another seed others', () => {
  for (const arrivals of ['even', 'poisson', 'bursts'] as const) {
    const asked = traffic({ arrivals, burst: 3 })
    expect(instants(asked, 10, 42)).toEqual(instants(asked, 10, 42))
    expect(instants(asked, 10, 42)).not.toEqual(instants(asked, 10, 43))
  }
})

test('instants rise and lie within the time', () => {
  for (const arrivals of ['even', 'poisson', 'bursts'] as const) {
    for (let seed = 0; seed < 50; seed++) {
      const due = instants(traffic({ rate: 7, arrivals, burst: 3 }), 3, seed)
      expect(due).toEqual(due.toSorted((a, b) => a - b))
      for (const at of due) {
        expect(at).toBeGreaterThanOrEqual(0)
        expect(at).toBeLessThan(3_000)
      }
    }
  }
})

test('however slow the beat, a schedule that speaks at all speaks once', () => {
  for (let seed = 0; seed < 50; seed++) {
    expect(instants(traffic({ rate: 0.01 }), 5, seed)).toHaveLength(1)
    expect(instants(traffic({ rate: 1, arrivals: 'bursts', burst: 100 }), 5, seed)).toHaveLength(100)
  }
})
