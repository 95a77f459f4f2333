import { expect, test } from 'vitest'
import { findPlace } from './places.ts'

const source = 'one\ntwo\nthree\ntwo again\n'
const place = (from: string) => ({ file: 'a.ts', from, note: '' })

test('a place is where its text is, for as many lines as it says', () => {
  expect(findPlace(source, { ...place('three'), lines: 2 })).toMatchObject({ first: 3, last: 4 })
})

test('a text that is gone, or in several lines, is an error that names the file', () => {
  expect(() => findPlace(source, place('four'))).toThrow('“four” is in 0 lines of a.ts, and must be in one.')
  expect(() => findPlace(source, place('two'))).toThrow('in 2 lines of a.ts')
})
