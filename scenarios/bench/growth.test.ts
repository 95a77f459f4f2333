import { expect, test } from 'vitest'
import { reportOf } from '../claims/reports.ts'
import { growthOf, levelOf } from './growth.ts'
import { scaling } from './scaling.ts'

const [byReaders] = scaling
if (!byReaders) throw new Error('There is no such scenario.')
const scenario = { ...byReaders, transports: ['sse' as const] }

/** A server that spends `micros` on a delivery, which may grow with the readers. */
const served = (micros: (readers: number) => number) =>
  reportOf(scenario, ({ readers }) => ({
    delivered: readers * 100,
    seconds: 10,
    latency: { p99: 7 },
    server: { cpuSeconds: (readers * 100 * micros(readers)) / 1e6 },
  }))

test('a cost that stays the same is level', () => {
  const report = served(() => 10)
  expect(levelOf(report, 'sse')).toBe(
    'SSE: level, ×1.00 deliveries a CPU second from readers=10 to readers=5000.',
  )
  expect(growthOf(report, 100)).toContain('100,000')
})

test('a cost that grows with the readers falls', () => {
  expect(
    levelOf(
      served((readers) => 10 + readers / 100),
      'sse',
    ),
  ).toContain('SSE: falls, ×0.17')
})

test('a cost that the server has anyway is shared by more: deliveries a CPU second rise', () => {
  expect(
    levelOf(
      served((readers) => 10 + 1_000 / readers),
      'sse',
    ),
  ).toBe('SSE: rises, ×10.78 deliveries a CPU second from readers=10 to readers=5000.')
})

test('what rises first and is lost again falls, from where there was most', () => {
  expect(
    levelOf(
      served((readers) => (readers < 5_000 ? 10 + 1_000 / readers : 15)),
      'sse',
    ),
  ).toBe('SSE: falls, ×0.73 deliveries a CPU second from readers=1000 to readers=5000.')
})

test('what was not run cannot be told', () => {
  expect(
    levelOf(
      served(() => 10),
      'websocket',
    ),
  ).toContain('too few cases')
})

test('one run of each case tells nothing', () => {
  const once = served((readers) => 10 + readers / 100)
  const report = { ...once, runs: once.runs.filter(({ repetition }) => repetition === 1) }
  expect(levelOf(report, 'sse')).toBe(
    'SSE: ×0.17 deliveries a CPU second from readers=10 to readers=5000, but 3 valid runs of each are needed to tell.',
  )
})
