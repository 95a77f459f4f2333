import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCursor } from '../contract/cursor.ts'
import type { Entry } from '../contract/wire.ts'
import { createMemoryLog } from './memory-log.ts'

const rooms = ['a', 'b', 'c', 'd']
const all = Number.MAX_SAFE_INTEGER
const weight = ({ text, id, from }: Entry) => 2 * (text.length + id.length + from.name.length) + 400

/** A publish into one of a few rooms, of a text of some length, perhaps as a draft that is sent again. */
const publishes = fc.array(
  fc.record({ room: fc.constantFrom(...rooms), length: fc.integer({ min: 1, max: 600 }), id: fc.nat(9) }),
  { maxLength: 60, size: 'max' },
)

test('after any sequence of publishes the log is within its limits, and what it keeps is the latest', () =>
  fc.assert(
    fc.asyncProperty(
      publishes,
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 6_000 }),
      async (drafts, entriesPerRoom, maxRooms, bytes) => {
        const log = createMemoryLog({ entriesPerRoom, rooms: maxRooms, bytes })
        const published = new Map<string, Entry[]>()
        log.follow((entry) => published.set(entry.room, [...(published.get(entry.room) ?? []), entry]))
        for (const { room, length } of drafts) {
          await log.append(room, { text: 'x'.repeat(length) }, undefined)

          const kept = new Map<string, Entry[]>()
          for (const name of rooms) {
            const { entries, gap, more } = await log.after(name, '0', all)
            expect({ gap, more }).toEqual({ gap: false, more: false })
            if (entries.length > 0) kept.set(name, entries)
            // What is kept is the end of what was published, without a hole.
            expect(entries).toEqual((published.get(name) ?? []).slice(-entries.length || all))
            expect(entries.length).toBeLessThanOrEqual(entriesPerRoom)
          }
          expect(kept.size).toBeLessThanOrEqual(maxRooms)
          const held = [...kept.values()].flat()
          const total = held.reduce((sum, entry) => sum + weight(entry), 0)
          // The latest entry is kept, however heavy it is.
          if (held.length > 1) expect(total).toBeLessThanOrEqual(bytes)
          expect(kept.get(room)?.at(-1)?.text.length).toBe(length)
        }
      },
    ),
  ))

test('no seq is used twice in a room of one epoch, also when the room was forgotten and is born again', () =>
  fc.assert(
    fc.asyncProperty(publishes, async (drafts) => {
      const log = createMemoryLog({ entriesPerRoom: 3, rooms: 2 })
      const heads = new Map<string, number>()
      for (const { room } of drafts) {
        const { receipt } = await log.append(room, { text: 'hi' }, undefined)
        expect(receipt.seq).toBeGreaterThan(heads.get(room) ?? 0)
        heads.set(room, receipt.seq)
      }
    }),
  ))

test('any cursor is answered with what follows it, or with a gap and all that is kept', () =>
  fc.assert(
    fc.asyncProperty(publishes, fc.nat(80), fc.integer({ min: 1, max: 7 }), async (drafts, seq, limit) => {
      const log = createMemoryLog({ entriesPerRoom: 5, rooms: 2 })
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
  ))

test('a draft is one entry for as long as that is kept, whatever happens around it', () =>
  fc.assert(
    fc.asyncProperty(publishes, async (drafts) => {
      const log = createMemoryLog({ entriesPerRoom: 5, rooms: 2 })
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
  ))

describe('who repeats what', () => {
  test('the same id by the same author with another text is id-taken; by another author it is another draft', async () => {
    const log = createMemoryLog()
    await log.append('a', { id: '1', text: 'hi' }, 'ada')
    await expect(log.append('a', { id: '1', text: 'ho' }, 'ada')).rejects.toMatchObject({ code: 'id-taken' })
    expect(await log.append('a', { id: '1', text: 'ho' }, 'bob')).toMatchObject({ repeat: false })
    expect(await log.append('b', { id: '1', text: 'ho' }, 'ada')).toMatchObject({ repeat: false })
  })

  test('nobody repeats nothing', async () => {
    const log = createMemoryLog()
    await log.append('a', { id: '1', text: 'hi' }, undefined)
    expect(await log.append('a', { id: '1', text: 'hi' }, undefined)).toMatchObject({
      repeat: false,
      receipt: { seq: 2 },
    })
  })

  test('a repeat is not heard again by followers', async () => {
    const log = createMemoryLog()
    const heard: number[] = []
    const stop = log.follow(({ seq }) => heard.push(seq))
    await log.append('a', { id: '1', text: 'hi' }, 'ada')
    await log.append('a', { id: '1', text: 'hi' }, 'ada')
    stop()
    await log.append('a', { id: '2', text: 'hi' }, 'ada')
    expect(heard).toEqual([1])
  })
})

test('an epoch is four characters, and another one each time', () => {
  const epochs = Array.from({ length: 50 }, () => createMemoryLog())
  return Promise.all(epochs.map((log) => log.after('a', undefined, 1))).then((slices) => {
    for (const { cursor } of slices) expect(cursor).toMatch(/^[a-z0-9]{4}\.0$/)
    expect(new Set(slices.map(({ cursor }) => cursor)).size).toBeGreaterThan(40)
  })
})

test('without a cursor a reader begins 50 entries before the head, or with the oldest that is kept', async () => {
  const log = createMemoryLog({ entriesPerRoom: 70 })
  const first = async () => (await log.after('a', undefined, 1)).entries[0]?.seq
  for (let n = 0; n < 50; n++) await log.append('a', { text: 'hi' }, undefined)
  expect(await first()).toBe(1)
  await log.append('a', { text: 'hi' }, undefined)
  expect(await first()).toBe(2)
})
