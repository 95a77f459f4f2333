import { describe, expect, it } from 'vitest'
import { createDeliveries, freeze } from './delivery.ts'

function deliveries(...times: number[]) {
  const all = createDeliveries()
  for (const ms of times) all.add(ms)
  return all
}

describe('percentiles of delivery', () => {
  it('are unknown before the first delivery', () => {
    expect(deliveries().percentile(0.5)).toBeUndefined()
  })

  it('are the nearest rank: a time that really occurred, never one between two', () => {
    const five = deliveries(15, 20, 35, 40, 50)
    expect(five.percentile(0.05)).toBe(15)
    expect(five.percentile(0.3)).toBe(20)
    expect(five.percentile(0.4)).toBe(20)
    expect(five.percentile(0.5)).toBe(35)
    expect(five.percentile(1)).toBe(50)
  })

  it('do not depend on the order of arrival and count equal times each', () => {
    expect(deliveries(9, 1, 1, 1).percentile(0.75)).toBe(1)
    expect(deliveries(9, 1, 1, 1).percentile(0.76)).toBe(9)
  })

  it('see what was added after they were first asked', () => {
    const some = deliveries(5)
    expect(some.percentile(0.5)).toBe(5)
    some.add(1)
    some.add(1)
    expect(some.percentile(0.5)).toBe(1)
    some.add(1)
    expect(some.n).toBe(4)
  })

  it('keep the tenths that the clock gives', () => {
    expect(deliveries(1.2300000004, 1.26).percentile(0.5)).toBe(1.2)
  })

  it('start over', () => {
    const some = deliveries(5)
    some.reset()
    expect(some.n).toBe(0)
    expect(some.percentile(0.5)).toBeUndefined()
  })

  it('frozen, they stay as they were', () => {
    const deliveries = createDeliveries()
    deliveries.add(1)
    const then = freeze(deliveries)
    deliveries.add(9)
    deliveries.add(9)
    expect([then.n, then.percentile(0.5)]).toEqual([1, 1])
    expect([deliveries.n, deliveries.percentile(0.5)]).toEqual([3, 9])
  })
})
