import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCursor } from '../contract/cursor.ts'
import type { Entry } from '../contract/wire.ts'
import type { Appended, Log } from './log.ts'

export const rooms = ['a', 'b', 'c', 'd']
const all = Number.MAX_SAFE_INTEGER

/** A publish into one of a few rooms, of a text of some length, perhaps as a draft that is sent again. */
export const publishes = fc.array(
  fc.record({ room: fc.constantFrom(...rooms), length: fc.integer({ min: 1, max: 600 }), id: fc.nat(9) }),
  { maxLength: 60, size: 'max' },
)

/**
 * What must hold of any log, wherever it keeps its entries. `open` gives a fresh one; `numRuns` says how many of them a
 * property may ask for.
 */
export function keepsTheContract(
  open: (limits?: { entriesPerRoom?: number; rooms?: number }) => Promise<Log>,
  numRuns = 100,
) {
  test('no seq is used twice in a room of one epoch, also when the room was forgotten and is born again', () =>
    fc.assert(
      fc.asyncProperty(publishes, async (drafts) => {
        const log = await open({ entriesPerRoom: 3, rooms: 2 })
        const heads = new Map<string, number>()
        for (const { room } of drafts) {
          const { receipt } = await log.append(room, { text: 'hi' }, undefined)
          expect(receipt.seq).toBeGreaterThan(heads.get(room) ?? 0)
          heads.set(room, receipt.seq)
        }
      }),
      { numRuns },
    ))

  test('any cursor is answered with what follows it, or with a gap and all that is kept', () =>
    fc.assert(
      fc.asyncProperty(publishes, fc.nat(80), fc.integer({ min: 1, max: 7 }), async (drafts, seq, limit) => {
        const log = await open({ entriesPerRoom: 5, rooms: 2 })
        for (const { room, length } of drafts) await log.append(room, { text: 'x'.repeat(length) }, undefined)
        for (const room of rooms) {
          const kept = (await log.after(room, '0', all)).entries
          const { epoch, seq: head } = parseCursor((await log.after(room, '0', all)).cursor)
          const oldest = kept[0]?.seq ?? head + 1
          const slice = await log.after(room, `${epoch}.${seq}`, limit)
          const lost = seq < oldest - 1 || seq > head
          const rest = lost ? kept : kept.filter((entry) => entry.seq > seq)
          expect(slice).toEqual({
            start: `${epoch}.${lost ? oldest - 1 : seq}`,
            cursor: `${epoch}.${rest[limit - 1]?.seq ?? head}`,
            gap: lost,
            more: rest.length > limit,
            entries: rest.slice(0, limit),
          })
          expect(await log.after(room, `${epoch === 'zzzz' ? 'yyyy' : 'zzzz'}.${seq}`, limit)).toMatchObject({
            gap: true,
          })
        }
      }),
      { numRuns },
    ))

  test('a draft is one entry for as long as that is kept, whatever happens around it', () =>
    fc.assert(
      fc.asyncProperty(publishes, async (drafts) => {
        const log = await open({ entriesPerRoom: 5, rooms: 2 })
        const first = new Map<string, number>()
        for (const { room, id } of drafts) {
          const key = `${room} ${id}`
          const kept = (await log.after(room, '0', all)).entries.map(({ seq }) => seq)
          const { receipt, repeat } = await log.append(room, { id: `${id}`, text: `draft ${id}` }, 'ada')
          const known = kept.includes(first.get(key) ?? 0)
          expect(repeat).toBe(known)
          if (known) expect(receipt.seq).toBe(first.get(key))
          else first.set(key, receipt.seq)
        }
      }),
      { numRuns },
    ))

  test('read backwards, page by page, there is all that is kept, once, and then no more', () =>
    fc.assert(
      fc.asyncProperty(publishes, fc.integer({ min: 1, max: 7 }), async (drafts, limit) => {
        const log = await open({ entriesPerRoom: 12, rooms: 2 })
        for (const { room, length } of drafts) await log.append(room, { text: 'x'.repeat(length) }, undefined)
        for (const room of rooms) {
          const { entries: kept, cursor } = await log.after(room, '0', all)
          let page = await log.before(room, undefined, limit)
          expect(page.cursor).toBe(cursor)
          const read = [...page.entries]
          while (page.more) {
            page = await log.before(room, read[0]?.seq, limit)
            expect(page.entries.length).toBeGreaterThan(0)
            read.unshift(...page.entries)
            // From its cursor a reader goes on where the page ends.
            const next = await log.after(room, page.cursor, 1)
            expect(next.entries[0]?.seq).toBe((page.entries.at(-1)?.seq ?? 0) + 1)
          }
          expect(read).toEqual(kept)
        }
      }),
      { numRuns },
    ))

  test('rooms are told in the order of their last entry', async () => {
    const log = await open()
    for (const room of ['a', 'b', 'c', 'a']) await log.append(room, { text: 'hi' }, undefined)
    expect(log.rooms()).toEqual(['a', 'c', 'b'])
    expect(['a', 'b', 'unborn'].map(log.head)).toEqual([2, 1, 0])
  })

  test('records are kept by name, the last one put', async () => {
    const log = await open()
    await log.records.put('one', { n: 1 })
    await log.records.put('two', { text: "'; DROP TABLE records; --" })
    await log.records.put('one', { n: 2 })
    await log.records.put('three', {})
    await log.records.delete('three')
    const all = await log.records.all()
    expect(Object.fromEntries(all)).toEqual({ one: { n: 2 }, two: { text: "'; DROP TABLE records; --" } })
  })

  test('what the server knows of an author and a kind is what the entry says', async () => {
    const log = await open()
    const stamp = { kind: 'notice', from: { name: 'Ada', id: 'x' } } as const
    await log.append('a', { text: 'hi', name: 'Eve' }, undefined, stamp)
    const draft = { text: 'hi', from: { name: 'Eve', id: 'x' }, kind: 'text' } as const
    await log.append('a', draft, undefined)
    const { entries } = await log.after('a', '0', all)
    expect(entries).toMatchObject([stamp, { kind: 'text', from: { name: 'guest' } }])
    expect(entries[1]?.from).toEqual({ name: 'guest' })
  })

  describe('who repeats what', () => {
    test('the same id by the same author with another text is id-taken; by another author it is another draft', async () => {
      const log = await open()
      await log.append('a', { id: '1', text: 'hi' }, 'ada')
      await expect(log.append('a', { id: '1', text: 'ho' }, 'ada')).rejects.toMatchObject({
        code: 'id-taken',
      })
      expect(await log.append('a', { id: '1', text: 'ho' }, 'bob')).toMatchObject({ repeat: false })
      expect(await log.append('b', { id: '1', text: 'ho' }, 'ada')).toMatchObject({ repeat: false })
    })

    test('nobody repeats nothing', async () => {
      const log = await open()
      await log.append('a', { id: '1', text: 'hi' }, undefined)
      expect(await log.append('a', { id: '1', text: 'hi' }, undefined)).toMatchObject({
        repeat: false,
        receipt: { seq: 2 },
      })
    })

    test('a repeat is not heard again by followers', async () => {
      const log = await open()
      const heard: number[] = []
      const stop = log.follow(({ seq }) => heard.push(seq))
      await log.append('a', { id: '1', text: 'hi' }, 'ada')
      await log.append('a', { id: '1', text: 'hi' }, 'ada')
      stop()
      await log.append('a', { id: '2', text: 'hi' }, 'ada')
      expect(heard).toEqual([1])
    })
  })

  test('without a cursor a reader begins 50 entries before the head, or with the oldest that is kept', async () => {
    const log = await open({ entriesPerRoom: 70 })
    const first = async () => (await log.after('a', undefined, 1)).entries[0]?.seq
    for (let n = 0; n < 50; n++) await log.append('a', { text: 'hi' }, undefined)
    expect(await first()).toBe(1)
    await log.append('a', { text: 'hi' }, undefined)
    expect(await first()).toBe(2)
  })

  test('what is published together is appended in the order it came, and heard in that order before its receipts', async () => {
    const log = await open({ entriesPerRoom: 300 })
    const told: string[] = []
    log.follow(({ room, seq, text }) => told.push(`${room} ${seq} ${text}`))
    const heardBefore = await Promise.all(
      Array.from({ length: 500 }, async (_, n) => {
        const { receipt } = await log.append(n % 3 ? 'a' : 'b', { text: `${n}` }, undefined)
        return told.includes(`${n % 3 ? 'a' : 'b'} ${receipt.seq} ${n}`)
      }),
    )
    expect(heardBefore).toEqual(heardBefore.map(() => true))
    for (const name of ['a', 'b']) {
      const of = told
        .filter((what) => what.startsWith(name))
        .map((what) => what.split(' ').slice(1).map(Number))
      expect(of.map(([seq]) => seq)).toEqual(of.map((_, n) => n + 1))
      expect(of.map(([, text]) => text)).toEqual(
        of.map(([, text = 0]) => text).sort((one, other) => one - other),
      )
      const { entries } = await log.after(name, '0', all)
      expect(entries.map(({ seq, text }) => [seq, Number(text)])).toEqual(of.slice(-300))
    }
  })

  test('a draft published several times at once is one entry, and another text under its id is refused', async () => {
    const log = await open()
    const publish = (text: string) => log.append('a', { id: '1', text }, 'ada')
    const [first, ...others] = await Promise.allSettled([
      publish('hi'),
      publish('hi'),
      publish('ho'),
      publish('hi'),
    ])
    expect(first).toMatchObject({ value: { repeat: false, receipt: { id: '1', seq: 1 } } })
    const { receipt } = (first as PromiseFulfilledResult<Appended>).value
    expect(others).toMatchObject([
      { value: { repeat: true, receipt } },
      { reason: { code: 'id-taken' } },
      { value: { repeat: true, receipt } },
    ])
    expect((await log.after('a', '0', all)).entries).toHaveLength(1)
  })

  test('an entry is kept as it was published, whatever its text', async () => {
    const log = await open()
    const heard: Entry[] = []
    log.follow((entry) => heard.push(entry))
    const texts = ['"\'; DROP TABLE entries; --', '\\u0041', '🦆 \u2028', '[1,2]', 'null', '$.x', ' ']
    for (const text of texts)
      await log.append('a', { text, name: "O'Hara", id: "i'd", sentAt: 0.1 }, undefined)
    const { entries } = await log.after('a', '0', all)
    expect(entries.map(({ text }) => text)).toEqual(texts)
    expect(entries).toEqual(heard)
    expect(entries[0]).toEqual({
      ...heard[0],
      from: { name: "O'Hara" },
      id: "i'd",
      sentAt: 0.1,
      kind: 'text',
    })
  })
}
