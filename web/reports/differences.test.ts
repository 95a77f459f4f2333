import { describe, expect, test } from 'vitest'
import { noisyReport, reportOf, runOf, scenarioOf } from '../../e2e/support/reports.ts'
import { compareReports } from '../../scenarios/stats/compare.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import { isBetter, isDifference, sentencesOf } from './differences.ts'

const scenario = scenarioOf({ transports: ['sse', 'websocket'], repeat: 10 })
const truth = (slow: number) => (transport: TransportName) => ({
  p50: transport === 'sse' ? 10 * slow : 10,
  bytes: 120,
  cpu: 0.02,
})
const before = noisyReport(scenario, 1, 0.02, truth(1))
const same = noisyReport(scenario, 2, 0.02, truth(1))
const slower = noisyReport(scenario, 3, 0.02, truth(1.3))

describe('what is said first', () => {
  test('is that nothing was detected, when nothing was', () => {
    expect(sentencesOf(compareReports(before, same).comparisons)).toEqual([
      expect.stringMatching(/^No detectable difference in \d+ comparisons\.$/),
    ])
  })

  test('is what differs, and by how much', () => {
    const { comparisons } = compareReports(before, slower)
    const [count, ...told] = sentencesOf(comparisons)
    expect(count).toMatch(/^2 of \d+ comparisons differ detectably\.$/)
    expect(told).toEqual([
      expect.stringMatching(/^SSE: Latency p50 is slower: ×1\.[23]\d+ \(95 % interval /),
      expect.stringMatching(/^SSE: Latency p99 is slower: ×1\.[23]/),
    ])
    expect(comparisons.filter(isDifference).map(isBetter)).toEqual([false, false])
    expect(compareReports(slower, before).comparisons.filter(isDifference).map(isBetter)).toEqual([
      true,
      true,
    ])
  })

  test('is that there are too few repetitions, where there are', () => {
    const few = { ...scenario, repeat: 2 }
    const { comparisons } = compareReports(
      noisyReport(few, 1, 0.02, truth(1)),
      noisyReport(few, 2, 0.02, truth(2)),
    )
    expect(sentencesOf(comparisons)[0]).toMatch(
      /^No detectable difference in \d+ comparisons\. For .* too few repetitions to tell\.$/,
    )
  })

  test('is that nothing can be compared, when they share no transport', () => {
    const { comparisons } = compareReports(
      reportOf([runOf({ transport: 'sse' })]),
      reportOf([runOf({ transport: 'websocket' })]),
    )
    expect(sentencesOf(comparisons)).toEqual([expect.stringContaining('nothing can be compared')])
  })
})
