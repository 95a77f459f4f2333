import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holm } from './holm.ts'

const ps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 50 })

test('a worked example: 0.01, 0.04, 0.03, 0.005', () => {
  // Rising: 0.005 × 4, 0.01 × 3, 0.03 × 2, and 0.04 × 1, which may not come out below the one before.
  expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => p.toFixed(4))).toEqual([
    '0.0300',
    '0.0600',
    '0.0600',
    '0.0200',
  ])
})

test('one question alone is not corrected, none gives none', () => {
  expect(holm([0.04])).toEqual([0.04])
  expect(holm([])).toEqual([])
})

test('never below the p it corrects, never above Bonferroni’s or 1, and in the same order', () => {
  fc.assert(
    fc.property(ps, (given) => {
      const corrected = holm(given)
      given.forEach((p, index) => {
        const its = corrected[index] ?? Number.NaN
        expect(its).toBeGreaterThanOrEqual(p)
        expect(its).toBeLessThanOrEqual(Math.min(1, p * given.length) + 1e-12)
        given.forEach((other, at) => {
          if (p < other) expect(its).toBeLessThanOrEqual(corrected[at] ?? Number.NaN)
        })
      })
    }),
  )
})
