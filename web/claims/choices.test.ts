import { expect, test } from 'vitest'
import type { Claim, Verdict } from '../../scenarios/claims/claim.ts'
import { scenario } from '../../scenarios/define.ts'
import { chosen, everything, readChoices, standingOf, writeChoices } from './choices.ts'
import { isResult, type Result } from './results.ts'
import { testable } from './testing.ts'

const claim = (id: string, sentence: string, changes: Partial<Claim> = {}): Claim => ({
  id,
  sentence,
  said: 'a book',
  scenario: scenario({
    name: `claim-${id}`,
    title: id,
    question: 'Is it so?',
    about: 'Perhaps.',
    traffic: { rate: 1, arrivals: 'even', payload: 'conversation' },
    repeat: 3,
  }),
  rule: () => verdict('holds'),
  nuance: 'It depends on the sea.',
  ...changes,
})
const verdict = (said: Verdict['verdict']): Verdict => ({ verdict: said, because: 'So.', figures: [] })
const result = (said: Verdict['verdict']): Result => ({
  verdict: verdict(said),
  at: 0,
  machine: 'a laptop',
  report: 'r-1',
  kept: true,
  changed: [],
})

const claims = [claim('one', 'Fish swim'), claim('two', 'Birds fly high'), claim('three', 'Fish fly')]
const results = { one: result('holds'), three: result('depends') }
const ids = (changes: Partial<typeof everything>) =>
  chosen(claims, { ...everything, ...changes }, results).map(({ id }) => id)

test('claims are chosen by verdict, by all words of a text, or by name', () => {
  expect(ids({})).toEqual(['one', 'two', 'three'])
  expect(ids({ standing: 'depends' })).toEqual(['three'])
  expect(ids({ standing: 'not yet tested here' })).toEqual(['two'])
  expect(ids({ text: ' FLY  fish ' })).toEqual(['three'])
  expect(ids({ text: 'sea' })).toEqual(['one', 'two', 'three'])
  expect(ids({ text: 'whale' })).toEqual([])
  expect(ids({ claim: 'two', text: 'ignored' })).toEqual(['two'])
})

test('an untested claim stands as that', () => {
  expect(standingOf('two', results)).toBe('not yet tested here')
  expect(standingOf('one', results)).toBe('holds')
})

test('the address brings every choice back, and says nothing of none', () => {
  expect(writeChoices(everything)).toBe('')
  const choices = { standing: 'does not hold', text: 'a & b', claim: 'two' } as const
  expect(readChoices(writeChoices(choices), claims)).toEqual(choices)
})

test.each(['#standing=nice', '#claim=four', '#%%%&=', '#constructor=1'])('%s chooses nothing', (hash) => {
  expect(readChoices(hash, claims)).toEqual(everything)
})

test('a page tests each case once', () => {
  expect(testable(claims[0] as Claim)).toMatchObject({ scenario: { repeat: 1 } })
})

test('an experiment by hand is not for a page', () => {
  expect(testable(claim('x', 'X', { experiment: 'accept-key' }))).toHaveProperty(
    'reason',
    expect.stringMatching(/raw sockets/),
  )
})

test('of what a browser has kept, only results are taken for results', () => {
  expect(isResult(JSON.parse(JSON.stringify(result('holds'))))).toBe(true)
  const wrong = [null, 1, [], {}, { ...result('holds'), at: 'today' }, { ...result('holds'), verdict: null }]
  expect(wrong.filter(isResult)).toEqual([])
})
