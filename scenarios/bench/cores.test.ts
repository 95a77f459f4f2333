import { expect, test } from 'vitest'
import { readCores, shareOut } from './cores.ts'

test.each([
  ["pid 1234's current affinity list: 0,1\n", [0, 1]],
  ["pid 7's current affinity list: 0-3,6\n", [0, 1, 2, 3, 6]],
  ["pid 7's current affinity list: 5\n", [5]],
])('reads %j', (text, cores) => expect(readCores(text)).toEqual(cores))

test('the server has a core to itself, the load the rest', () => {
  expect(shareOut([0, 1, 2, 5])).toEqual({
    server: [5],
    load: [0, 1, 2],
    said: 'pinned: server on core 5, load on cores 0, 1, 2',
  })
})

test('one core is shared, and said to be', () => {
  expect(shareOut([3])).toEqual({ server: undefined, load: undefined, said: 'shared: there is only one' })
})
