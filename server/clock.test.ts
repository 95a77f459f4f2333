import { afterEach, expect, test, vi } from 'vitest'
import { now } from './clock.ts'

/** How far the wall clock seems to be from where it is, in ms. */
function moveWallClock(by: number) {
  const { now: real } = Date
  vi.spyOn(Date, 'now').mockImplementation(() => real() + by)
}

afterEach(() => {
  vi.restoreAllMocks()
  now()
})

test('it shows the time of day, to within the 50 ms after which it is set anew', () => {
  const before = Date.now()
  const time = now()
  expect(time).toBeGreaterThan(before - 52)
  expect(time).toBeLessThan(Date.now() + 52)
})

test('no reading is before the one before it, and they move in fractions', () => {
  const readings = Array.from({ length: 20_000 }, now)
  expect(readings).toEqual([...readings].sort((a, b) => a - b))
  expect(readings.some((reading) => !Number.isInteger(reading))).toBe(true)
})

test('it says microseconds, and nothing finer', () => {
  for (let n = 0; n < 100; n++) expect(String(now())).toMatch(/^\d{13}(\.\d{1,3})?$/)
})

test.each([
  ['forward', 3_600_000],
  ['back', -3_600_000],
])('it follows a wall clock that was set %s an hour, and returns with it', (_way, by) => {
  moveWallClock(by)
  expect(Math.abs(now() - Date.now())).toBeLessThan(52)
  vi.restoreAllMocks()
  expect(Math.abs(now() - Date.now())).toBeLessThan(52)
})

test('it does not follow the small steps by which a wall clock is kept right', () => {
  const before = now()
  moveWallClock(-20)
  expect(now()).toBeGreaterThanOrEqual(before)
})
