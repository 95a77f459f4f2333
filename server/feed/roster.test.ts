import { describe, expect, it } from 'vitest'
import { createRoster } from './roster.ts'

const namesOn = (roster: { all(): { name: string }[] }) => roster.all().map(({ name }) => name)

describe('a roster', () => {
  it('lists those who were added and not deleted, in whatever order they go', () => {
    const roster = createRoster<{ name: string; place: number }>()
    const people = Array.from({ length: 100 }, (_, n) => ({ name: `p${n}`, place: -1 }))
    const expected = new Set<string>()
    // A walk that has no pattern, and yet is the same each time.
    for (let step = 0, n = 0; step < 2_000; step++, n = (n * 37 + step) % 100) {
      const person = people[n]
      if (!person) continue
      if (expected.delete(person.name)) roster.delete(person)
      else {
        roster.add(person)
        expected.add(person.name)
      }
      expect(roster.size).toBe(expected.size)
    }
    expect(namesOn(roster).sort()).toEqual([...expected].sort())
  })

  it('does not delete another in place of one who is not on it', () => {
    const roster = createRoster<{ name: string; place: number }>()
    const [ada, bob, cy, eve] = ['Ada', 'Bob', 'Cy', 'Eve'].map((name) => ({ name, place: -1 }))
    if (!ada || !bob || !cy || !eve) throw new Error('four')
    roster.add(ada)
    roster.add(bob)
    roster.add(cy)
    roster.delete(ada)
    roster.delete(ada)
    roster.delete(eve)
    expect(namesOn(roster)).toEqual(['Cy', 'Bob'])
  })

  it('gives a copy, so that all are reached while each of them goes', () => {
    const roster = createRoster<{ name: string; place: number }>()
    for (const name of ['a', 'b', 'c', 'd']) roster.add({ name, place: -1 })
    const reached: string[] = []
    for (const item of roster.all()) {
      reached.push(item.name)
      roster.delete(item)
      roster.add({ name: `${item.name} again`, place: -1 })
    }
    expect(reached).toEqual(['a', 'b', 'c', 'd'])
    expect(roster.size).toBe(4)
  })
})
