import { expect, test } from 'vitest'
import { emptyTally } from '../../server/contract/meter.ts'
import { difference } from './meter.ts'

test('a difference holds what came on top, and how many connections are open at the end', () => {
  const before = { ...emptyTally(), requests: 3, bytesIn: 100, open: 5 }
  const after = { ...emptyTally(), requests: 10, bytesIn: 150, bytesOut: 7, open: 2 }
  expect(difference(before, after)).toEqual({
    ...emptyTally(),
    requests: 7,
    bytesIn: 50,
    bytesOut: 7,
    open: 2,
  })
})
