import { expect, test } from 'vitest'
import { parseCursor } from '../../server/contract/cursor.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import { until } from '../support/until.ts'
import { expectNothingLost } from './oracle.ts'
import { startScissors } from './scissors.ts'
import { kept, type Stage, setStage } from './stage.ts'

/** Promise 2, second half: what is no longer kept is never skipped in silence. */
export function gaps(name: TransportName) {
  test('a cursor of another epoch is told gap, then gets what is kept', async () => {
    const stage = await setStage()
    const epoch = await epochOf(stage)
    const receipts = await stage.fill('lobby', 5)
    const ada = stage.reader(name, { url: stage.server.url, after: `${foreign(epoch)}.3` })
    await ada.has(5)
    receipts.push(...(await stage.fill('lobby', 2)))
    await ada.has(7)

    expect(ada.heard[0]).toEqual({ what: 'gap', cursor: `${epoch}.0` })
    expect(ada.gaps).toHaveLength(1)
    expect(ada.entries).toEqual(await kept(stage.log))
    expectNothingLost(ada, receipts)
  })

  test('a cursor of another epoch is told gap in an empty room too', async () => {
    const stage = await setStage()
    const epoch = await epochOf(stage)
    const ada = stage.reader(name, { url: stage.server.url, after: `${foreign(epoch)}.3` })
    await until('gap is told', () => ada.gaps.length > 0)
    expect(ada.heard).toEqual([{ what: 'gap', cursor: `${epoch}.0` }])
    const receipts = await stage.fill('lobby', 1)
    await ada.has(1)
    expect(ada.gaps).toHaveLength(1)
    expectNothingLost(ada, receipts)
  })

  test('a cursor past the head is told gap, then gets what is kept', async () => {
    const stage = await setStage()
    const epoch = await epochOf(stage)
    await stage.fill('lobby', 5)
    const ada = stage.reader(name, { url: stage.server.url, after: `${epoch}.6` })
    await ada.has(5)
    expect(ada.heard[0]).toEqual({ what: 'gap', cursor: `${epoch}.0` })
    expect(ada.seqs).toEqual([1, 2, 3, 4, 5])
    expect(ada.gaps).toHaveLength(1)
  })

  test('a cursor whose successor is evicted is told gap; one whose successor is kept is not', async () => {
    const stage = await setStage({ entriesPerRoom: 10 })
    const epoch = await epochOf(stage)
    await stage.fill('lobby', 25)
    const late = stage.reader(name, { url: stage.server.url, after: `${epoch}.14` })
    const inTime = stage.reader(name, { url: stage.server.url, after: `${epoch}.15` })
    await late.has(10)
    await inTime.has(10)
    const all = await kept(stage.log)
    expect(late.heard[0]).toEqual({ what: 'gap', cursor: `${epoch}.15` })
    expect(late.gaps).toHaveLength(1)
    expect(inTime.gaps).toEqual([])
    expect(late.entries).toEqual(all)
    expect(inTime.entries).toEqual(all)
  })

  test('seq 0 is a good cursor while seq 1 is kept, and a gap once it is not', async () => {
    const stage = await setStage({ entriesPerRoom: 10 })
    const epoch = await epochOf(stage)
    await stage.fill('lobby', 10)
    const inTime = stage.reader(name, { url: stage.server.url, after: `${epoch}.0` })
    await inTime.has(10)
    expect(inTime.gaps).toEqual([])
    await stage.fill('lobby', 1)
    const late = stage.reader(name, { url: stage.server.url, after: `${epoch}.0` })
    await late.has(10)
    expect(late.heard[0]).toEqual({ what: 'gap', cursor: `${epoch}.1` })
    expect(late.seqs[0]).toBe(2)
  })

  test('after its gap a reader goes on from there: coming back, it is not told again', async () => {
    const stage = await setStage({ entriesPerRoom: 10 })
    const epoch = await epochOf(stage)
    await stage.fill('lobby', 25)
    const ada = stage.reader(name, { url: stage.proxy.url, after: `${epoch}.2` })
    await ada.has(10)
    stage.proxy.cut()
    const receipts = await stage.fill('lobby', 3)
    await ada.has(13)
    expect(ada.gaps).toEqual([`${epoch}.15`])
    expectNothingLost(ada, receipts)
  })

  test('wherever the first connection is cut, a reader whose cursor is lost hears so, once', async () => {
    const stage = await setStage()
    const epoch = await epochOf(stage)
    await stage.fill('lobby', 20)
    // Among these cuts are those between "joined" and "gap".
    const cuts = Array.from({ length: 40 }, (_, n) => 1 + n * 23)
    const readers = await Promise.all(
      cuts.map(async (bytes) => {
        const scissors = await startScissors(stage.server.port, bytes)
        return { scissors, ada: stage.reader(name, { url: scissors.url, after: `${foreign(epoch)}.7` }) }
      }),
    )
    await until('every connection was cut', () => readers.every(({ scissors }) => scissors.cuts === 1))
    const receipts = await stage.fill('lobby', 5)
    for (const { ada } of readers) {
      await ada.has(25)
      expect(ada.heard[0]).toEqual({ what: 'gap', cursor: `${epoch}.0` })
      expect(ada.gaps).toHaveLength(1)
      expectNothingLost(ada, receipts)
    }
  })
}

async function epochOf({ log }: Stage): Promise<string> {
  return parseCursor((await log.after('lobby', undefined, 1)).cursor).epoch
}

/** An epoch that is not this one. */
const foreign = (epoch: string) => (epoch === 'zzzz' ? 'yyyy' : 'zzzz')
