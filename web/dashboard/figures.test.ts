import { describe, expect, it } from 'vitest'
import { emptyTally, type Tally } from '../../server/contract/meter.ts'
import { createDeliveries } from './delivery.ts'
import { figures, format, formatBytes, type Row, timesBest } from './figures.ts'

function row(times: number[], tally: Partial<Tally> = {}): Row {
  const deliveries = createDeliveries()
  for (const ms of times) deliveries.add(ms)
  return {
    transport: 'sse',
    deliveries,
    sinceServer: createDeliveries(),
    sequence: { delivered: times.length, missed: 0, duplicated: 0, reordered: 0 },
    reconnects: 0,
    lastSeq: undefined,
    tally: { ...emptyTally(), ...tally },
  }
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

describe('the figures', () => {
  it('keep quiet about p99 before a hundred deliveries', () => {
    expect(figures.p99.value(row(upTo(99)))).toBeUndefined()
    expect(figures.p99.value(row(upTo(100)))).toBe(99)
  })

  it('know no bytes per entry before there is an entry', () => {
    expect(figures.perEntry.value(row([], { bytesOut: 500 }))).toBeUndefined()
    expect(figures.perEntry.value(row([], { bytesIn: 100, bytesOut: 500, entriesOut: 4 }))).toBe(150)
  })

  it('each say what they are, how they are worked out and who measured', () => {
    for (const { explanation } of Object.values(figures)) {
      expect(explanation.origin).toBe('measured')
      expect(explanation.by).toMatch(/^by (the server|this page)/)
      expect(explanation.text && explanation.formula && explanation.title).toBeTruthy()
    }
  })
})

describe('× best', () => {
  it('is 1 for the best and how many times that for the others', () => {
    const [best, other] = [row([2]), row([5])]
    expect(timesBest('p50', best, [other, best])).toBe(1)
    expect(timesBest('p50', other, [other, best])).toBe(2.5)
  })

  it('leaves out a lane that delivered nothing, which costs nothing, too', () => {
    const [silent, some] = [row([]), row([1], { requests: 3 })]
    expect(timesBest('requests', silent, [silent, some])).toBeUndefined()
    expect(timesBest('requests', some, [silent, some])).toBe(1)
  })

  it('has no number where the best costs nothing', () => {
    const [none, some] = [row([1]), row([1], { requests: 3 })]
    expect(timesBest('requests', none, [none, some])).toBe(1)
    expect(timesBest('requests', some, [none, some])).toBeUndefined()
  })

  it('compares costs only', () => {
    expect(timesBest('delivered', row([1]), [row([1])])).toBeUndefined()
  })
})

describe('a figure as people read it', () => {
  it('has one decimal in ms, which is what the clock can tell', () => {
    expect(format(1.23, 'ms')).toBe('1.2')
    expect(format(undefined, 'ms')).toBe('–')
    expect(format(12_345, 'ms')).toBe('12.3 s')
  })

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [9_834, '9.83 kB'],
    [54_476, '54.5 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [-1_500, '-1.50 kB'],
  ])('has three digits in bytes: %i is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})
