import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noisyReport, reportOf, runOf, scenarioOf, type Truth } from '../../e2e/support/reports.ts'
import { randomFrom, shuffled } from '../plan.ts'
import type { Report } from '../report.ts'
import { type Comparison, compareReports, describe, tested } from './compare.ts'

const truth: Truth = { p50: 40, bytes: 150, cpu: 12 }
const five = (repeat: number) => scenarioOf({ repeat })
const report = (seed: number, repeat = 10, noise = 0.05, changes: Partial<Truth> = {}) =>
  noisyReport(five(repeat), seed, noise, () => ({ ...truth, ...changes }))

const told = ({ verdict }: Comparison) =>
  verdict !== 'no detectable difference' && verdict !== 'too few repetitions'

test('a report does not differ from itself', () => {
  const { comparisons, warnings } = compareReports(report(1), report(1))
  expect(comparisons).toHaveLength(20)
  for (const comparison of comparisons)
    expect(comparison).toMatchObject({ verdict: 'no detectable difference', pHolm: 1 })
  expect(warnings).toEqual([])
})

test('where nothing changed, any difference at all is told in no more than 5 of 100 comparisons of reports', () => {
  // Without a smallest effect, so that the test alone stands against chance: this is what it promises.
  const trials = 400
  let alarms = 0
  for (let trial = 0; trial < trials; trial++) {
    const [a, b] = [report(2 * trial + 1, 8, 0.2), report(2 * trial + 2, 8, 0.2)]
    if (compareReports(a, b, { smallest: 0 }).comparisons.some(told)) alarms++
  }
  // 20 are expected at most; 5 standard deviations beyond would be no accident.
  expect(alarms).toBeLessThan(20 + 5 * Math.sqrt(400 * 0.05 * 0.95))
})

test('a server slower by 20 % is found out at 5 % noise with 10 repetitions, on every transport', () => {
  for (let trial = 0; trial < 100; trial++) {
    const { comparisons } = compareReports(
      report(2 * trial + 1),
      report(2 * trial + 2, 10, 0.05, { p50: 48, cpu: 14.4 }),
    )
    const verdicts = (figure: string) => comparisons.filter((c) => c.figure === figure).map((c) => c.verdict)
    expect(verdicts('latency.p50')).toEqual(new Array(5).fill('slower'))
    expect(verdicts('cpu')).toEqual(new Array(5).fill('higher'))
    expect(verdicts('bytes')).toEqual(new Array(5).fill('no detectable difference'))
  }
})

test('on one machine medians less than 2 ms apart tie, however sure the test is; elsewhere they do not', () => {
  const [a, b] = [report(1, 10, 0.001), report(2, 10, 0.001, { p50: 41.6 })]
  const distant = (one: Report): Report => ({
    ...one,
    environment: { ...one.environment, sameHost: false, loopback: false },
  })
  const p50 = ({ comparisons }: ReturnType<typeof compareReports>) =>
    comparisons.filter(({ figure }) => figure === 'latency.p50').map(({ verdict }) => verdict)
  expect(p50(compareReports(a, b))).toEqual(new Array(5).fill('no detectable difference'))
  expect(p50(compareReports(distant(a), distant(b)))).toEqual(new Array(5).fill('slower'))
})

test('what is surely there but smaller than the smallest effect is not told', () => {
  const [a, b] = [report(1, 10, 0.001), report(2, 10, 0.001, { cpu: 12 * 1.02 })]
  const cpu = ({ comparisons }: ReturnType<typeof compareReports>) =>
    comparisons.filter(({ figure }) => figure === 'cpu').map(({ verdict }) => verdict)
  expect(cpu(compareReports(a, b))).toEqual(new Array(5).fill('no detectable difference'))
  expect(cpu(compareReports(a, b, { smallest: 0.01 }))).toEqual(new Array(5).fill('higher'))
})

test('five repetitions against five cannot show anything among so many comparisons, and it says how many could', () => {
  const { comparisons, warnings } = compareReports(report(1, 5), report(2, 5, 0.05, { cpu: 24, p50: 80 }))
  expect(new Set(comparisons.map(({ verdict }) => verdict))).toEqual(new Set(['too few repetitions']))
  expect(warnings).toEqual([
    expect.stringMatching(
      /^5 repetitions against 5 cannot show a difference among 20 comparisons: .*Repeat 6 times or more/,
    ),
  ])
  // As many as it says are enough; one figure of one transport alone needs no more than there are.
  const six = compareReports(report(1, 6), report(2, 6, 0.01, { cpu: 24 }))
  expect(six.comparisons.filter(told).map(({ figure }) => figure)).toEqual(new Array(5).fill('cpu'))
  const one = compareReports(report(1, 5), report(2, 5, 0.01, { cpu: 24 }), { figures: ['cpu'] })
  expect(one.warnings).toEqual([])
  expect(one.comparisons.filter(told)).toHaveLength(5)
})

test('the order in which runs were made changes nothing', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (one, other) => {
      const [a, b] = [report(one), report(other)]
      const mixed = (report: Report, seed: number) => ({
        ...report,
        runs: shuffled(report.runs, randomFrom(seed)),
      })
      const straight = compareReports(a, b)
      expect(compareReports(mixed(a, one), mixed(b, other))).toEqual(straight)
    }),
    { numRuns: 20 },
  )
})

