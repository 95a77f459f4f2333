import { describe, expect, onTestFinished, test } from 'vitest'
import type { CapturedConnection } from '../../server/contract/link.ts'
import { transportNames } from '../../server/contract/transports.ts'
import { post, setStage } from '../conformance/stage.ts'
import { startProxy } from '../support/proxy.ts'
import { until } from '../support/until.ts'
import { dial, request } from '../support/wire.ts'
import { linkTo, startWire } from './wire.ts'

/** Bytes of one side in captures, the forgotten ones too. */
const bytesOf = (from: 'client' | 'server', connections: CapturedConnection[]) =>
  connections.reduce(
    (sum, { chunks, forgotten }) =>
      sum +
      forgotten[from] +
      chunks.reduce(
        (size, chunk) => size + (chunk.from === from ? Buffer.from(chunk.bytes, 'base64').length : 0),
        0,
      ),
    0,
  )

describe.each(transportNames)('%s through a link', (name) => {
  test('reads the same feed 20 ms away, cut in the middle', async () => {
    const { server, reader, fill, log } = await setStage()
    const link = await linkTo(server.port, {
      conditions: { rtt: 20, jitter: 10, bandwidth: 500_000 },
      seed: 7,
    })
    await fill('lobby', 3)
    const lane = reader(name, { url: link.url, client: 'lane', after: '0' })
    await lane.has(3)
    for (let n = 4; n <= 12; n++) {
      await post(`${server.url}/sse/lobby`, { text: `line ${n}` })
      // A poll has a connection only while it asks, or while it is kept.
      if (n === 8) await until('there is something to cut', () => link.cut('rst', 'lane') > 0)
    }
    await lane.has(12)
    await lane.open()
    await lane.publish({ text: 'from the lane', id: 'l-1' })
    await lane.has(13)
    expect(lane.entries).toEqual((await log.after('lobby', '0', 100)).entries)
    expect(lane.gaps).toEqual([])
  })

  test('has its bytes captured: as many as the meter counted, by client', async () => {
    const { server, reader } = await setStage()
    const link = await linkTo(server.port, { conditions: { rtt: 4 } })
    const lanes = ['one', 'two'].map((client) => reader(name, { url: link.url, client, after: '0' }))
    for (const lane of lanes) await lane.open()
    await lanes[0]?.publish({ text: 'hi', id: 'a' })
    for (const lane of lanes) await lane.has(1)
    for (const lane of lanes) lane.close()
    await until('the connections rest', async () => {
      const before = link.capture().connections.flatMap(({ chunks }) => chunks).length
      await new Promise((resolve) => setTimeout(resolve, 100))
      return before === link.capture().connections.flatMap(({ chunks }) => chunks).length
    })
    for (const client of ['one', 'two']) {
      const { [name]: tally } = await server.meter(client)
      const { connections } = link.capture(client)
      await until(
        'the meter has settled',
        async () => (await server.meter(client))[name].bytesOut >= tally.bytesOut,
      )
      expect({ up: bytesOf('client', connections), down: bytesOf('server', connections) }).toEqual({
        up: tally.bytesIn,
        down: tally.bytesOut,
      })
      expect(tally.bytesOut).toBeGreaterThan(0)
    }
  })
})

test('a capture is what a socket saw', async () => {
  const { server } = await setStage()
  const link = await linkTo(server.port)
  const asked = request('GET', '/short-polling/lobby?client=raw')
  const wire = await dial(link.port)
  wire.send(asked)
  await until('it is answered', () => wire.received.toString().endsWith('}'))
  wire.send(asked)
  const once = wire.received.length
  await until('and again', () => wire.received.length === 2 * once)
  wire.hangUp()
  await until('it is over', () => link.open === 0)
  const [connection, ...others] = link.capture('raw').connections
  expect(others).toEqual([])
  const said = (from: string) =>
    Buffer.concat(
      (connection?.chunks ?? [])
        .filter((chunk) => chunk.from === from)
        .map(({ bytes }) => Buffer.from(bytes, 'base64')),
    )
  expect(said('client').equals(Buffer.concat([asked, asked]))).toBe(true)
  expect(said('server').equals(wire.received)).toBe(true)
  expect(connection?.chunks.map(({ from }) => from).join(' ')).toMatch(/^client( server)+ client( server)+$/)
  expect(connection).toMatchObject({ client: 'raw', closedBy: 'client', forgotten: { client: 0, server: 0 } })
  const times = connection?.chunks.map(({ at }) => at) ?? []
  expect(times).toEqual([...times].sort((one, other) => one - other))
})

test('of a connection that two clients share, each has its own exchanges', async () => {
  const { server } = await setStage()
  const link = await linkTo(server.port)
  const wire = await dial(link.port)
  for (const client of ['one', 'two', 'one']) {
    const before = wire.received.length
    wire.send(request('GET', `/short-polling/lobby?client=${client}`))
    await until(
      'it is answered',
      () => wire.received.length > before && wire.received.toString().endsWith('}'),
    )
  }
  wire.hangUp()
  await until('it is over', () => link.open === 0)
  for (const [client, exchanges] of [
    ['one', 2],
    ['two', 1],
  ] as const) {
    const { connections } = link.capture(client)
    const { 'short-polling': tally } = await server.meter(client)
    expect(connections.map(({ id }) => id)).toEqual([1])
    expect(tally.requests).toBe(exchanges)
    expect([bytesOf('client', connections), bytesOf('server', connections)]).toEqual([
      tally.bytesIn,
      tally.bytesOut,
    ])
  }
})

test('a head that comes in pieces belongs to whom it names', async () => {
  const wire = await startWire()
  const { client, server } = await wire.dial()
  const [one, two] = ['one', 'two'].map((name) => `GET /?client=${name} HTTP/1.1\r\nHost: a\r\n\r\n`) as [
    string,
    string,
  ]
  for (const piece of [one, two.slice(0, 10), two.slice(10, 30), two.slice(30)]) {
    const heard = server.received.length
    client.socket.write(piece)
    await until('the piece arrives', () => server.received.length === heard + piece.length)
  }
  const said = (name: string) =>
    wire.link.capture(name).connections.flatMap(({ chunks }) => chunks.map(({ bytes }) => atob(bytes)))
  expect(said('one')).toEqual([one])
  expect(said('two')).toEqual([two.slice(0, 10), two.slice(10, 30), two.slice(30)])
})

test('links may stand one behind the other, and behind other proxies', async () => {
  const { server, reader, fill } = await setStage()
  const near = await linkTo(server.port, { conditions: { rtt: 4 } })
  const proxy = await startProxy(near.port)
  onTestFinished(() => proxy.close())
  const far = await linkTo(proxy.port, { conditions: { jitter: 4 } })
  const lane = reader('socket-io', { url: far.url, client: 'far', after: '0' })
  await fill('lobby', 2)
  await lane.has(2)
})
