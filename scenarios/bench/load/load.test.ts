import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { startProxy } from '../../../e2e/support/proxy.ts'
import { startServer } from '../../../e2e/support/server.ts'
import { until } from '../../../e2e/support/until.ts'
import { type TransportName, transportNames } from '../../../server/contract/transports.ts'
import { startLink } from '../../../server/link/link.ts'
import type { Scenario } from '../../scenario.ts'
import { instants } from '../../schedule.ts'
import { now } from './clock.ts'
import { createLoad, type Load, Unreached } from './measure.ts'
import type { LoadResult, Plan } from './protocol.ts'

/** The load against the product's own server, in one process: what is counted, not how fast it is. */

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function serve(options: Parameters<typeof startServer>[0] = {}) {
  const server = await startServer(options)
  stops.push(() => server.close())
  return server
}

const scenario: Scenario = {
  name: 'test',
  title: 'Test',
  question: 'Does it count?',
  about: 'A small load.',
  transports: [...transportNames],
  readers: 4,
  publishers: 2,
  readersPublish: false,
  traffic: { rate: 40, arrivals: 'poisson', payload: 'conversation' },
  interval: 0.05,
  wait: 5,
  headers: 'chrome',
  cookieBytes: 0,
  keepAlive: true,
  warmUp: 0.1,
  seconds: 1,
  repeat: 1,
}

const planFor = (url: string, transport: TransportName, change: Partial<Scenario & Plan> = {}): Plan => ({
  url,
  room: 'bench',
  transport,
  publishOver: change.publishOver ?? transport,
  seed: 7,
  scenario: { ...scenario, ...change },
})

/** A whole run; `meanwhile` is called when figures begin to count. */
async function run(plan: Plan, meanwhile?: (load: Load) => unknown): Promise<LoadResult> {
  const load = createLoad(plan)
  stops.push(load.close)
  await load.connect()
  await load.warmUp()
  const [result] = await Promise.all([load.measure(), meanwhile?.(load)])
  load.close()
  return result
}

const due = instants(scenario.traffic, scenario.seconds, 7).length
const whole = { scheduled: due, published: due, refused: 0, expected: due * 4, delivered: due * 4 }
const faultless = { lost: 0, duplicated: 0, reordered: 0, late: 0, reconnects: 0 }

test('where upgrades are refused Socket.IO goes on polling, and a WebSocket makes no connection', async () => {
  const server = await serve()
  const to = { host: '127.0.0.1', port: server.port }
  const link = await startLink({ to, conditions: { refuseUpgrade: true } })
  stops.push(() => link.close())
  const url = `http://127.0.0.1:${link.port}`
  expect(await run(planFor(url, 'socket-io'))).toMatchObject({ ...whole, ...faultless })
  const { 'socket-io': tally } = await server.meter('load-reader')
  expect(tally).toMatchObject({ upgrades: 0 })
  expect(tally.requests).toBeGreaterThan(due)

  const load = createLoad(planFor(url, 'websocket'))
  stops.push(load.close)
  const failed = load.connect()
  await expect(failed).rejects.toThrow('No connection could be made: the handshake was answered 403')
  await expect(failed).rejects.toBeInstanceOf(Unreached)
})

