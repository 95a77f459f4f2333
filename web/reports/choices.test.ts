import { expect, test } from 'vitest'
import { reportOf, runOf, scenarioOf } from '../../e2e/support/reports.ts'
import { readChoices, writeChoices } from './choices.ts'

const report = reportOf([runOf()], { scenario: scenarioOf({ sweep: { of: 'rate', values: [1, 10] } }) })
const usual = { case: 'rate=1', baseline: 'best', figure: 'latency.p99' } as const

test('the untouched page has no hash', () => {
  expect(readChoices('', report)).toEqual(usual)
  expect(writeChoices(usual, report)).toBe('')
})

test('every choice comes back', () => {
  const choices = { case: 'rate=10', baseline: 'sse', figure: 'bytes' } as const
  expect(readChoices(writeChoices(choices, report), report)).toEqual(choices)
})

test.each(['#case=rate=7', '#baseline=pigeon', '#figure=toString', '#%%%&&==', '#baseline=__proto__&case='])(
  '%s falls back to the usual',
  (hash) => {
    expect(readChoices(hash, report)).toEqual(usual)
  },
)

test('without a 99th percentile in any run the median is shown', () => {
  const { p99: _, ...few } = runOf().latency
  expect(readChoices('', reportOf([runOf({ latency: few })])).figure).toBe('latency.p50')
})
