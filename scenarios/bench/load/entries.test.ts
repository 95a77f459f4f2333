import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findAt, finder, findId, findSeq, readNumber, readString } from './entries.ts'

const entry = (text: string, seq = 42) => ({
  room: 'lobby',
  seq,
  kind: 'text',
  id: 'k3f9-000007',
  from: { name: 'Ada' },
  text,
  sentAt: 1763668800000.25,
  at: 1763668800001.5,
})

test('finds what indexOf finds, between any two places', () => {
  const few = fc.string({ unit: fc.constantFrom('a', 'b', '"'), maxLength: 40 })
  fc.assert(
    fc.property(
      few,
      fc.string({ unit: fc.constantFrom('a', 'b', '"'), minLength: 1, maxLength: 4 }),
      fc.nat(40),
      fc.nat(40),
      (text, needle, one, other) => {
        const [start, end] = [Math.min(one, other, text.length), Math.min(Math.max(one, other), text.length)]
        const at = text.slice(start, end).indexOf(needle)
        expect(finder(needle)(Buffer.from(text), start, end)).toBe(at < 0 ? -1 : start + at + needle.length)
      },
    ),
  )
})

test('reads seq, id and at of an entry whose text tries to look like one', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('{"seq":7,"at":1,"id":"x"}')),
      fc.nat(),
      (text, seq) => {
        const bytes = Buffer.from(JSON.stringify(entry(text, seq)))
        const at = findSeq(bytes, 0, bytes.length)
        expect(readNumber(bytes, at)).toBe(seq)
        expect(readString(bytes, findId(bytes, at, bytes.length))).toBe('k3f9-000007')
        expect(readNumber(bytes, findAt(bytes, at, bytes.length))).toBe(1763668800001.5)
        expect(findSeq(bytes, at, bytes.length)).toBe(-1)
      },
    ),
  )
})

test('reads numbers as JSON does, to a thousandth', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31 - 1), fc.nat(999), (whole, thousandths) => {
      const number = whole + thousandths / 1000
      expect(readNumber(Buffer.from(`${number},`), 0)).toBeCloseTo(number, 6)
    }),
  )
})
