import { expect, test } from 'vitest'
import { distributionOf, reportOf, runOf, scenarioOf } from '../../e2e/support/reports.ts'
import { summarise } from './summary.ts'

test('there is one summary for each case and transport, in the order of the sweep and of the transports', () => {
  const scenario = scenarioOf({ sweep: { of: 'rate', values: [100, 1] } })
  const runs = ['rate=1', 'rate=100'].flatMap((label) => [
    runOf({ case: label, transport: 'websocket' }),
    runOf({ case: label, transport: 'short-polling' }),
  ])
  expect(summarise(reportOf(runs, { scenario })).map((s) => [s.case, s.transport])).toEqual([
    ['rate=100', 'short-polling'],
    ['rate=100', 'websocket'],
    ['rate=1', 'short-polling'],
    ['rate=1', 'websocket'],
  ])
})

test('points are one a valid run, in the order of repetitions; invalid runs are counted and left out', () => {
  const at = (repetition: number, p50: number) => runOf({ repetition, latency: distributionOf(p50) })
  const [summary] = summarise(
    reportOf([at(3, 30), at(1, 10), { ...at(4, 999), invalid: 'The generator was late.' }, at(2, 11)]),
  )
  expect(summary).toMatchObject({ valid: 3, invalid: 1 })
  expect(summary?.figures['latency.p50']).toEqual({ points: [10, 11, 30], median: 11 })
})

test('from 10 repetitions on there is an interval, and it holds the median', () => {
  const runs = Array.from({ length: 10 }, (_, n) =>
    runOf({ repetition: n + 1, latency: distributionOf(n + 1) }),
  )
  const estimate = summarise(reportOf(runs))[0]?.figures['latency.p50']
  expect(estimate?.median).toBe(5.5)
  expect(estimate?.interval?.[0]).toBeGreaterThanOrEqual(2)
  expect(estimate?.interval?.[0]).toBeLessThan(5.5)
  expect(estimate?.interval?.[1]).toBeGreaterThan(5.5)
  expect(estimate?.interval?.[1]).toBeLessThanOrEqual(9)
})

test('a figure that no run has is absent; one that some have has fewer points', () => {
  const { p99: _, ...few } = distributionOf(5)
  const [summary] = summarise(
    reportOf([runOf({ latency: few }), runOf({ repetition: 2, latency: distributionOf(5) })]),
  )
  expect(summary?.figures['latency.p99']?.points).toEqual([10])
  expect(summary?.figures).not.toHaveProperty('memory')
})
