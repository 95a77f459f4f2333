import { expect, test } from 'vitest'
import { distributionOf } from './distribution.ts'
import { whyInvalid } from './validity.ts'

const fine = { lateness: distributionOf([0, 1, 2, 1, 0]), scheduled: 200, refused: 0, hidden: false }

test('nothing speaks against a page that was in sight and on time', () => {
  expect(whyInvalid(fine)).toBeUndefined()
  expect(whyInvalid({ ...fine, lateness: distributionOf([]), scheduled: 0 })).toBeUndefined()
})

test('a page that was late itself has measured itself', () => {
  const lateness = distributionOf([...Array.from({ length: 18 }, () => 1), 80, 90])
  expect(whyInvalid({ ...fine, lateness })).toMatch(/^The page was busy.* 80 ms/)
  // One slow moment in a hundred does not make a page slow.
  expect(
    whyInvalid({ ...fine, lateness: distributionOf([...Array.from({ length: 99 }, () => 1), 500]) }),
  ).toBeUndefined()
})

test('a hidden tab is slowed by its browser', () => {
  expect(whyInvalid({ ...fine, hidden: true })).toMatch(/hidden/)
})

test('a load of which one in a hundred is missing is another load', () => {
  expect(whyInvalid({ ...fine, refused: 2 })).toBeUndefined()
  expect(whyInvalid({ ...fine, refused: 3 })).toBe('3 of 200 messages could not be published.')
})
