import { expect, test } from 'vitest'
import type { TransportName } from '../../server/contract/transports.ts'
import { expectNothingLost } from './oracle.ts'
import { kept, setStage } from './stage.ts'

/** What a reader gets first, and that there is no seam between it and what comes next. */
export function backlog(name: TransportName) {
  test('without a cursor the latest 50 come first, then what follows', async () => {
    const { log, server, reader, fill } = await setStage()
    await fill('lobby', 120)
    const ada = reader(name, { url: server.url })
    await ada.has(50)
    const receipts = await fill('lobby', 3)
    await ada.has(53)
    expect(ada.entries).toEqual((await kept(log)).slice(70))
    expect(ada.seqs[0]).toBe(71)
    expect(ada.gaps).toEqual([])
    expectNothingLost(ada, receipts)
  })

  test('after 0 comes everything that is kept, and never a gap', async () => {
    const { log, server, reader, fill } = await setStage({ entriesPerRoom: 100 })
    await fill('lobby', 130)
    const ada = reader(name, { url: server.url, after: '0' })
    await ada.has(100)
    expect(ada.entries).toEqual(await kept(log))
    expect(ada.seqs[0]).toBe(31)
    expect(ada.gaps).toEqual([])
  })

  test('many pages of backlog run into live entries without a seam while others publish', async () => {
    const { log, server, reader, fill } = await setStage()
    const receipts = await fill('lobby', 650)
    const writer = reader(name, { url: server.url })
    await writer.open()

    // Readers join while entries come in, each at another moment.
    const readers = []
    for (let n = 0; n < 20; n++) {
      readers.push(reader(name, { url: server.url, after: '0' }))
      const burst = Array.from({ length: 10 }, (_, m) => writer.publish({ text: `burst ${n} ${m}` }))
      receipts.push(...(await Promise.all(burst)))
    }
    const all = await kept(log)
    expect(all).toHaveLength(850)
    for (const ada of readers) {
      await ada.has(850)
      expect(ada.entries).toEqual(all)
      expectNothingLost(ada, receipts)
    }
  })

  test('a page of the longest texts reaches a reader over one connection', async () => {
    const { log, server, reader } = await setStage()
    // 200 entries of 16,000 bytes: more at once than a connection may be owed.
    for (let n = 0; n < 200; n++) await log.append('lobby', { text: '🙂'.repeat(4_000) }, undefined)
    const ada = reader(name, { url: server.url, after: '0' })
    await ada.has(200)
    expect(ada.entries).toEqual(await kept(log))
    expect(ada.statuses.filter(({ state }) => state === 'reconnecting')).toEqual([])
  })

  test('an unborn room reads as empty, and reading does not create it', async () => {
    const { log, server, reader, fill } = await setStage({ rooms: 1 })
    await fill('lobby', 1)
    const ada = reader(name, { url: server.url, room: 'attic' })
    await ada.open()
    expect(ada.cursor).toMatch(/^[a-z0-9]{4}\.0$/)
    expect(ada.entries).toEqual([])
    // Had the attic become a room, the lobby would have had to make room for it.
    expect(await kept(log, 'lobby')).toHaveLength(1)
  })

  test('the cursor of an unborn room stays good when its first entry comes', async () => {
    const { server, reader, fill } = await setStage()
    const early = reader(name, { url: server.url })
    await early.open()
    const unborn = early.cursor
    early.close()

    const waiting = reader(name, { url: server.url, after: unborn })
    await waiting.open()
    const receipts = await fill('lobby', 2)
    const late = reader(name, { url: server.url, after: unborn })
    for (const ada of [waiting, late]) {
      await ada.has(2)
      expect(ada.seqs).toEqual([1, 2])
      expect(ada.gaps).toEqual([])
      expectNothingLost(ada, receipts)
    }
  })
}
