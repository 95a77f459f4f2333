import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Entry } from '../../server/contract/wire.ts'
import { createReader } from './reader.ts'

const entry = (seq: number): Entry => ({
  room: 'lobby',
  seq,
  kind: 'text',
  id: `${seq}`,
  from: { name: 'Ada' },
  text: 'hi',
  at: seq,
})

function reading(after?: string, ended?: AbortSignal) {
  const told: string[] = []
  const reader = createReader(
    { url: 'http://localhost', room: 'lobby', ...(after !== undefined && { after }) },
    {
      onEntry: ({ seq }) => void told.push(`entry ${seq} at ${reader.cursor}`),
      onGap: (cursor) => void told.push(`gap ${cursor}`),
      onStatus: () => {},
    },
    ended,
  )
  return { told, reader }
}

test('stands nowhere until it is told, unless it was given a cursor', () => {
  expect(reading().reader.cursor).toBeUndefined()
  expect(reading('0').reader.cursor).toBe('0')
  expect(reading('k3f9.42').reader.cursor).toBe('k3f9.42')
})

test('joined says where it stands, and each entry moves it on', () => {
  const { told, reader } = reading()
  reader.joined('k3f9.41')
  expect(reader.cursor).toBe('k3f9.41')
  reader.entry(entry(42))
  reader.entry(entry(43))
  expect(told).toEqual(['entry 42 at k3f9.42', 'entry 43 at k3f9.43'])
})

test('an entry it has is not told twice', () => {
  const { told, reader } = reading('k3f9.41')
  reader.joined('k3f9.41')
  reader.entry(entry(41))
  reader.entry(entry(42))
  reader.entry(entry(42))
  expect(told).toEqual(['entry 42 at k3f9.42'])
})

test('a gap forgets earlier seqs: those of another epoch, or another life, may be lower', () => {
  const { told, reader } = reading('k3f9.41')
  reader.joined('k3f9.41')
  reader.gap('zzzz.0')
  reader.entry(entry(1))
  expect(told).toEqual(['gap zzzz.0', 'entry 1 at zzzz.1'])
})

test('cut between joined and gap, it still holds the cursor that is lost, to be told of it on the next try', () => {
  const { told, reader } = reading('k3f9.41')
  reader.joined('k3f9.41')
  expect(reader.cursor).toBe('k3f9.41')
  expect(told).toEqual([])
})

test('a page is told entry by entry; one with a gap begins with it, where the page begins', () => {
  const { told, reader } = reading()
  reader.page({ cursor: 'k3f9.3', gap: false, more: false, entries: [entry(2), entry(3)] })
  reader.page({ cursor: 'k3f9.3', gap: false, more: false, entries: [] })
  reader.page({ cursor: 'zzzz.8', gap: true, more: false, entries: [entry(7), entry(8)] })
  reader.page({ cursor: 'zzzz.9', gap: true, more: false, entries: [] })
  expect(told).toEqual([
    'entry 2 at k3f9.2',
    'entry 3 at k3f9.3',
    'gap zzzz.6',
    'entry 7 at zzzz.7',
    'entry 8 at zzzz.8',
    'gap zzzz.9',
  ])
  expect(reader.cursor).toBe('zzzz.9')
})

test('an empty page of an unborn room gives a cursor', () => {
  const { told, reader } = reading()
  reader.page({ cursor: 'k3f9.0', gap: false, more: false, entries: [] })
  expect(reader.cursor).toBe('k3f9.0')
  expect(told).toEqual([])
})

test('ended, it tells nothing more and stays where it stands', () => {
  const ended = new AbortController()
  const { told, reader } = reading('k3f9.1', ended.signal)
  reader.joined('k3f9.1')
  reader.entry(entry(2))
  ended.abort()
  reader.entry(entry(3))
  reader.gap('zzzz.0')
  expect(told).toEqual(['entry 2 at k3f9.2'])
  expect(reader.cursor).toBe('k3f9.2')
})

test('cut anywhere, and served again from its cursor, it tells each entry once and in order', () =>
  fc.assert(
    fc.property(
      fc.array(fc.record({ deliver: fc.nat(6), page: fc.boolean() }), { maxLength: 30 }),
      (tries) => {
        const { told, reader } = reading('k3f9.0')
        let most = 0
        for (const { deliver, page } of tries) {
          // Each try is a connection that serves some entries from the cursor on before it is cut.
          const from = Number(reader.cursor?.slice(5))
          const entries = Array.from({ length: deliver }, (_, n) => entry(from + n + 1))
          if (page) reader.page({ cursor: `k3f9.${from + deliver}`, gap: false, more: false, entries })
          else {
            reader.joined(`k3f9.${from}`)
            entries.forEach(reader.entry)
          }
          most = from + deliver
        }
        expect(told).toEqual(Array.from({ length: most }, (_, n) => `entry ${n + 1} at k3f9.${n + 1}`))
      },
    ),
  ))
