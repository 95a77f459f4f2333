import { expect, test } from 'vitest'
import { transportNames } from '../../server/contract/transports.ts'
import type { Draft, Page, Receipt } from '../../server/contract/wire.ts'
import { PublishError } from '../../web/transports/connection.ts'
import { expectNothingLost } from '../conformance/oracle.ts'
import { kept, setStage } from '../conformance/stage.ts'
import type { TestReader } from '../support/client.ts'
import { openLane, openLanes, returns, settled } from './lanes.ts'

/** On a busy machine a receipt may come too late. Whoever has none repeats the draft, as often as that takes. */
async function publishTo(publisher: TestReader, draft: Draft): Promise<Receipt> {
  try {
    return await publisher.publish(draft)
  } catch (error) {
    if (!(error instanceof PublishError && error.code === 'network')) throw error
    return publishTo(publisher, draft)
  }
}

const PUBLISHERS = 8
const EACH = 1_250

test('10,000 entries from 8 publishers reach a reader of each transport, every seq once', async () => {
  const { log, server } = await setStage()
  const pages: number[] = []
  const watched: typeof fetch = async (...args) => {
    const response = await fetch(...args)
    const { entries } = (await response.clone().json()) as Page
    pages.push(entries.length)
    return response
  }
  const readers = await openLanes(server.url)
  const pollers = (['short-polling', 'long-polling'] as const).map((name) =>
    openLane(name, server.url, { client: `watched-${name}`, fetch: watched, interval: 0.5 }),
  )
  const publishers = Array.from({ length: PUBLISHERS }, (_, n) =>
    openLane(transportNames[n % transportNames.length] ?? 'sse', server.url, {
      client: `publisher-${n}`,
      // In another room: they are here to write.
      interval: 60,
      wait: 60,
    }),
  )
  await settled([...pollers, ...publishers])

  const receipts: Receipt[] = []
  await Promise.all(
    publishers.map(async (publisher, p) => {
      // Twenty on the way at a time: a socket takes them all, and HTTP opens as many connections.
      for (let n = 0; n < EACH; n += 25) {
        const burst = Array.from({ length: 25 }, (_, m) =>
          publishTo(publisher, { id: `p${p}-${n + m}`, text: `line ${n + m} of publisher ${p}` }),
        )
        receipts.push(...(await Promise.all(burst)))
      }
    }),
  )
  expect(receipts).toHaveLength(PUBLISHERS * EACH)
  expect(new Set(receipts.map(({ seq }) => seq)).size).toBe(PUBLISHERS * EACH)
  const all = await kept(log)
  for (const reader of [...readers, ...pollers]) {
    await reader.has(PUBLISHERS * EACH)
    expectNothingLost(reader, receipts)
    expect(reader.entries).toEqual(all)
    expect(returns(reader)).toBe(0)
  }
  expect(Math.max(...pages)).toBeLessThanOrEqual(200)
  // There was a burst to page through.
  expect(Math.max(...pages)).toBeGreaterThan(100)
}, 180_000)