test('exchanging the two turns every ratio over and every verdict into its opposite', () => {
  const opposite = { faster: 'slower', slower: 'faster', lower: 'higher', higher: 'lower' } as Record<
    string,
    string
  >
  const [a, b] = [report(1), report(2, 10, 0.05, { cpu: 18, p50: 20 })]
  const [there, back] = [compareReports(a, b).comparisons, compareReports(b, a).comparisons]
  expect(there.filter(told)).toHaveLength(10 + 5)
  there.forEach(({ verdict, ratio, pHolm }, index) => {
    expect(back[index]?.verdict).toBe(opposite[verdict] ?? verdict)
    expect((back[index]?.ratio ?? 0) * ratio).toBeCloseTo(1, 9)
    expect(back[index]?.pHolm).toBeCloseTo(pHolm, 12)
  })
})

test('what is the same in every repetition needs no test: any difference beyond the smallest effect is told', () => {
  const fixed = (bytes: number) => noisyReport(five(3), 1, 0, () => ({ ...truth, bytes }))
  const of = (after: number) => compareReports(fixed(150), fixed(after))
  const bytes = (after: number) => of(after).comparisons.filter(({ figure }) => figure === 'bytes')[0]
  expect(bytes(150)).toMatchObject({ verdict: 'no detectable difference', p: 1, pHolm: 1, interval: [1, 1] })
  expect(bytes(153)).toMatchObject({ verdict: 'no detectable difference', ratio: 1.02 })
  expect(bytes(156)).toMatchObject({ verdict: 'higher', ratio: 1.04, interval: [1.04, 1.04], pHolm: 0 })
  expect(of(156).warnings).toEqual([])
})

test('what needs no test does not burden what does: it is not among the comparisons to correct for', () => {
  const steady = (seed: number) => {
    const { runs, ...rest } = report(seed, 5)
    return reportOf(
      runs.map((run) => ({ ...run, readersTally: { ...run.readersTally, bytesOut: 150_000 } })),
      rest,
    )
  }
  const { comparisons, warnings } = compareReports(steady(1), steady(2))
  expect(comparisons).toHaveLength(20)
  expect(warnings).toEqual([expect.stringContaining('among 15 comparisons')])
})

test('a figure that is zero, or that one report lacks, is not compared', () => {
  const runs = [1, 2, 3, 4].map((repetition) => runOf({ repetition }))
  const silent = runs.map((run) => ({ ...run, latency: { n: 0, curve: [] }, server: undefined }))
  const { comparisons } = compareReports(reportOf(runs), reportOf(silent as typeof runs), {
    figures: [...tested, 'lost', 'requests'],
  })
  expect(comparisons.map(({ figure }) => figure)).toEqual(['bytes'])
})

test('invalid runs are left out, and said', () => {
  const spoilt = report(2)
  spoilt.runs = spoilt.runs.map((run) =>
    run.repetition > 8 ? { ...run, invalid: 'The generator was late.', latency: { n: 1, curve: [] } } : run,
  )
  const { comparisons, warnings } = compareReports(report(1), spoilt)
  for (const { before, after } of comparisons)
    expect([before.points.length, after.points.length]).toEqual([10, 8])
  expect(warnings).toEqual(['10 of 50 runs after are invalid and left out.'])
})

test('losses are said first, whatever the figures', () => {
  const b = report(2)
  const [first, ...rest] = b.runs
  if (!first) throw new Error('there is one')
  const { warnings } = compareReports(report(1), { ...b, runs: [{ ...first, lost: 3 }, ...rest] })
  expect(warnings).toEqual(['Deliveries went wrong in the report after: 3 lost.'])
})

test('whatever else is not the same is said', () => {
  const a = report(1)
  const b: Report = {
    ...a,
    seed: 8,
    publishOver: 'websocket',
    interrupted: true,
    scenario: { ...a.scenario, readers: 2, headers: 'minimal', title: 'Another title' },
    environment: { ...a.environment, cpu: 'Another processor', cores: 'pinned', loopback: false },
    runs: a.runs.filter(({ transport }) => transport !== 'sse'),
  }
  expect(compareReports(a, b).warnings).toEqual([
    'Not the same experiment: readers is 1 before and 2 after.',
    'Not the same experiment: headers is "chrome" before and "minimal" after.',
    'Not the same experiment: published over same before and websocket after.',
    'Not the same machine: cpu is "A processor" before and "Another processor" after.',
    'Not the same distance between load and server (loopback): true before, false after.',
    'Not the same use of cores: "shared" before, "pinned" after.',
    'Not the same seed, so not the same traffic: 7 before, 8 after.',
    'Only before: SSE.',
    'The report after was ended before all its runs were made.',
  ])
})

test('a comparison reads as a sentence', () => {
  const [comparison] = compareReports(report(1), report(2, 10, 0.05, { p50: 80 })).comparisons
  expect(comparison && describe(comparison)).toMatch(
    /^slower: ×(1\.[89]|2\.[01])\d\d \(95 % interval [12]\.\d{3}–[12]\.\d{3}, p < 0\.001 by Holm\)$/,
  )
})
