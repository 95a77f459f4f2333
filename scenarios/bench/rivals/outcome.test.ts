import { expect, test } from 'vitest'
import { runOf } from '../../../e2e/support/reports.ts'
import type { Run } from '../../report.ts'
import { linesOf, outcomeOf, spread } from './outcome.ts'
import { type Measure, rowsFor } from './rows.ts'

const measure = (target: Measure['target']): Measure => ({
  label: 'cost',
  unit: 'µs',
  value: () => 1,
  target,
})

test('ratios are made round by round before their median is taken', () => {
  // The machine was twice as slow in round 2: of the medians of the sides the ratio would be 12/14.
  const rounds = [
    { ours: 6, plain: 7, tuned: 6 },
    { ours: 14, plain: 20, tuned: 14 },
    { ours: 12, plain: 14, tuned: 24 },
  ]
  const outcome = outcomeOf(measure({ of: 'plain', atMost: 0.8 }), rounds)
  expect(outcome.toPlain?.median).toBeCloseTo(6 / 7)
  expect(outcome.toPlain?.quartiles[0]).toBeCloseTo((0.7 + 6 / 7) / 2)
  expect(outcome).toMatchObject({
    sides: { ours: { median: 12, n: 3 }, plain: { median: 14 } },
    toTuned: { median: 1 },
    target: '≤ ×0.80',
    met: false,
    tunedMet: true,
  })
  expect(outcomeOf(measure({ of: 'plain', atMost: 0.86 }), rounds).met).toBe(true)
})

test('up to 10 % beyond the tuned rival is within it', () => {
  const of = (ours: number) =>
    outcomeOf(measure({ of: 'plain', atMost: 1 }), [{ ours, plain: 99, tuned: 100 }])
  expect([109, 111].map((ours) => of(ours).tunedMet)).toEqual([true, false])
})

test('of what is to be much, at least the target meets it', () => {
  const outcome = (ours: number) =>
    outcomeOf(measure({ of: 'plain', atLeast: 1.8 }), [{ ours, plain: 10, tuned: 20 }])
  expect(outcome(18)).toMatchObject({ met: true, tunedMet: true, target: '≥ ×1.80' })
  expect(outcome(17)).toMatchObject({ met: false, tunedMet: false })
})

test('an absolute target is for our own figure, whatever the rivals take', () => {
  const outcome = outcomeOf(measure({ of: 'ours', atMost: 12 }), [{ ours: 11, plain: 7 }])
  expect(outcome).toMatchObject({ met: true, toPlain: { median: 11 / 7 }, target: '≤ 12 µs' })
  expect(outcome).not.toHaveProperty('tunedMet')
})

test('a round in which a side failed gives no ratio, and nothing measured meets nothing', () => {
  const outcome = outcomeOf(measure({ of: 'plain', atMost: 1 }), [{ ours: 5 }, { ours: 6, plain: 6 }])
  expect(outcome.toPlain).toEqual({ median: 1, quartiles: [1, 1], n: 1 })
  expect(outcomeOf(measure({ of: 'plain', atMost: 1 }), [{}])).toEqual({
    measure: 'cost',
    unit: 'µs',
    sides: {},
    target: '≤ ×1.00',
  })
  expect(spread([])).toBeUndefined()
})

test('a line has the three figures, the ratio with its quartiles, the target and the result', () => {
  const outcome = outcomeOf(measure({ of: 'plain', atMost: 0.9 }), [{ ours: 4, plain: 5, tuned: 4.5 }])
  const [title, line = ''] = linesOf('websocket, 1000 × 20/s', [outcome])
  expect(title).toBe('websocket, 1000 × 20/s')
  expect(line.replace(/ +/g, ' ')).toBe(
    ' cost 4 µs 5 µs 4.5 µs ×0.80 (0.80–0.80) ≤ ×0.90 met ×0.89 (0.89–0.89) within 10 %',
  )
})

test('rows have ids of their own, and each measures something', () => {
  const rows = rowsFor({ seconds: 10 })
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
  for (const { measures, scenarios, transport } of rows) {
    expect(measures.length).toBeGreaterThan(0)
    for (const scenario of scenarios) expect(scenario.transports).toEqual([transport])
  }
})

test('the memory of a connection is what 4,000 more take, divided among them', () => {
  const row = rowsFor({ seconds: 10 }).find(({ id }) => id === 'ws-memory')
  expect(row?.scenarios.map(({ readers }) => readers)).toEqual([1_000, 5_000])
  const connected = (readers: number, kib: number): Run => {
    const run = runOf({ readers })
    const memory = { rssConnected: kib * 1024, inUseConnected: kib * 512 }
    return { ...run, ...(run.server && { server: { ...run.server, ...memory } }) }
  }
  const runs = [connected(1_000, 60_000), connected(5_000, 100_000)]
  expect(row?.measures.map(({ value }) => value(runs, 0))).toEqual([10, 5])
})

test('a run with a late load counts where its clock is not asked, and one that lost something nowhere', () => {
  const rows = rowsFor({ seconds: 10 })
  const accepts = (id: string, run: Run) => rows.find((row) => row.id === id)?.accepts(run)
  const late = runOf({ invalid: 'The load process was late.' })
  expect(
    ['ws-1000x20', 'lp-bytes-chrome', 'ws-saturated', 'ws-memory'].map((id) => accepts(id, late)),
  ).toEqual([false, false, true, true])
  const broken = [runOf({ lost: 1 }), runOf({ refused: 11 }), runOf({ reconnects: 1 })]
  expect(broken.map((run) => accepts('sse-saturated', run))).toEqual([false, false, false])
})
