import { afterEach, describe, expect, test } from 'vitest'
import { scenarioOf } from '../../../e2e/support/reports.ts'
import { startServer } from '../../../e2e/support/server.ts'
import { type TransportName, transportNames } from '../../../server/contract/transports.ts'
import { createLoad } from '../load/measure.ts'
import { rivals, versions } from './index.ts'

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const each = transportNames.flatMap((transport) => versions.map((version) => ({ transport, version })))

async function start({ transport, version }: (typeof each)[number]) {
  const rival = await rivals[transport][version]()
  ends.push(rival.close)
  return `http://127.0.0.1:${rival.port}`
}

const plan = (url: string, transport: TransportName) => ({
  url,
  room: 'bench-00000000',
  transport,
  publishOver: transport,
  seed: 7,
  scenario: scenarioOf({
    readers: 5,
    interval: 0.05,
    warmUp: 0.1,
    seconds: 1,
    traffic: { rate: 60, arrivals: 'bursts', burst: 20, payload: 'conversation' },
  }),
})

describe.each(each)('$transport, $version', (rival) => {
  test('delivers every entry of a burst to every reader of the load, once and in order', async () => {
    const load = createLoad(plan(await start(rival), rival.transport))
    ends.push(load.close)
    await load.connect()
    await load.warmUp()
    const { scheduled, published, delivered, lost, duplicated, reordered } = await load.measure()
    expect(scheduled).toBeGreaterThan(20)
    expect({ published, delivered, lost, duplicated, reordered }).toEqual({
      published: scheduled,
      delivered: scheduled * 5,
      lost: 0,
      duplicated: 0,
      reordered: 0,
    })
  })
})

test('an entry has the same fields, in the same order, as one of the product', async () => {
  const draft = { id: 'a-1', text: 'hi', sentAt: 1763668800000.25 }
  const shape = async (url: string) => {
    await fetch(`${url}/short-polling/bench-00000000`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(draft),
    })
    const text = await (await fetch(`${url}/short-polling/bench-00000000?after=0`)).text()
    // Clocks and epochs differ; a clock's fraction may have any length.
    return text.replace(/"at":[\d.]+/g, '"at":0').replace(/"cursor":"\w{4}/, '"cursor":"----')
  }
  const product = await startServer()
  ends.push(product.close)
  const expected = await shape(product.url)
  for (const version of versions)
    expect(await shape(await start({ transport: 'short-polling', version }))).toBe(expected)
})

test('the load is told where there is a meter to be asked, and short polls are counted', async () => {
  for (const rival of each) {
    const url = await start(rival)
    expect(await (await fetch(`${url}/meter?client=load-reader`)).json()).toHaveProperty('load-reader')
  }
  const url = await start({ transport: 'short-polling', version: 'plain' })
  await fetch(`${url}/short-polling/rival`)
  const answer = (await (await fetch(`${url}/meter`)).json()) as Record<
    string,
    Record<string, { requests: number }>
  >
  expect(answer['load-reader']?.['short-polling']?.requests).toBe(1)
})
