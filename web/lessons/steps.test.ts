import { expect, test } from 'vitest'
import { currentStep, isOpen, steps } from './steps.ts'

const nothing = { predicted: false, ran: false, explained: false, predictedChange: false, changed: false }

test('a lesson goes step by step, and each is the current one until it is done', () => {
  const done = { ...nothing }
  const seen = [currentStep(done)]
  for (const key of ['predicted', 'ran', 'explained', 'predictedChange', 'changed'] as const) {
    done[key] = true
    seen.push(currentStep(done))
  }
  expect(seen).toEqual([...steps, undefined])
})

test('a run is locked until something was predicted, and its explanation until it was made', () => {
  expect(steps.filter((step) => isOpen(step, nothing))).toEqual(['predict'])
  expect(steps.filter((step) => isOpen(step, { ...nothing, predicted: true }))).toEqual(['predict', 'run'])
  const ran = { ...nothing, predicted: true, ran: true }
  expect(steps.filter((step) => isOpen(step, ran))).toEqual(['predict', 'run', 'observe', 'explain'])
  expect(isOpen('change', { ...ran, explained: true })).toBe(true)
})
