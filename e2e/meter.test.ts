import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Tallies, type Tally, tallyFields } from '../server/contract/meter.ts'
import { transportNames } from '../server/contract/transports.ts'
import { connectReader } from './support/client.ts'
import { type CountingProxy, startProxy } from './support/proxy.ts'
import { startServer, type TestServer } from './support/server.ts'

/** The meter against a counting TCP proxy: the two must agree to the byte. */
let server: TestServer
let proxy: CountingProxy

beforeEach(async () => {
  server = await startServer()
  proxy = await startProxy(server.port)
})

afterEach(async () => {
  await proxy.close()
  await server.close()
})

const sum = (tallies: Tallies, field: keyof Tally) =>
  Object.values(tallies).reduce((total, tally) => total + tally[field], 0)

describe.each(transportNames)('%s', (name) => {
  test('every byte of a conversation is counted, and no other', async () => {
    const reader = connectReader(name, { url: proxy.url, client: 'ada' })
    await reader.open()
    for (let n = 0; n < 20; n++)
      await reader.publish({ text: `line ${n} … ünïcode 🙂`, id: `d-${n}`, sentAt: 1.5 })
    await reader.has(20)
    reader.close()
    await quiet()

    const all = await server.meter()
    const ada = await server.meter('ada')
    const tally = all[name]
    expect(tally.bytesIn).toBe(proxy.up)
    expect(tally.bytesOut).toBe(proxy.down)
    expect(ada[name]).toEqual(tally)
    expect(tally.connections).toBe(proxy.connections)
    expect(tally.entriesIn).toBe(20)
    expect(tally.entriesOut).toBe(20)
    expect(tally.payloadBytesOut).toBe(
      reader.entries.reduce((n, entry) => n + Buffer.byteLength(JSON.stringify(entry)), 0),
    )
    for (const way of ['In', 'Out'] as const) {
      const parts = tally[`headBytes${way}`] + tally[`controlBytes${way}`] + tally[`payloadBytes${way}`]
      expect(parts).toBeLessThanOrEqual(tally[`bytes${way}`])
    }
    for (const field of tallyFields) expect(tally[field]).toBeGreaterThanOrEqual(0)
    console.log(name, tally)
  })
})

/** Until the proxy has passed on nothing for a while: what was in flight has arrived. */
async function quiet() {
  for (let last = -1; last !== proxy.up + proxy.down; ) {
    last = proxy.up + proxy.down
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
void sum
