import { describe, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { startWire } from './wire.ts'

type Wire = Awaited<ReturnType<typeof startWire>>
const hello = 'GET /?client=a HTTP/1.1\r\n\r\n'

/** What a question and its answer take, in ms. The server answers each byte with one. */
async function askOn({ client, server }: Awaited<ReturnType<Wire['dial']>>): Promise<number> {
  const [heard, asked] = [client.received.length, server.received.length]
  const begun = performance.now()
  client.socket.write('?')
  await until('it is asked', () => server.received.length > asked)
  server.socket.write('!')
  await until('it is answered', () => client.received.length > heard)
  return performance.now() - begun
}

// Lower bounds: a machine may make them longer, nothing may make them shorter. Half a ms is what timers are exact to.
describe('distance', () => {
  test('takes a round trip for an answer, and one more for a new connection', async () => {
    const wire = await startWire({ conditions: { rtt: 200 } })
    const begun = performance.now()
    const ends = await wire.dial()
    await askOn(ends)
    expect(performance.now() - begun).toBeGreaterThan(398)
    const later: number[] = []
    for (let n = 0; n < 6; n++) later.push(await askOn(ends))
    expect(Math.min(...later)).toBeGreaterThan(198)
    // The extra one is for the first bytes only.
    expect(Math.min(...later)).toBeLessThan(390)
  })

  test('jitter adds to it, up to so much each way', async () => {
    const wire = await startWire({ conditions: { rtt: 20, jitter: 100 }, seed: 3 })
    const ends = await wire.dial()
    await askOn(ends)
    const times: number[] = []
    for (let n = 0; n < 12; n++) times.push(await askOn(ends))
    expect(Math.min(...times)).toBeGreaterThan(18)
    // Of 24 draws up to 100 ms that some pair exceeds 60 together is all but certain, and for this seed it is.
    expect(Math.max(...times)).toBeGreaterThan(80)
  })

  test('bandwidth is shared by the connections of a client, and arrives bit by bit', async () => {
    const wire = await startWire({ conditions: { bandwidth: 200_000 } })
    const one = await wire.dial()
    const two = await wire.dial()
    for (const { client, server } of [one, two]) {
      client.socket.write(hello)
      await until('the client is known', () => server.received.length === hello.length)
    }
    const begun = performance.now()
    for (const { server } of [one, two]) server.socket.write(Buffer.alloc(50_000))
    await until('some of it arrives', () => one.client.received.length > 0)
    expect(one.client.received.length).toBeLessThan(50_000)
    await until('all of it does', () => one.client.received.length + two.client.received.length === 100_000)
    expect(performance.now() - begun).toBeGreaterThan(490)
  })
})
