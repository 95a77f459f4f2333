import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

test('a near name is suggested, a far one is not', () => {
  const names = ['quiet-room', 'busy-room', 'burst']
  expect(nearest('quite-room', names)).toBe('quiet-room')
  expect(nearest('Burst', names)).toBe('burst')
  expect(nearest('elephants', names)).toBeUndefined()
  expect(nearest('x'.repeat(1e6), names)).toBeUndefined()
  expect(nearest('burst', [])).toBeUndefined()
})
