import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WireError } from './errors.ts'
import { checkStructure, compile, readDraft, readJson } from './validate.ts'
import { RoomName } from './wire.ts'

/** What came of it: the value, or the code of the error. Anything else that is thrown ends the test. */
function outcome<T>(read: () => T): { value: T } | { code: string } {
  try {
    return { value: read() }
  } catch (error) {
    if (error instanceof WireError) return { code: error.code }
    throw error
  }
}

/** DESIGN's words about a draft, said once more without a schema. */
function isDraft(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { text, id, sentAt, name, kind } = value as Record<string, unknown>
  const wellFormed = (string: string) => !/\p{Cs}/u.test(string)
  const isText = typeof text === 'string' && text !== '' && [...text].length <= 4_000 && !text.includes('\0')
  const isId = typeof id === 'string' && id.length <= 64 && /^[!-~]+$/.test(id) && !id.endsWith('\n')
  const isTime = typeof sentAt === 'number' && sentAt >= 0 && sentAt <= 8.64e15
  const isName = typeof name === 'string' && name !== '' && [...name].length <= 40 && !/\p{Cc}/u.test(name)
  return (
    isText &&
    wellFormed(text) &&
    (id === undefined || isId) &&
    (sentAt === undefined || isTime) &&
    (name === undefined || (isName && wellFormed(name))) &&
    (kind === undefined || kind === 'text')
  )
}

/** Any string at all, lone surrogates and control characters included. */
const anyString = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('', '\0', '\ud800', 'a\n', 'x'.repeat(40), 'x'.repeat(41), 'i'.repeat(64), 'i'.repeat(65)),
  fc.constantFrom('x'.repeat(4_000), 'x'.repeat(4_001), '🙂'.repeat(4_000), '🙂'.repeat(4_001)),
)
const anyValue = fc.oneof(fc.jsonValue(), anyString, fc.double(), fc.integer())
/** Objects that have a chance of being drafts. */
const nearDraft = fc.record(
  {
    text: fc.oneof(
      { arbitrary: anyString, weight: 3 },
      { arbitrary: fc.constant('hi'), weight: 3 },
      anyValue,
    ),
    id: fc.oneof(fc.string({ minLength: 1, maxLength: 66 }), anyString, anyValue),
    sentAt: fc.oneof(fc.double({ noNaN: true }), fc.nat(), anyValue),
    name: fc.oneof(fc.string({ minLength: 1, maxLength: 42 }), anyString, anyValue),
    kind: fc.oneof(fc.constantFrom('text', 'notice', 'signal', ''), anyValue),
    padding: fc.jsonValue({ maxDepth: 3 }),
  },
  { requiredKeys: [] },
)

/** Drafts, as far as these fields go. */
const goodDraft = fc.record(
  {
    text: fc.constantFrom('hi', 'ünï 🙂', 'a\nb', '🙂'.repeat(4_000)),
    id: fc.constantFrom('a-1', '!', '~'.repeat(64)),
    sentAt: fc.double({ min: 0, max: 8.64e15, noNaN: true }),
    name: fc.constantFrom('Ada', '🙂'.repeat(40)),
    kind: fc.constant('text'),
    padding: fc.constantFrom(null, [], { deep: [{}] }),
  },
  { requiredKeys: ['text'] },
)

describe('readDraft', () => {
  test('takes what is a draft as it is, and refuses all else with bad-draft', () => {
    let drafts = 0
    fc.assert(
      fc.property(fc.oneof(goodDraft, nearDraft, fc.jsonValue()), (value) => {
        const expected = isDraft(value) ? { value } : { code: 'bad-draft' }
        if (isDraft(value)) drafts++
        expect(outcome(() => readDraft(value))).toEqual(expected)
      }),
      { numRuns: 3_000 },
    )
    // A property of drafts that met none would say nothing.
    expect(drafts).toBeGreaterThan(300)
  })

  test('changes nothing in what it takes, fields it does not know included', () => {
    const draft = { text: 'hi', unknown: { deep: [1, '2'] }, sentAt: 0 }
    expect(readDraft(draft)).toBe(draft)
    expect(draft).toEqual({ text: 'hi', unknown: { deep: [1, '2'] }, sentAt: 0 })
  })

  test.each([
    [{ text: 4 }, '"text" must be a string of 1 to 4,000 code points of well-formed Unicode, without NUL.'],
    [{}, '"text" must be a string of 1 to 4,000 code points of well-formed Unicode, without NUL.'],
    [
      { text: 'hi', id: 'a b' },
      '"id" must be a string of 1 to 64 printable ASCII characters without spaces.',
    ],
    [null, 'This must be a JSON object with at least a "text".'],
  ])('says of %j what is wrong', (value, message) => {
    expect(() => readDraft(value)).toThrow(message)
  })
})

describe('readJson', () => {
  test('reads any JSON back, unless it is poisoned', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        const read = outcome(() => readJson(Buffer.from(text), 'bad-frame'))
        const poisoned = text.includes('"__proto__"') || text.includes('"constructor":{')
        if (poisoned && 'code' in read) expect(read).toEqual({ code: 'bad-frame' })
        else expect(read).toEqual({ value: JSON.parse(text) })
      }),
      { numRuns: 2_000 },
    )
  })

  test('answers any bytes with a value or the code it was given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const read = outcome(() => readJson(bytes, 'bad-draft'))
        if ('code' in read) expect(read.code).toBe('bad-draft')
        // What was read must have been JSON in well-formed UTF-8.
        else expect(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))).toEqual(read.value)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('checkStructure', () => {
  const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))

  test('allows 32 levels within a value, and no more', () => {
    expect(checkStructure(nested(33), 'bad-draft')).toBeUndefined()
    expect(checkStructure(nested(34), 'bad-draft')).toMatchObject({ code: 'bad-draft' })
    expect(checkStructure(nested(30_000), 'bad-draft')).toMatchObject({ code: 'bad-draft' })
  })

  test('finds the keys that poison prototypes wherever they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('list', 'object'), { maxLength: 20 }),
        fc.constantFrom<string>('{"__proto__":1}', '{"constructor":{"prototype":null}}'),
        (path, poison) => {
          const json = path.reduce(
            (inner, kind) => (kind === 'list' ? `[0,${inner}]` : `{"a":${inner}}`),
            poison,
          )
          expect(checkStructure(JSON.parse(json), 'bad-frame')).toMatchObject({ code: 'bad-frame' })
        },
      ),
    )
  })

  test('minds neither values of those names nor a constructor of its own', () => {
    const harmless = JSON.parse('{"a":"__proto__","b":["prototype"],"constructor":"x","prototype":{}}')
    expect(checkStructure(harmless, 'bad-draft')).toBeUndefined()
  })
})

test('compile gives a check that takes any value and throws at none', () => {
  const check = compile(RoomName)
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const error = check(value)
      const isRoom =
        typeof value === 'string' && /^[a-z0-9][a-z0-9-]{0,63}$/.test(value) && !value.endsWith('\n')
      expect(error?.code).toBe(isRoom ? undefined : 'bad-room')
    }),
  )
})
