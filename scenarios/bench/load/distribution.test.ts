import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTimes } from './distribution.ts'

test('every quantile is that of the exact list, to a thousandth or a microsecond', () => {
  const times = fc.array(fc.double({ min: 0, max: 3_000_000, noNaN: true }), {
    minLength: 1,
    maxLength: 2_000,
    size: 'max',
  })
  fc.assert(
    fc.property(times, (list) => {
      const recorded = createTimes()
      for (const ms of list) recorded.record(ms)
      const { n, min, p50, p99, p999, max, curve } = recorded.read()
      const sorted = list.toSorted((a, b) => a - b)
      const exact = (quantile: number) => sorted[Math.max(0, Math.ceil(quantile * list.length) - 1)] as number
      const close = (value: number | undefined, truth: number) =>
        expect(Math.abs((value as number) - truth)).toBeLessThanOrEqual(0.0011 + truth * 0.001)
      expect(n).toBe(list.length)
      close(min, exact(0))
      close(p50, exact(0.5))
      close(max, exact(1))
      if (n >= 100) close(p99, exact(0.99))
      else expect(p99).toBeUndefined()
      if (n >= 1_000) close(p999, exact(0.999))
      else expect(p999).toBeUndefined()
      for (const [i, [quantile, value]] of curve.entries()) {
        const [before, lower] = curve[i - 1] ?? [-1, 0]
        expect(quantile).toBeGreaterThan(before)
        expect(value).toBeGreaterThanOrEqual(lower)
      }
      expect(curve.at(0)?.[0]).toBe(0)
      expect(curve.at(-1)).toEqual([1, max])
    }),
    { numRuns: 30 },
  )
})

test('the curve is dense near 1, and no denser than the times reach', () => {
  const recorded = createTimes()
  for (let i = 0; i < 100_000; i++) recorded.record(i / 100)
  const { curve } = recorded.read()
  expect(curve.length).toBeGreaterThan(40)
  expect(curve.length).toBeLessThan(70)
  expect(curve.filter(([quantile]) => quantile > 0.99).length).toBeGreaterThan(20)
})

test('nothing recorded has no figure, and a negative time counts as 0', () => {
  const recorded = createTimes()
  expect(recorded.read()).toEqual({ n: 0, curve: [] })
  recorded.record(-3)
  expect(recorded.read()).toMatchObject({ n: 1, min: 0, max: 0 })
})
