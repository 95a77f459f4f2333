import { createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freePorts } from '../support/ports.ts'
import { startServer } from '../support/server.ts'
import { until } from '../support/until.ts'
import { ask, dial, readAnswer, request } from '../support/wire.ts'

async function startWithLinks(count: number, host = '127.0.0.1', unused?: number) {
  const ports = await freePorts(count)
  const server = await startServer({ links: { ports, host, ...(unused !== undefined && { unused }) } })
  onTestFinished(server.close)
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
    const text = await response.text()
    return { status: response.status, body: text ? JSON.parse(text) : undefined }
  }
  return { server, ports, call }
}

describe('links over HTTP', () => {
  test('the same conditions and seed are the same link, others are another', async () => {
    const { call, ports } = await startWithLinks(3)
    expect((await call('GET', '/links')).body).toEqual({ ports, taken: [], links: [] })
    const [one, two] = await Promise.all([
      call('POST', '/links', { conditions: { rtt: 20, jitter: 0 } }),
      call('POST', '/links', { conditions: { rtt: 20 }, seed: 1 }),
    ])
    expect([one.status, two.status]).toEqual([201, 200])
    expect(two.body).toEqual(one.body)
    expect(one.body).toEqual({ port: ports[0], conditions: { rtt: 20, jitter: 0 }, seed: 1, open: 0 })
    const other = await call('POST', '/links', { conditions: { rtt: 20 }, seed: 2 })
    expect(other).toMatchObject({ status: 201, body: { port: ports[1], seed: 2 } })
    const { body, status } = await call('GET', '/links')
    expect(status).toBe(200)
    expect(body.links).toHaveLength(2)
  })

  test('those who ask at the same moment get the same link', async () => {
    // A name must be looked up first, and so to listen takes a while.
    const { server, ports } = await startWithLinks(3, 'localhost')
    const answers = await Promise.all(
      Array.from({ length: 3 }, () =>
        server.app.inject({ method: 'POST', url: '/links', payload: { conditions: { rtt: 20 } } }),
      ),
    )
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 200, 200])
    for (const answer of answers) expect(answer.json()).toMatchObject({ port: ports[0] })
  })

  test('a port that somebody has is left out; without a free one it is 409, until one is deleted', async () => {
    const { call, ports } = await startWithLinks(2)
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(ports[0], '127.0.0.1', resolve))
    onTestFinished(() => void squatter.close())
    const { body } = await call('POST', '/links', { conditions: {} })
    expect(body.port).toBe(ports[1])
    expect((await call('GET', '/links')).body).toMatchObject({ ports: [ports[1]], taken: [ports[0]] })
    expect(await call('POST', '/links', { conditions: { rtt: 1 } })).toMatchObject({
      status: 409,
      body: { error: { code: 'no-port', message: expect.stringContaining('DELETE') } },
    })
    expect((await call('DELETE', `/links/${body.port}`)).status).toBe(204)
    expect(await call('POST', '/links', { conditions: { rtt: 1 } })).toMatchObject({ status: 201, body })
  })

  test('without ports there are none, and the sentence says how to have some', async () => {
    const { call } = await startWithLinks(0)
    expect(await call('POST', '/links', { conditions: {} })).toMatchObject({
      status: 409,
      body: { error: { code: 'no-port', message: expect.stringContaining('--links') } },
    })
  })

  test.each<[string, unknown, string]>([
    ['/links', {}, '"conditions" must be an object with none but rtt, jitter'],
    ['/links', { conditions: { rtt: -1 } }, '"conditions.rtt" must be a number of ms from 0 to 10,000'],
    ['/links', { conditions: { lag: 1 } }, '"conditions" must be an object with none but rtt, jitter'],
    ['/links', { conditions: { buffer: { bytes: 1 } } }, '"conditions.buffer.ms" must be'],
    ['/links', { conditions: {}, seed: 0.5 }, '"seed" must be an integer'],
    ['/links', [], 'This must be a JSON object like {"conditions":{"rtt":200}}'],
    ['/links/PORT/cut', { how: 'gently' }, '"how" must be "fin", "rst" or "half-open"'],
    ['/links/PORT/stall', { ms: 1e9 }, '"ms" must be a number of ms from 0 to 600,000'],
    ['/links/PORT/drop-response', { method: 'PUT' }, '"method" must be "GET" or "POST"'],
  ])('%s with %j is refused: %s', async (path, body, sentence) => {
    const { call } = await startWithLinks(1)
    const { port } = (await call('POST', '/links', { conditions: {} })).body
    const answer = await call('POST', path.replace('PORT', port), body)
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining(sentence) } },
    })
    expect(answer.body.error.code).not.toBe('bad-draft')
  })

  test('a port that is no link is 404', async () => {
    const { call } = await startWithLinks(1)
    for (const port of ['1', '99999', 'x']) {
      expect(await call('GET', `/links/${port}/capture`)).toMatchObject({
        status: 404,
        body: { error: { code: 'not-found' } },
      })
      expect((await call('DELETE', `/links/${port}`)).status).toBe(404)
    }
    expect((await call('GET', '/links/1/capture?client=a%20b')).body.error.code).toBe('bad-query')
  })

  test('a link is worked by its port: stall, cut, drop, capture', async () => {
    const { call } = await startWithLinks(1)
    const { port } = (await call('POST', '/links', { conditions: {} })).body
    const wire = await dial(port)
    wire.send(request('GET', '/short-polling/lobby?client=a'))
    await until('it is answered', () => wire.received.toString().endsWith('}'))
    expect((await call('GET', '/links')).body.links).toMatchObject([{ port, open: 1 }])

    const { connections } = (await call('GET', `/links/${port}/capture?client=a`)).body
    expect(Buffer.from(connections[0].chunks[0].bytes, 'base64').toString()).toMatch(/^GET \/short-polling/)
    expect((await call('GET', `/links/${port}/capture?client=b`)).body).toEqual({ port, connections: [] })

    expect(await call('POST', `/links/${port}/stall`, { client: 'b', ms: 60_000 })).toMatchObject({
      body: { connections: 0 },
    })
    expect(await call('POST', `/links/${port}/stall`, { client: 'a', ms: 1 })).toMatchObject({
      body: { connections: 1 },
    })
    expect((await call('POST', `/links/${port}/drop-response`, { client: 'a' })).status).toBe(204)
    wire.send(request('GET', '/short-polling/lobby?client=a'))
    await until('its answer is swallowed', () => wire.closed)
    expect(readAnswer(wire.received).status).toBe(200)

    const again = await dial(port)
    again.send(request('GET', '/short-polling/lobby?client=a'))
    await until('it is answered', () => again.received.toString().endsWith('}'))
    expect(
      await call('POST', `/links/${port}/cut`, { client: 'a', how: 'rst', after: 60_000 }),
    ).toMatchObject({ body: { connections: 1 } })
    await until('it is cut', () => again.closed)
    expect((await ask(port, request('GET', '/short-polling/lobby?client=a'))).status).toBe(0)
    expect((await ask(port, request('GET', '/short-polling/lobby?client=c'))).status).toBe(200)
  })

  test('one that nobody uses ends and frees its port; one that is connected to, or asked for, stays', async () => {
    const { call, ports } = await startWithLinks(3, '127.0.0.1', 400)
    const make = async (rtt: number) => (await call('POST', '/links', { conditions: { rtt } })).body.port
    const [connected, asked, forgotten] = [await make(1), await make(2), await make(3)]
    const wire = await dial(connected)
    onTestFinished(() => wire.hangUp())
    const portsNow = async () =>
      (await call('GET', '/links')).body.links.map(({ port }: { port: number }) => port)
    const ask = () => call('GET', `/links/${asked}/capture`)
    await until('the one is gone', async () => {
      expect((await ask()).status).toBe(200)
      return !(await portsNow()).includes(forgotten)
    })
    expect(await portsNow()).toEqual([connected, asked])
    expect((await call('GET', `/links/${forgotten}/capture`)).status).toBe(404)
    expect(wire.closed).toBe(false)

    // Its port is free for another, and the conditions for a new link.
    const { status, body } = await call('POST', '/links', { conditions: { rtt: 3 } })
    expect({ status, port: body.port }).toEqual({ status: 201, port: forgotten })
    wire.hangUp()
    await until('so do the others, once nobody is there', async () => (await portsNow()).length === 0)
    expect((await call('GET', '/links')).body).toMatchObject({ ports, taken: [] })
  })

  test('is described at /docs', async () => {
    const { call } = await startWithLinks(0)
    const { paths } = (await call('GET', '/docs/json')).body
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/links', '/links/{port}/cut', '/links/{port}/capture']),
    )
    expect(
      paths['/links'].post.requestBody.content['application/json'].schema.properties.conditions.properties.rtt
        .maximum,
    ).toBe(10_000)
  })
})

test('the server ends with its links: what it said last still arrives through their delay', async () => {
  const { server, call } = await startWithLinks(1)
  const { port } = (await call('POST', '/links', { conditions: { rtt: 100 } })).body
  const wire = await dial(port)
  wire.send(request('GET', '/long-polling/lobby?client=a&wait=60'))
  await until('it waits', async () => (await server.meter('a'))['long-polling'].requests === 1)
  await server.close()
  expect(readAnswer(wire.received).status).toBe(200)
  await expect(ask(port, request('GET', '/'))).resolves.toMatchObject({ status: 0 })
})
