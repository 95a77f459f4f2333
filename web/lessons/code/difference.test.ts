import { expect, test } from 'vitest'
import { pairLines } from './difference.ts'

test('what is the same stands beside itself, what was changed beside what it became', () => {
  expect(pairLines('a\nb\nc\n', 'a\nB\nc\n')).toEqual([
    { left: 'a', right: 'a', same: true },
    { left: 'b', right: 'B', same: false },
    { left: 'c', right: 'c', same: true },
  ])
})

test('a line that only one file has stands alone', () => {
  expect(pairLines('a\nc\n', 'a\nb\nc\nd\n')).toEqual([
    { left: 'a', right: 'a', same: true },
    { left: undefined, right: 'b', same: false },
    { left: 'c', right: 'c', same: true },
    { left: undefined, right: 'd', same: false },
  ])
})
