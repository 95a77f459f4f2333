import { expect, test } from 'vitest'
import { conditionsOf, detour, faultInWords, needsLink, networkInWords } from './network.ts'

test('a network is known by its name or by its conditions', () => {
  expect(conditionsOf({ conditions: '200-ms-away' })).toEqual({ rtt: 200 })
  expect(conditionsOf({ conditions: { rtt: 80 } })).toEqual({ rtt: 80 })
  expect(conditionsOf({})).toBeUndefined()
})

test('a link stands in between for conditions and for what only a link can do', () => {
  expect(needsLink({})).toBe(false)
  expect(needsLink({ conditions: 'clear' })).toBe(true)
  expect(needsLink({ faults: [{ at: 1, do: 'restart' }] })).toBe(false)
  expect(needsLink({ faults: [{ at: 1, do: 'pause-readers', seconds: 1 }] })).toBe(false)
  expect(needsLink({ faults: [{ at: 1, do: 'cut' }] })).toBe(true)
})

test('it is told in words', () => {
  expect(networkInWords({})).toBe('none')
  expect(networkInWords({ conditions: 'clear' })).toBe('Clear: nothing added')
  expect(networkInWords({ conditions: '200-ms-away' })).toBe('200 ms away: round trip + 200 ms')
  expect(networkInWords({ conditions: { buffer: { bytes: 4_096, ms: 500 }, refuseUpgrade: true } })).toBe(
    'responses held until 4,096 bytes or 500 ms, upgrades refused',
  )
  const sweep = { of: 'rtt' as const, values: [0, 80] }
  expect(networkInWords({ sweep })).toBe('round trip + 0, 80 ms by case')
  expect(networkInWords({ sweep, conditions: { idleCut: 10 } })).toBe(
    'round trip + 0, 80 ms by case, connections cut after 10 s without a byte',
  )
})

test('so are faults', () => {
  expect(faultInWords({ at: 2, do: 'cut', seconds: 5 })).toBe(
    'at 2 s: the readers’ connections are cut (rst) and new ones refused for 5 s',
  )
  expect(faultInWords({ at: 2, do: 'restart', how: 'kill' })).toContain('the server is killed')
  expect(faultInWords({ at: 2, do: 'pause-readers', seconds: 3 })).toContain(
    'one reader stops reading for 3 s',
  )
})

test('what is on its way may take as long as everything that holds it', () => {
  expect(detour({})).toBe(0)
  expect(detour({ rtt: 200, jitter: 10, buffer: { bytes: 1, ms: 500 } })).toBe(720)
})
