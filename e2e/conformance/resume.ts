import { expect, test } from 'vitest'
import type { TransportName } from '../../server/contract/transports.ts'
import { startProxy } from '../support/proxy.ts'
import { until } from '../support/until.ts'
import { expectNothingLost } from './oracle.ts'
import { startScissors } from './scissors.ts'
import { kept, setStage } from './stage.ts'

/** Promise 2, first half: a reader that comes back with its cursor gets what it missed. */
export function resume(name: TransportName) {
  test('a new connection with an old cursor gets exactly what was missed', async () => {
    const { log, server, reader, fill } = await setStage()
    await fill('lobby', 7)
    const before = reader(name, { url: server.url })
    await before.has(7)
    before.close()
    const missed = await fill('lobby', 230)

    const after = reader(name, { url: server.url, after: before.cursor })
    await after.has(230)
    const live = await fill('lobby', 1)
    await after.has(231)
    expect(after.entries).toEqual((await kept(log)).slice(7))
    expect(after.gaps).toEqual([])
    expectNothingLost(after, [...missed, ...live])
  })

  test.each([
    ['an empty', 0],
    ['a busy', 20],
  ])('a reader that lost its connection in %s room gets what came meanwhile', async (_room, already) => {
    const { server, proxy, reader, fill } = await setStage()
    const history = await fill('lobby', already)
    const ada = reader(name, { url: proxy.url })
    await ada.open()
    await ada.has(already)

    await proxy.close()
    await until('the loss is noticed', () => ada.statuses.at(-1)?.state === 'reconnecting')
    // More than the 50 that a reader without a cursor would be given.
    const missed = await fill('lobby', 75)
    const again = await startProxy(server.port, proxy.port)
    try {
      await ada.has(already + 75)
      expectNothingLost(ada, [...history, ...missed])
      expect(ada.gaps).toEqual([])
      expect(ada.seqs[0]).toBe(1)
    } finally {
      ada.close()
      await again.close()
    }
  })

  test('wherever the first connection is cut, nothing that followed is missed', async () => {
    const { log, server, reader, fill } = await setStage()
    await fill('lobby', 60)
    // Cut in the head, in the greeting, between greeting and first entry, in an entry, between two.
    const cuts = Array.from({ length: 40 }, (_, n) => 1 + n * 37)
    const readers = await Promise.all(
      cuts.map(async (bytes) => {
        const scissors = await startScissors(server.port, bytes)
        return { ada: reader(name, { url: scissors.url }), scissors }
      }),
    )
    await until('every connection was cut', () => readers.every(({ scissors }) => scissors.cuts === 1))
    const missed = await fill('lobby', 40)
    const all = await kept(log)
    for (const { ada } of readers) {
      await until('the last entry is here', () => ada.seqs.at(-1) === 100)
      expectNothingLost(ada, missed)
      expect(ada.gaps).toEqual([])
      // A reader that was never told where it stands begins anew, with the latest 50 of what is there by then.
      const begin = ada.seqs[0] ?? 0
      expect(begin).toBeGreaterThanOrEqual(11)
      expect(begin).toBeLessThanOrEqual(51)
      expect(ada.entries).toEqual(all.slice(begin - 1))
    }
  })
}
