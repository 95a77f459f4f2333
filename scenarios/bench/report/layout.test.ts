import { expect, test } from 'vitest'
import { layOut, wrap } from './layout.ts'

test('a text is broken between words, and its first indent is kept', () => {
  expect(wrap('  one two three four', 11, '    ')).toEqual(['  one two', '    three', '    four'])
})

test('a word that is too long stays whole', () =>
  expect(wrap('a verylongword b', 5)).toEqual(['a', 'verylongword', 'b']))

test('a short text is one line, an empty one too', () => {
  expect(wrap('short', 80)).toEqual(['short'])
  expect(wrap('', 80)).toEqual([''])
})

test('columns are as wide as what is in them, one space apart where two would be too many', () => {
  const columns = [
    { head: 'name', side: 'left' },
    { head: 'n', side: 'right' },
  ] as const
  expect(layOut(columns, [['a', '100']], 80)).toEqual(['name    n', '─────────', 'a     100'])
  expect(layOut(columns, [['a', '100']], 8)).toEqual(['name   n', '────────', 'a    100'])
})
