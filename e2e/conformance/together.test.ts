import { expect, test } from 'vitest'
import { transportNames } from '../../server/contract/transports.ts'
import { expectNothingLost } from './oracle.ts'
import { kept, setStage } from './stage.ts'

test('8 publishers and 5 readers over all transports: every reader gets the same 400 entries in the same order', async () => {
  const { log, server, reader } = await setStage()
  const readers = transportNames.map((name) => reader(name, { url: server.url }))
  const writers = Array.from({ length: 8 }, (_, n) =>
    reader(transportNames[n % transportNames.length] ?? 'sse', { url: server.url, client: `writer-${n}` }),
  )
  await Promise.all([...readers, ...writers].map((lane) => lane.open()))

  const bursts = writers.map((writer, n) =>
    Promise.all(
      Array.from({ length: 50 }, (_, m) =>
        writer.publish({ id: `${m}`, text: `${n} says ${m}`, name: `w${n}` }),
      ),
    ),
  )
  const receipts = (await Promise.all(bursts)).flat()
  await Promise.all([...readers, ...writers].map((lane) => lane.has(400)))

  const all = await kept(log)
  expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: 400 }, (_, n) => n + 1))
  expect(new Set(receipts.map(({ seq }) => seq)).size).toBe(400)
  for (const lane of [...readers, ...writers]) {
    expect(lane.entries).toEqual(all)
    expect(lane.gaps).toEqual([])
  }
  // The same JSON, field by field in the same order, and each author's drafts as he sent them.
  const asJson = readers.map(({ entries }) => JSON.stringify(entries))
  expect(new Set(asJson).size).toBe(1)
  for (const { id, seq } of receipts) expect(all[seq - 1]?.id).toBe(id)
})

test('what one lane publishes, all five lanes read, whichever lane it is', async () => {
  const { server, reader } = await setStage()
  const lanes = transportNames.map((name) => reader(name, { url: server.url, client: name }))
  await Promise.all(lanes.map((lane) => lane.open()))
  const receipts = []
  for (const lane of lanes) receipts.push(await lane.publish({ text: 'hi', id: 'same' }))
  for (const lane of lanes) {
    await lane.has(5)
    expect(lane.seqs).toEqual(receipts.map(({ seq }) => seq))
  }
})

test('all five lanes cut at once, again and again, while all five publish', async () => {
  const { log, proxy, server, reader } = await setStage()
  const lanes = transportNames.map((name) => reader(name, { url: proxy.url }))
  const writers = transportNames.map((name) => reader(name, { url: server.url, client: `w-${name}` }))
  await Promise.all([...lanes, ...writers].map((lane) => lane.open()))
  log.follow(({ seq }) => {
    if (seq % 50 === 25) proxy.cut()
  })
  const receipts = []
  for (let wave = 1; wave <= 8; wave++) {
    const burst = writers.flatMap((writer, w) =>
      Array.from({ length: 10 }, (_, n) => writer.publish({ id: `${wave}-${w}-${n}`, text: 'hi' })),
    )
    receipts.push(...(await Promise.all(burst)))
    await Promise.all([...lanes, ...writers].map((lane) => lane.has(wave * 50)))
  }
  const all = await kept(log)
  for (const lane of [...lanes, ...writers]) {
    expectNothingLost(lane, receipts)
    expect(lane.entries).toEqual(all)
  }
})
