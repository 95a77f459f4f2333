import { expect, test } from 'vitest'
import { reportOf, runOf, scenarioOf } from '../../e2e/support/reports.ts'
import { validityOf } from './validity.ts'

const late = 'The load was late: 41 ms.'

test('without a complaint it says how late the load was at worst, over all runs', () => {
  const lateness = { ...runOf().lateness, p99: 3.21 }
  expect(validityOf(reportOf([runOf(), runOf({ repetition: 2, lateness })]))).toEqual({
    sound: true,
    sentences: [
      'All 2 runs are valid. The load itself was at most 3.2 ms late (the highest 99th percentile of a run).',
    ],
  })
})

test('invalid runs are counted, and named with the reason', () => {
  const { sound, sentences } = validityOf(
    reportOf([
      runOf(),
      runOf({ repetition: 2, invalid: late }),
      runOf({ transport: 'sse', case: 'rate=5', repetition: 3, invalid: late }),
    ]),
  )
  expect(sound).toBe(false)
  expect(sentences).toEqual([
    '2 of 3 runs are invalid and stand in no summary here.',
    `WebSocket run 2: ${late}`,
    `SSE rate=5 run 3: ${late}`,
  ])
})

test('of many invalid runs only some are named', () => {
  const runs = Array.from({ length: 9 }, (_, index) => runOf({ repetition: index + 1, invalid: late }))
  const { sentences } = validityOf(reportOf(runs))
  expect(sentences).toHaveLength(7)
  expect(sentences.at(-1)).toBe('And 4 more: the CSV below says why of each.')
})

test('a report that was ended early says how much of it was made', () => {
  const scenario = scenarioOf({
    transports: ['sse', 'websocket'],
    repeat: 3,
    sweep: { of: 'rate', values: [1, 2] },
  })
  const { sound, sentences } = validityOf(reportOf([runOf()], { scenario, interrupted: true }))
  expect(sound).toBe(false)
  expect(sentences).toEqual(['It was ended early: 1 of 12 runs were made.'])
})

test('all transports at once is a demonstration', () => {
  const report = reportOf([runOf()])
  const { sound, sentences } = validityOf({
    ...report,
    environment: { ...report.environment, together: true },
  })
  expect(sound).toBe(false)
  expect(sentences[0]).toContain('a demonstration, not a benchmark')
})

test('a report without runs is not sound', () => {
  expect(validityOf(reportOf([])).sound).toBe(false)
})

test('nothing published, nothing late', () => {
  expect(validityOf(reportOf([runOf({ lateness: { n: 0, curve: [] } })])).sentences[0]).toContain(
    'Nothing was published',
  )
})
