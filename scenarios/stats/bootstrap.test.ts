import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomFrom } from '../plan.ts'
import { median, medianInterval, quantile } from './bootstrap.ts'

const times = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 10, maxLength: 40 })

test('median and quantile of a worked example', () => {
  expect(median([5, 1, 9])).toBe(5)
  expect(median([4, 1, 9, 5])).toBe(4.5)
  expect([0, 0.25, 0.5, 1].map((q) => quantile([1, 2, 4, 8], q))).toEqual([1, 1.75, 3, 8])
  expect(median([])).toBeNaN()
})

test('below 10 points there is no interval', () => {
  expect(medianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBeUndefined()
  expect(medianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).toBeDefined()
})

test('the same points give the same interval, in whatever order they come', () => {
  fc.assert(
    fc.property(times, (points) => {
      const [low, high] = medianInterval(points) ?? [Number.NaN, Number.NaN]
      expect(medianInterval(points.toReversed())).toEqual([low, high])
      expect(low).toBeLessThanOrEqual(median(points))
      expect(high).toBeGreaterThanOrEqual(median(points))
    }),
  )
})

test('points that are all the same have an interval of no width', () => {
  expect(medianInterval(new Array(12).fill(145.25))).toEqual([145.25, 145.25])
})

test.each([
  [11, 3, 9],
  [21, 7, 15],
])(
  'of %i points the ends are those that the binomial distribution gives for infinitely many draws',
  (n, low, high) => {
    // Efron (Annals of Statistics 7, 1979, §3): the drawn median is at most the k-th smallest of n with the
    // chance that Binomial(n, k/n) is at least (n + 1)/2; it passes 2.5 % and 97.5 % at these two.
    expect(medianInterval(Array.from({ length: n }, (_, index) => index + 1))).toEqual([low, high])
  },
)

test.each([10, 15, 20])('of %i points the interval holds the true median about 95 times in 100', (n) => {
  const random = randomFrom(n)
  const trials = 2_000
  let held = 0
  for (let trial = 0; trial < trials; trial++) {
    // Exponential, as skewed as latencies are: its median is ln 2.
    const [low, high] = medianInterval(Array.from({ length: n }, () => -Math.log(1 - random()))) ?? [0, 0]
    if (low <= Math.LN2 && Math.LN2 <= high) held++
  }
  expect(held / trials).toBeGreaterThan(0.9)
  expect(held / trials).toBeLessThan(0.98)
})
