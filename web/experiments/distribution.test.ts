import { expect, test } from 'vitest'
import { distributionOf } from './distribution.ts'

const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1)

test('percentiles are by nearest rank, whatever the order of arrival', () => {
  const { n, min, mean, p50, p90, p95, p99, max } = distributionOf(upTo(200).toReversed())
  expect({ n, min, mean, p50, p90, p95, p99, max }).toEqual({
    n: 200,
    min: 1,
    mean: 100.5,
    p50: 100,
    p90: 180,
    p95: 190,
    p99: 198,
    max: 200,
  })
})

test('p99 and p999 are absent where they would only be the slowest', () => {
  expect(distributionOf(upTo(99))).not.toHaveProperty('p99')
  expect(distributionOf(upTo(100)).p99).toBe(99)
  expect(distributionOf(upTo(999))).not.toHaveProperty('p999')
  expect(distributionOf(upTo(1_000)).p999).toBe(999)
})

test('of nothing there is no figure', () => {
  expect(distributionOf([])).toEqual({ n: 0, curve: [] })
})

test('the curve rises from the least to the greatest, and is dense near 1', () => {
  const { curve } = distributionOf(upTo(1_000))
  expect(curve[0]).toEqual([0, 1])
  expect(curve.at(-1)).toEqual([1, 1_000])
  const rising = (of: 0 | 1) => curve.every((pair, at) => at === 0 || pair[of] >= (curve[at - 1]?.[of] ?? 0))
  expect(rising(0) && rising(1)).toBe(true)
  expect(curve.filter(([share]) => share > 0.9).length).toBeGreaterThan(curve.length / 2)
})
