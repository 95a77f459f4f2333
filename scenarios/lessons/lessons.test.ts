import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { findPlace } from '../../web/lessons/code/places.ts'
import { courses } from './courses.ts'
import { factsTable } from './facts.ts'
import { glossary } from './glossary.ts'
import { findLesson, isReady, lessons, numberOf } from './index.ts'
import type { CodePlace } from './lesson.ts'

const root = resolve(import.meta.dirname, '../..')
const ready = lessons.filter(isReady).map(({ lesson }) => lesson)

const proseOf = ({ number, slug }: { number: number; slug: string }) =>
  readFileSync(resolve(import.meta.dirname, `${String(number).padStart(2, '0')}-${slug}.mdx`), 'utf8')

/** The ids that the prose hands to a component. */
const idsIn = (prose: string, component: string) =>
  [...prose.matchAll(new RegExp(`<${component}\\s+id="([^"]*)"`, 'g'))].map(([, id = '']) => id)

test('there are 22 lessons, in their order', () => {
  expect(lessons.map(numberOf)).toEqual(Array.from({ length: 22 }, (_, index) => index + 1))
})

test('a lesson is found by its slug, and each has a slug of its own', () => {
  expect(new Set(ready.map(({ slug }) => slug)).size).toBe(ready.length)
  for (const lesson of ready) {
    expect(lesson.slug).toMatch(/^[a-z0-9-]+$/)
    expect(findLesson(lesson.slug)?.lesson).toBe(lesson)
  }
})

test('a lesson that is not there yet says in one sentence what it will need', () => {
  for (const listing of lessons) if (!isReady(listing)) expect(listing.needs).toMatch(/^It .+\.$/)
})

test('the courses are of lessons that exist, in their order, and fit into their time', () => {
  for (const { title, hours, lessons: numbers } of courses) {
    expect(
      [...numbers].sort((one, other) => one - other),
      title,
    ).toEqual(numbers)
    for (const number of numbers) expect(lessons.map(numberOf)).toContain(number)
    const minutes = ready.filter(({ number }) => numbers.includes(number)).map(({ minutes }) => minutes)
    expect(
      minutes.reduce((sum, each) => sum + each, 0),
      title,
    ).toBeLessThanOrEqual(hours * 60)
  }
})

test('FACTS.md holds every statement of a standard that the lessons make (vitest -u writes it anew)', async () => {
  await expect(factsTable(ready)).toMatchFileSnapshot('FACTS.md')
})

for (const lesson of ready) {
  const prose = proseOf(lesson)

  test(`lesson ${lesson.number} takes 5 to 12 minutes, and its parts add up to them`, () => {
    expect(lesson.minutes).toBeGreaterThanOrEqual(5)
    expect(lesson.minutes).toBeLessThanOrEqual(12)
    expect(lesson.teacher.time.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(lesson.minutes)
    expect(lesson.teacher.wrongPredictions.length).toBeGreaterThanOrEqual(2)
    expect(lesson.question).toMatch(/\?$/)
  })

  test(`lesson ${lesson.number} has three hints, and one right answer among explained ones`, () => {
    expect(new Set(lesson.hints).size).toBe(3)
    expect(lesson.quiz.options.length).toBeGreaterThanOrEqual(3)
    expect(lesson.quiz.options.filter(({ right }) => right)).toHaveLength(1)
    for (const { because } of lesson.quiz.options) expect(because.length).toBeGreaterThan(30)
  })

  test(`lesson ${lesson.number} points at code that is there`, () => {
    const places: readonly (readonly CodePlace[])[] = [
      lesson.code.server,
      lesson.code.client,
      ...(lesson.bug ? [[lesson.bug.code.broken], [lesson.bug.code.cured]] : []),
    ]
    for (const end of places) {
      // A pane shows one file.
      expect(new Set(end.map(({ file }) => file)).size).toBe(1)
      for (const place of end) {
        const { last } = findPlace(readFileSync(resolve(root, place.file), 'utf8'), place)
        expect(last).toBeGreaterThan(0)
      }
    }
  })

  test(`lesson ${lesson.number} has its four sections in order, and names only what its data has`, () => {
    expect([...prose.matchAll(/^<(Before|Observe|Explain|Change)>$/gm)].map(([, name]) => name)).toEqual([
      'Before',
      'Observe',
      'Explain',
      'Change',
    ])
    for (const id of idsIn(prose, 'Measured')) expect(Object.keys(lesson.measures)).toContain(id)
    for (const id of idsIn(prose, 'Term')) expect(Object.keys(glossary)).toContain(id)
    // A rule that no sentence stands behind would be checked for nothing.
    expect(new Set(idsIn(prose, 'Claim'))).toEqual(new Set(Object.keys(lesson.claims)))
    expect(idsIn(prose, 'Measured').length).toBeGreaterThan(0)
    expect(idsIn(prose, 'Claim').length).toBeGreaterThan(0)
  })

  test(`lesson ${lesson.number} says where each of its facts is written`, () => {
    expect(lesson.facts.length).toBeGreaterThan(0)
    for (const { section } of lesson.facts) expect(section).toMatch(/^§\d/)
    // Whatever the lesson cites anywhere stands among them.
    for (const [, source = '', section = ''] of `${prose} ${JSON.stringify(lesson)}`.matchAll(
      /(RFC \d+) (§[\d.]*\d)/g,
    )) {
      const isFact = lesson.facts.some(
        (fact) => fact.source === source && fact.section.split(', ').includes(section),
      )
      expect(isFact, `${source} ${section} is cited, and no fact`).toBe(true)
    }
  })
}
