import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Entry } from '../contract/wire.ts'
import { keepsTheContract, publishes, rooms } from './log-suite.ts'
import { createMemoryLog } from './memory-log.ts'

const all = Number.MAX_SAFE_INTEGER
const weight = ({ text, id, from }: Entry) => 2 * (text.length + id.length + from.name.length) + 400

keepsTheContract(async (limits) => createMemoryLog(limits))

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

test('an epoch is four characters, and another one each time', () => {
  const epochs = Array.from({ length: 50 }, () => createMemoryLog())
  return Promise.all(epochs.map((log) => log.after('a', undefined, 1))).then((slices) => {
    for (const { cursor } of slices) expect(cursor).toMatch(/^[a-z0-9]{4}\.0$/)
    expect(new Set(slices.map(({ cursor }) => cursor)).size).toBeGreaterThan(40)
  })
})
