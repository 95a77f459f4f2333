import { expect, test } from 'vitest'
import type { TransportName } from '../../server/contract/transports.ts'
import type { Receipt } from '../../server/contract/wire.ts'
import { insist } from '../support/client.ts'
import { expectNothingLost } from './oracle.ts'
import { kept, type Stage, setStage } from './stage.ts'

const WAVES = 15
const DRAFTS = 20

/** Promise 1 under fire: cuts in the middle of a burst neither lose an entry nor double one. */
export function cuts(name: TransportName) {
  test('a reader that is cut in mid-burst again and again gets every entry once', async () => {
    const stage = await setStage()
    const ada = stage.reader(name, { url: stage.proxy.url })
    const writer = stage.reader(name, { url: stage.server.url })
    await ada.open()
    await writer.open()
    const cut = cutInEveryWave(stage)

    const receipts: Receipt[] = []
    for (let wave = 0; wave < WAVES; wave++) {
      const burst = Array.from({ length: DRAFTS }, (_, n) =>
        writer.publish({ id: `${wave}-${n}`, text: 'hi' }),
      )
      receipts.push(...(await Promise.all(burst)))
      // Only a reader that is there again can be cut in the middle of something again.
      await ada.has((wave + 1) * DRAFTS)
    }
    await writer.has(WAVES * DRAFTS)

    expect(cut.times).toBe(WAVES)
    // It really was another connection after each cut.
    expect(stage.proxy.connections).toBeGreaterThan(WAVES)
    expectNothingLost(ada, receipts)
    expectNothingLost(writer, receipts)
    expect(ada.entries).toEqual(await kept(stage.log))
    expect(ada.gaps).toEqual([])
  })

  test('an author who is cut before his receipt repeats his draft until he has it: one entry each', async () => {
    const stage = await setStage()
    const witness = stage.reader(name, { url: stage.server.url })
    const ada = stage.reader(name, { url: stage.proxy.url, client: 'ada' })
    await witness.open()
    await ada.open()
    const cut = cutInEveryWave(stage)

    const receipts: Receipt[] = []
    let tries = 0
    for (let wave = 0; wave < WAVES; wave++) {
      const burst = Array.from({ length: DRAFTS }, (_, n) =>
        insist(ada, { id: `${wave}-${n}`, text: `wave ${wave}, draft ${n}` }, () => tries++),
      )
      receipts.push(...(await Promise.all(burst)))
      await ada.has((wave + 1) * DRAFTS)
    }
    await witness.has(WAVES * DRAFTS)

    expect(cut.times).toBe(WAVES)
    // Each cut came between an append and its receipt, so at least that draft was sent again.
    expect(tries).toBeGreaterThanOrEqual(WAVES * DRAFTS + WAVES)
    const all = await kept(stage.log)
    expect(all).toHaveLength(WAVES * DRAFTS)
    expect(new Set(receipts.map(({ seq }) => seq)).size).toBe(WAVES * DRAFTS)
    for (const reader of [ada, witness]) {
      expectNothingLost(reader, receipts)
      expect(reader.entries).toEqual(all)
    }
  })
}

/**
 * Cuts what goes through the proxy in the middle of every wave, at the very moment of an append: the entry is in the
 * log and has been written to its readers, and its receipt has not left the server.
 */
function cutInEveryWave({ log, proxy }: Stage) {
  const count = { times: 0 }
  log.follow(({ seq }) => {
    if (seq % DRAFTS !== DRAFTS / 2) return
    count.times++
    proxy.cut()
  })
  return count
}