describe.each(transportNames)('%s', (transport) => {
  test('delivers all that fell due to every reader, and the meter agrees with the count', async () => {
    const server = await serve()
    const load = createLoad(planFor(server.url, transport))
    stops.push(load.close)
    await load.connect()
    const publisherAtRest = await server.meter('load-publisher')
    await load.warmUp()
    const before = await server.meter('load-reader')
    const result = await load.measure()
    const after = await server.meter('load-reader')

    expect(result).toMatchObject({ ...whole, ...faultless, readers: 4 })
    expect(result.latency.n).toBe(due * 4)
    expect(result.rawLatency.n).toBe(due * 4)
    expect(result.sinceServer.n).toBe(due * 4)
    expect(result.lateness.n).toBe(due)
    expect(result.latency.curve.at(-1)?.[1]).toBe(result.latency.max)
    expect(result.seconds).toBeGreaterThanOrEqual(1)
    expect(after[transport].entriesOut - before[transport].entriesOut).toBe(due * 4)
    expect(after[transport].open).toBe(4)
    expect(after.other.requests).toBe(0)
    if (transport === 'websocket' || transport === 'socket-io')
      expect(publisherAtRest[transport].upgrades).toBe(2)
    if (transport === 'socket-io') expect(after[transport].upgrades).toBe(4)

    load.close()
    await until(
      'the connections have ended',
      async () => (await server.meter('load-reader'))[transport].open === 0,
    )
  })

  test('the readers themselves may publish, under their own name', async () => {
    const server = await serve()
    const result = await run(planFor(server.url, transport, { publishers: 0, readersPublish: true }))
    expect(result).toMatchObject({ ...whole, ...faultless })
    expect((await server.meter('load-reader'))[transport].entriesIn).toBeGreaterThanOrEqual(due)
    expect((await server.meter('load-publisher'))[transport].bytesIn).toBe(0)
  })

  test('readers that are cut come back with their cursor, are counted, and miss nothing', async () => {
    const server = await serve()
    const proxy = await startProxy(server.port)
    stops.push(() => proxy.close())
    const result = await run(planFor(proxy.url, transport, { seconds: 2 }), async () => {
      const { entriesOut } = (await server.meter('load-reader'))[transport]
      await until('traffic flows', async () => {
        return (await server.meter('load-reader'))[transport].entriesOut > entriesOut + 20
      })
      proxy.cut()
    })
    expect(result.reconnects).toBeGreaterThanOrEqual(4)
    expect(result).toMatchObject({ lost: 0, duplicated: 0, reordered: 0 })
    expect(result.published + result.refused).toBe(result.scheduled)
    expect(result.delivered).toBe(result.published * 4)
    expect(result.published).toBeGreaterThan(0)
  })

  test('readers that were kept out are back after the end of the fault, and the time they took is told', async () => {
    const server = await serve()
    const link = await startLink({ to: { host: '127.0.0.1', port: server.port }, conditions: {} })
    stops.push(() => link.close())
    const url = `http://127.0.0.1:${link.port}`
    const result = await run(planFor(url, transport, { seconds: 2 }), async (load) => {
      const from = now()
      link.refuse(600, 'load-reader')
      expect(link.cut('rst', 'load-reader')).toBeGreaterThan(0)
      load.happened({ from, until: from + 600 })
    })
    expect(result).toMatchObject({ lost: 0, duplicated: 0, reordered: 0, refused: 0, reconnects: 4 })
    expect(result.recovery).toMatchObject({ cuts: 4, n: 4 })
    expect(result.recovery?.max).toBeGreaterThanOrEqual(result.recovery?.p50 ?? Number.NaN)
    // Who is kept out for 600 ms has entries waiting that are older than that.
    expect(result.latency.max).toBeGreaterThan(300)
  })

  test('a reader that stops reading misses nothing, and what it got late is counted and not timed', async () => {
    const server = await serve()
    const faults = [{ at: 0.1, do: 'pause-readers' as const, seconds: 0.5 }]
    const result = await run(planFor(server.url, transport, { faults }), async (load) => {
      const heard = async () => (await server.meter())[transport].entriesIn
      const before = await heard()
      load.pause(1)
      await until(
        'a quarter of the entries came while it did not read',
        async () => (await heard()) - before > due / 4,
      )
      load.resume()
    })
    expect(result).toMatchObject({ ...whole, ...faultless })
    expect(result.latency.n).toBe(due * 3)
  })

  test('a reader that never reads again is told as lost, and takes nothing from the others', async () => {
    const server = await serve()
    const faults = [{ at: 0.1, do: 'pause-readers' as const, seconds: 0.5 }]
    const result = await run(planFor(server.url, transport, { faults }), (load) => load.pause(1))
    expect(result.lost).toBeGreaterThan(due / 2)
    expect(result.delivered + result.lost).toBe(due * 4)
    expect(result.latency.n).toBe(due * 3)
  })

  test('entries that were dropped, doubled or swapped on the way are seen as just that', async () => {
    const server = await serve()
    const url = await mistreat(server.port)
    const traffic = { rate: 40, arrivals: 'even', payload: 100 } as const
    const result = await run(planFor(url, transport, { traffic, warmUp: 0 }))
    expect(result).toMatchObject({ published: 40, expected: 160, delivered: 152, reconnects: 0, late: 0 })
    expect(result).toMatchObject({ lost: 8, duplicated: 4, reordered: 4 })
  })
})

/**
 * A proxy that mistreats entries on their way to each reader: 11 cannot be read any more, 21 and 22 change places, and
 * 32 comes as 31 once more. Receipts, in which no "kind" follows the seq, pass untouched.
 */
