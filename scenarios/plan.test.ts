import { expect, test } from 'vitest'
import { scenario } from './define.ts'
import { cases, planned } from './plan.ts'

const swept = scenario({
  name: 'swept',
  title: 'Swept',
  question: 'Does it matter?',
  about: 'A test.',
  traffic: { rate: 1, arrivals: 'even', payload: 10 },
  repeat: 4,
  sweep: { of: 'rate', values: [1, 10] },
})

const named = (seed: number) =>
  planned(swept, seed).map((run) => `${run.repetition} ${run.case.label} ${run.transport} ${run.seed}`)

test('a repetition makes every case over every transport once, before the next begins', () => {
  const plan = planned(swept, 7)
  expect(plan).toHaveLength(4 * 2 * 5)
  for (let repetition = 1; repetition <= 4; repetition++) {
    const part = plan.slice((repetition - 1) * 10, repetition * 10)
    expect(part.every((run) => run.repetition === repetition)).toBe(true)
    expect(new Set(part.map((run) => `${run.case.label} ${run.transport}`)).size).toBe(10)
  }
})

test('the order is another in each repetition, so that nobody always comes last', () => {
  const orders = [1, 2, 3, 4].map((repetition) =>
    planned(swept, 7)
      .filter((run) => run.repetition === repetition)
      .map((run) => `${run.case.label} ${run.transport}`)
      .join(),
  )
  expect(new Set(orders).size).toBeGreaterThan(1)
})

test('all of one repetition get the same traffic, and another one gets another', () => {
  const seeds = [1, 2, 3, 4].map(
    (repetition) =>
      new Set(
        planned(swept, 7)
          .filter((run) => run.repetition === repetition)
          .map(({ seed }) => seed),
      ),
  )
  expect(seeds.map(({ size }) => size)).toEqual([1, 1, 1, 1])
  expect(new Set(seeds.flatMap((of) => [...of])).size).toBe(4)
})

test('the same seed plans the same runs, another seed others', () => {
  expect(named(7)).toEqual(named(7))
  expect(named(7)).not.toEqual(named(8))
})

test('a case is the scenario with the swept field filled in, and no sweep', () => {
  expect(cases(swept).map(({ label, scenario }) => [label, scenario.traffic.rate, scenario.sweep])).toEqual([
    ['rate=1', 1, undefined],
    ['rate=10', 10, undefined],
  ])
})

test('a sweep over the distance keeps what else the network is made of', () => {
  const sweep = { of: 'rtt' as const, values: [0, 80] }
  const conditionsOf = (changes: object) =>
    cases({ ...swept, ...changes, sweep }).map((of) => [of.label, of.scenario.conditions])
  expect(conditionsOf({})).toEqual([
    ['rtt=0', { rtt: 0 }],
    ['rtt=80', { rtt: 80 }],
  ])
  expect(conditionsOf({ conditions: 'sleepy-nat' })[1]).toEqual(['rtt=80', { rtt: 80, idleCut: 10 }])
})
