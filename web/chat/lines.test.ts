import { expect, it } from 'vitest'
import type { Entry } from '../../server/contract/wire.ts'
import { blocksOf } from './lines.ts'

const noon = new Date(2030, 0, 1, 12).getTime()
const entry = (seq: number, name: string, minutes: number, more: Partial<Entry> = {}): Entry => ({
  room: 'lobby',
  seq,
  kind: 'text',
  id: String(seq),
  from: { name },
  text: 'hi',
  at: noon + minutes * 60_000,
  ...more,
})
const shape = (entries: Entry[]) =>
  blocksOf(entries, 'me').map((block) =>
    block.kind === 'group' ? block.entries.map(({ seq }) => seq).join() : block.kind,
  )

it('messages of one author that follow each other closely stand under one name', () => {
  expect(shape([entry(1, 'Ada', 0), entry(2, 'Ada', 4), entry(3, 'Ada', 10), entry(4, 'Bob', 10)])).toEqual([
    'day',
    '1,2',
    '3',
    '4',
  ])
})

it('of two with one name, an id tells them apart, and says which are mine', () => {
  const mine = entry(2, 'Ada', 1, { from: { name: 'Ada', id: 'me' } })
  const blocks = blocksOf([entry(1, 'Ada', 0), mine, entry(3, 'Ada', 2)], 'me')
  expect(blocks.map((block) => block.kind === 'group' && block.own)).toEqual([false, false, true, false])
})

it('a notice and another day end a group, and signals are not shown', () => {
  expect(
    shape([
      entry(1, 'Ada', 0),
      entry(2, 'Bob', 1, { kind: 'notice' }),
      entry(3, 'Ada', 2),
      entry(4, 'Ada', 2, { kind: 'signal' }),
      entry(5, 'Ada', 3),
      entry(6, 'Ada', 24 * 60),
    ]),
  ).toEqual(['day', '1', 'notice', '3,5', 'day', '6'])
})
