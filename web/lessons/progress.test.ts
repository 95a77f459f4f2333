import { beforeEach, expect, test } from 'vitest'
import { addProgress, doneOf, note, progress, progressIn, resetProgress } from './progress.ts'

const slugs = ['short-polling', 'frames']

beforeEach(resetProgress)

test('what was exported is imported as it was', () => {
  note('short-polling', { predicted: 500, ran: true })
  note('frames', { predicted: 'six', ran: true, explained: true, changed: true, answered: true })
  const exported = JSON.stringify(progress.peek(), null, 2)
  resetProgress()
  addProgress(progressIn(exported, slugs))
  expect(progress.peek()).toEqual(JSON.parse(exported))
  expect(doneOf(progress.peek().frames)).toEqual({ done: 4, of: 4 })
})

test('nothing that was done here is undone, and a prediction made here stays', () => {
  note('short-polling', { predicted: 300, ran: true, explained: true })
  addProgress(progressIn('{"short-polling":{"predicted":500,"ran":true,"answered":true},"frames":{}}', slugs))
  expect(progress.peek()).toEqual({
    'short-polling': { predicted: 300, ran: true, explained: true, answered: true },
    frames: {},
  })
})

test('a lesson of a newer version is kept', () => {
  addProgress(progressIn('{"frames":{"ran":true},"quic":{"ran":true}}', slugs))
  expect(progress.peek().quic).toEqual({ ran: true })
})

const wrong: readonly [what: string, text: string, told: RegExp][] = [
  ['a picture', '\x89PNG', /not JSON/],
  ['an empty file', '', /not JSON/],
  ['a list', '["frames"]', /not about these lessons/],
  ['null', 'null', /not about these lessons/],
  ['nothing at all', '{}', /not about these lessons/],
  ['a report', '{"scenario":{"title":"Quiet room"},"runs":[]}', /not about these lessons/],
  ['a part that is not true', '{"frames":{"ran":"yes"}}', /of “frames” is no progress/],
  ['a part that there is not', '{"frames":{"won":true}}', /of “frames” is no progress/],
  ['a prediction that is none', '{"frames":{"predicted":{}}}', /of “frames” is no progress/],
  [
    'a lesson that is null',
    '{"frames":{"ran":true},"short-polling":null}',
    /of “short-polling” is no progress/,
  ],
]

for (const [what, text, told] of wrong) {
  test(`${what} is refused with a sentence, and changes nothing`, () => {
    note('frames', { ran: true })
    expect(() => addProgress(progressIn(text, slugs))).toThrow(told)
    expect(progress.peek()).toEqual({ frames: { ran: true } })
  })
}
