import { expect, test } from 'vitest'
import { createOutages } from './outages.ts'

/** A clock that stands where it is put. */
function stage() {
  let time = 0
  const outages = createOutages(() => time)
  const at = (ms: number) => {
    time = ms
  }
  return { outages, at, reader: outages.reader() }
}

test('recovery counts from the end of the fault to the first thing on a new connection', () => {
  const { outages, at, reader } = stage()
  outages.begin()
  at(1_001)
  reader.cut()
  at(3_000)
  // A try that is refused belongs to the same outage.
  reader.cut()
  at(6_400)
  reader.back()
  at(9_000)
  reader.back()
  outages.happened({ from: 1_000, until: 6_000 })
  expect(outages.read()).toEqual({ reconnects: 1, recovery: { cuts: 1, n: 1, p50: 400, max: 400 } })
})

test('a cut that no fault explains counts from itself', () => {
  const { outages, at, reader } = stage()
  outages.begin()
  outages.happened({ from: 1_000, until: 2_000 })
  at(20_000)
  reader.cut()
  at(20_150)
  reader.back()
  expect(outages.read().recovery).toMatchObject({ p50: 150, max: 150 })
})

test('the median of an even number lies between the two in the middle, and who is not back is counted', () => {
  const { outages, at, reader } = stage()
  const others = [outages.reader(), outages.reader()]
  outages.begin()
  outages.happened({ from: 0, until: 100 })
  for (const each of [reader, ...others]) each.cut()
  at(200)
  reader.back()
  at(400)
  others[0]?.back()
  expect(outages.read()).toEqual({ reconnects: 2, recovery: { cuts: 3, n: 2, p50: 200, max: 300 } })
})

test('what was cut before figures count is not told, also when it comes back later', () => {
  const { outages, at, reader } = stage()
  reader.cut()
  outages.begin()
  at(10)
  reader.back()
  expect(outages.read()).toEqual({ reconnects: 0 })
})

test('a reader that found a way during the fault has waited for nothing', () => {
  const { outages, at, reader } = stage()
  outages.begin()
  at(1_000)
  reader.cut()
  at(1_200)
  reader.back()
  outages.happened({ from: 1_000, until: 5_000 })
  expect(outages.read().recovery).toMatchObject({ n: 1, p50: 0 })
})