async function mistreat(port: number): Promise<string> {
  const instead: Record<string, string> = {
    '"seq":11': '"sex":11',
    '"seq":21': '"seq":22',
    '"seq":22': '"seq":21',
    '"seq":32': '"seq":31',
  }
  const proxy = createServer((client) => {
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true })
    client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy())
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy())
    client.pipe(upstream)
    upstream.on('data', (chunk) => {
      const text = chunk.toString('latin1').replace(/"seq":\d+(?=,"kind")/g, (seq) => instead[seq] ?? seq)
      client.write(text, 'latin1')
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  stops.push(() => proxy.close())
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
}

test('without keep-alive each request has a connection of its own', async () => {
  const server = await serve()
  const result = await run(planFor(server.url, 'short-polling', { keepAlive: false }))
  expect(result).toMatchObject({ ...whole, ...faultless })
  for (const client of ['load-reader', 'load-publisher']) {
    const { requests, connections } = (await server.meter(client))['short-polling']
    expect(requests).toBeGreaterThan(20)
    expect(connections).toBe(requests)
  }
})

test('with keep-alive a reader has one', async () => {
  const server = await serve()
  await run(planFor(server.url, 'short-polling'))
  const { requests, connections } = (await server.meter('load-reader'))['short-polling']
  expect(requests).toBeGreaterThan(40)
  expect(connections).toBe(4)
})

test('drafts may travel over another transport than the one under test', async () => {
  const server = await serve()
  const result = await run(planFor(server.url, 'sse', { publishOver: 'websocket' }))
  expect(result).toMatchObject({ ...whole, ...faultless })
  const publisher = await server.meter('load-publisher')
  expect(publisher.websocket.entriesIn).toBeGreaterThanOrEqual(due)
  // Who only publishes is sent no entries.
  expect(publisher.websocket.entriesOut).toBe(0)
  expect(publisher.sse.bytesIn).toBe(0)
})

test('with nobody speaking it idles for its seconds, and has no times to tell', async () => {
  const server = await serve()
  const traffic = { rate: 0, arrivals: 'even', payload: 10 } as const
  const result = await run(
    planFor(server.url, 'short-polling', { traffic, publishers: 0, warmUp: 0, seconds: 0.5 }),
  )
  expect(result).toMatchObject({
    scheduled: 0,
    expected: 0,
    delivered: 0,
    lost: 0,
    seconds: expect.any(Number),
  })
  expect(result.seconds).toBeGreaterThanOrEqual(0.5)
  expect(result.latency).toEqual({ n: 0, curve: [] })
})

test('a page of long texts, larger than a read, is read whole', async () => {
  const server = await serve()
  const traffic = { rate: 100, arrivals: 'bursts', burst: 100, payload: 4_000 } as const
  const result = await run(planFor(server.url, 'short-polling', { traffic, interval: 0.3 }))
  expect(result).toMatchObject({ published: 100, delivered: 400, ...faultless })
})

test('headers and cookies arrive as the scenario has them', async () => {
  const heads = new Map<string, IncomingMessage>()
  const server = createHttpServer((request, response) => {
    heads.set(`${request.method} ${request.url?.split('?')[0]}`, request)
    if (request.method === 'POST') {
      response.writeHead(201, { 'content-type': 'application/json' })
      request.resume().on('end', () => response.end('{"id":"x","seq":1,"at":1}'))
    } else response.end('{"cursor":"abcd.0","gap":false,"more":false,"entries":[]}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => server.close())
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const traffic = { rate: 20, arrivals: 'even', payload: 10 } as const
  const plan = planFor(url, 'short-polling', {
    readers: 0,
    traffic,
    seconds: 0.5,
    warmUp: 0,
    cookieBytes: 300,
  })
  const one = await run({ ...plan, scenario: { ...plan.scenario, headers: 'minimal', readers: 0 } })
  expect(one).toMatchObject({ scheduled: 10, published: 10, expected: 0 })
  const minimal = heads.get('POST /short-polling/bench')?.headers
  expect(Object.keys(minimal ?? {})).toEqual(['host', 'content-type', 'content-length', 'cookie'])
  expect(minimal?.cookie).toHaveLength(300)

  const load = createLoad({ ...plan, scenario: { ...plan.scenario, readers: 1 } })
  stops.push(load.close)
  await load.connect()
  const chrome = heads.get('GET /short-polling/bench')?.headers
  expect(chrome).toMatchObject({
    'user-agent': expect.stringContaining('Chrome/'),
    'sec-fetch-site': 'same-origin',
    'accept-encoding': 'gzip, deflate, br, zstd',
    referer: `${url}/`,
  })
  expect(chrome?.cookie).toHaveLength(300)
})

test('what cannot be done is said with its reason', async () => {
  const server = await serve()
  const silent = { publishers: 0 }
  await expect(createLoad(planFor(server.url, 'sse', silent)).connect()).rejects.toThrow(
    'Somebody must publish',
  )
  await expect(createLoad(planFor(server.url.replace('http:', 'https:'), 'sse')).connect()).rejects.toThrow(
    'plain HTTP only',
  )
  const deaf = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve))
  stops.push(() => deaf.close())
  const { port } = deaf.address() as AddressInfo
  const load = createLoad(planFor(`http://127.0.0.1:${port}`, 'websocket'))
  stops.push(load.close)
  await expect(load.connect()).rejects.toThrow(/No connection could be made: .*(closed|reset|EPIPE)/i)
})
