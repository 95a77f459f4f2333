import { expect, test } from 'vitest'
import { quietRoom } from '../catalogue/quiet-room.ts'
import { rateLadder } from '../catalogue/rate-ladder.ts'
import { override } from './overrides.ts'

test('fields of a scenario and of its traffic are replaced, the rest stays', () => {
  expect(override(quietRoom, { readers: 3, rate: 4, payload: 9, warmUp: 0 })).toEqual({
    ...quietRoom,
    readers: 3,
    warmUp: 0,
    traffic: { ...quietRoom.traffic, rate: 4, payload: 9 },
  })
})

test('what is not given replaces nothing', () => {
  expect(override(quietRoom, { readers: undefined, rate: undefined })).toEqual(quietRoom)
})

test('setting the field that a scenario sweeps leaves one case; setting another keeps them all', () => {
  expect(rateLadder.sweep?.of).toBe('rate')
  const one = override(rateLadder, { rate: 5 })
  expect(one.sweep).toBeUndefined()
  expect(one.traffic.rate).toBe(5)
  expect(override(rateLadder, { readers: 5 }).sweep).toEqual(rateLadder.sweep)
})

test('what cannot be run is refused with the field and the reason', () => {
  expect(() => override(quietRoom, { readers: -1 })).toThrow(
    /quiet-room cannot be run like that\.\n"readers" must be/,
  )
})

test('setting the network leaves one case of a sweep over the distance', () => {
  const far = { ...quietRoom, sweep: { of: 'rtt' as const, values: [0, 80] } }
  const one = override(far, { conditions: '3g' })
  expect(one.sweep).toBeUndefined()
  expect(one.conditions).toBe('3g')
})
