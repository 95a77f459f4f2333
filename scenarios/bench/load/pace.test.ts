import { expect, test } from 'vitest'
import { now } from './clock.ts'
import { pace } from './pace.ts'

test('acts on every instant in order, never before it is due, and together where they fall together', async () => {
  const start = now()
  const due = [5, 5, 5, 20, 20.25, 60].map((ms) => start + ms)
  const acts: { index: number; early: number }[] = []
  await pace(due, (index) => acts.push({ index, early: Math.max(0, (due[index] as number) - now()) })).done
  expect(acts).toEqual(due.map((_, index) => ({ index, early: 0 })))
})

test('acts on what fell due in the midst of other work when it is asked to look', async () => {
  const acts: number[] = []
  const paced = pace([now() + 3], (index) => acts.push(index))
  while (acts.length === 0) paced.look()
  await paced.done
  expect(acts).toEqual([0])
})

test('what it waited in turns is not more than the time that passed, and nothing is due of nothing', async () => {
  const start = now()
  // So many that a busy machine does not sleep over all of them.
  const paced = pace(
    Array.from({ length: 20 }, (_, n) => start + 25 * (n + 1)),
    () => {},
  )
  await paced.done
  expect(paced.waited).toBeGreaterThan(0)
  expect(paced.waited).toBeLessThanOrEqual(now() - start)
  await pace([], () => {
    throw new Error('nothing was due')
  }).done
})

test('stops when told', async () => {
  const paced = pace([now() + 1, now() + 60_000], (index) => {
    if (index === 0) paced.stop()
    else throw new Error('it was told to stop')
  })
  await paced.done
})
