import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomFrom } from '../plan.ts'
import { leastP, rankSumP, ratioOf } from './rank-sum.ts'

const few = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 })
const side = fc.array(fc.double({ min: 0.01, max: 1e4, noNaN: true }), { minLength: 4, maxLength: 12 })

test('p of worked examples', () => {
  // All of one side beyond all of the other: 2 of the 252 ways to choose 5 of 10, and 2 of 184,756.
  expect(rankSumP([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(2 / 252, 12)
  expect(leastP(5, 5)).toBeCloseTo(2 / 252, 12)
  expect(leastP(10, 10)).toBeCloseTo(2 / 184_756, 12)
  // Ranks 1, 2, 4 against 3, 5, 6: 7 or less comes of {1,2,3} and {1,2,4}, so 4 of 20.
  expect(rankSumP([10, 20, 40], [30, 50, 60])).toBeCloseTo(4 / 20, 12)
  expect(rankSumP([], [1])).toBe(1)
  expect(rankSumP([1, 1, 1], [1, 1, 1])).toBe(1)
})

test('p is what dealing the values out in every possible way gives, ties included', () => {
  fc.assert(
    fc.property(few, few, (a, b) => {
      expect(rankSumP(a, b)).toBeCloseTo(byEveryDeal(a, b), 10)
    }),
  )
})

/** The definition, slowly: the rank sums of all subsets as large as a. */
function byEveryDeal(a: number[], b: number[]): number {
  const all = [...a, ...b]
  const rank = (value: number) =>
    all.filter((other) => other < value).length + (all.filter((other) => other === value).length + 1) / 2
  const ranks = all.map(rank)
  const mean = (a.length * (all.length + 1)) / 2
  const seen = Math.abs(a.map(rank).reduce((sum, each) => sum + each, 0) - mean)
  let [far, deals] = [0, 0]
  for (let chosen = 0; chosen < 2 ** all.length; chosen++) {
    const dealt = ranks.filter((_, index) => chosen & (1 << index))
    if (dealt.length !== a.length) continue
    deals++
    if (Math.abs(dealt.reduce((sum, each) => sum + each, 0) - mean) >= seen - 1e-9) far++
  }
  return far / deals
}

test('p is the same with the sides exchanged, and above no less than is possible', () => {
  fc.assert(
    fc.property(side, side, (a, b) => {
      expect(rankSumP(a, b)).toBeCloseTo(rankSumP(b, a), 12)
      expect(rankSumP(a, b)).toBeGreaterThanOrEqual(leastP(a.length, b.length) - 1e-12)
    }),
  )
})

test('the normal approximation takes over without a step', () => {
  const random = randomFrom(3)
  const [a, b] = [1, 1.2].map((factor) => Array.from({ length: 21 }, () => factor * (1 + random())))
  if (!a || !b) throw new Error('there are two')
  // 20 against 20 is exact, 21 against 21 is not: dropping a value each moves p a little.
  const exact = rankSumP(a.slice(1), b.slice(1))
  expect(rankSumP(a, b) / exact).toBeGreaterThan(0.4)
  expect(rankSumP(a, b) / exact).toBeLessThan(2.5)
  expect(rankSumP(a.concat(a), b.concat(b))).toBeLessThan(exact)
})

test('the approximation of p for 30 against 30, worked out by hand', () => {
  // Of the 900 pairs 190 have the value of a above that of b, where 450 are expected with a spread of √(30 ·
  // 30 · 61 / 12) = 67.64: z = (450 − 190 − ½) / 67.64 = 3.8366, and beyond that lies 0.0000624 on either
  // side.
  const a = Array.from({ length: 30 }, (_, index) => index + 1)
  const b = a.map((value) => value + 10.5)
  expect(rankSumP(a, b) * 1e4).toBeCloseTo(1.248, 3)
})

test('the ratio is found, and its interval lies about it', () => {
  const before = [1, 2, 4, 8, 16]
  const { ratio, interval } = ratioOf(
    before,
    before.map((value) => value * 3),
    0.05,
  )
  expect(ratio).toBeCloseTo(3, 12)
  // Of the 25 ratios 3 × 2^k the third smallest and the third greatest (Hollander and Wolfe, table A.6: 5
  // against 5).
  expect(interval?.map((end) => Math.log2(end / 3))).toEqual([-3, 3].map((k) => expect.closeTo(k, 9)))
})

test('with three against three there is no interval, with four against four there is', () => {
  expect(ratioOf([1, 2, 3], [4, 5, 6], 0.05).interval).toBeUndefined()
  expect(ratioOf([1, 2, 3, 4], [5, 6, 7, 8], 0.05).interval).toEqual([5 / 4, 8])
})

test('exchanging before and after turns the ratio over, and the interval excludes 1 just when p is below 5 %', () => {
  fc.assert(
    fc.property(side, side, (a, b) => {
      const [there, back] = [ratioOf(a, b, 0.05), ratioOf(b, a, 0.05)]
      expect(there.ratio * back.ratio).toBeCloseTo(1, 9)
      expect((there.interval?.[0] ?? 0) * (back.interval?.[1] ?? 0)).toBeCloseTo(1, 9)
      if (new Set([...a, ...b]).size < a.length + b.length || !there.interval) return
      const excludes = there.interval[0] > 1 || there.interval[1] < 1
      expect(excludes).toBe(rankSumP(a, b) <= 0.05)
    }),
  )
})

test.each([
  [5, 0.95, 0.985],
  [10, 0.94, 0.975],
])('of %i against as many, the interval holds the true ratio at least 95 times in 100', (n, least, most) => {
  const random = randomFrom(n)
  const sample = (factor: number) => Array.from({ length: n }, () => factor * (1 - Math.log(1 - random())))
  const trials = 2_000
  let held = 0
  for (let trial = 0; trial < trials; trial++) {
    const [low, high] = ratioOf(sample(1), sample(1.3), 0.05).interval ?? [0, 0]
    if (low <= 1.3 && 1.3 <= high) held++
  }
  expect(held / trials).toBeGreaterThan(least)
  expect(held / trials).toBeLessThan(most)
})
