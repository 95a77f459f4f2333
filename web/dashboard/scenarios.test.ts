import { expect, test } from 'vitest'
import { catalogue } from '../../scenarios/catalogue/index.ts'
import { defaults, readHash, writeHash } from './hash.ts'
import { offers, shownScenario, taken } from './scenarios.ts'

test('every scenario is offered, to be shown here or with the reason why not', () => {
  expect(offers.map(({ original }) => original)).toEqual(catalogue)
  for (const { original, here } of offers) {
    if (original.notInBrowser) expect(here).toEqual({ reason: original.notInBrowser })
    else if (original.faults) expect(here).toEqual({ reason: expect.stringContaining('by hand') })
    else expect(here, original.name).toHaveProperty('scenario')
  }
})

test('what a scenario sets can be said in a link', () => {
  for (const { original } of offers) {
    const settings = { ...defaults, ...taken(original.name), scenario: original.name }
    if (shownScenario(original.name)) expect(readHash(writeHash(settings)), original.name).toEqual(settings)
    else expect(taken(original.name)).toEqual({})
  }
})

test('each lane is one reader, and that is said where the scenario has more', () => {
  const shown = shownScenario('quiet-room')
  expect(shown?.scenario.readers).toBe(1)
  expect(shown?.changed).toContain('1 reader a transport instead of 20')
})
