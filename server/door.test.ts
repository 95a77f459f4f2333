import { hostname, networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handshake } from '../e2e/support/frames.ts'
import { startServer, type TestServer } from '../e2e/support/server.ts'
import { until } from '../e2e/support/until.ts'
import { type Answer, ask, dial, post, readAnswer, request } from '../e2e/support/wire.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ allowHosts: ['chat.example', 'Other.Example'] })
})
afterAll(() => server.close())

type Headers = Record<string, string | undefined>

/** Every way through the door, and the status by which each lets somebody in. */
const ways: [way: string, ok: number, (headers: Headers) => Buffer][] = [
  ['a page or anything plain', 200, (headers) => request('GET', '/time', headers)],
  ['a poll', 200, (headers) => request('GET', '/short-polling/lobby', headers)],
  ['a draft', 201, (headers) => post('/sse/drafts', '{"text":"hi"}', headers)],
  ['a WebSocket', 101, (headers) => handshake('/websocket/lobby', headers)],
  ['/echo', 101, (headers) => handshake('/echo', headers)],
  ['Engine.IO polling', 200, (headers) => request('GET', '/socket.io/?EIO=4&transport=polling', headers)],
  ['an Engine.IO upgrade', 101, (headers) => handshake('/socket.io/?EIO=4&transport=websocket', headers)],
]
const letIn = ways.map(([way, ok]) => [way, ok])
const refused = (status: number) => ways.map(([way]) => [way, status])

async function statuses(headers: Headers) {
  const results: [string, number][] = []
  for (const [way, , bytes] of ways) results.push([way, (await ask(server.port, bytes(headers))).status])
  return results
}

describe('a Host', () => {
  const known = [
    'localhost',
    'LocalHost',
    'localhost.',
    'lane-1.localhost',
    '127.0.0.1',
    '127.255.0.42',
    '[::1]',
    'chat.example',
    'CHAT.EXAMPLE',
    'other.example',
    hostname(),
    `${hostname()}.local`,
    ...Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address)),
  ]
  test.each([...new Set(known)])('%s is ours, on every way and whatever its port', async (name) => {
    expect(await statuses({ Host: name })).toEqual(letIn)
    expect(await statuses({ Host: `${name}:1` })).toEqual(letIn)
  })

  const unknown = [
    'evil.example',
    'localhost.evil.example',
    'evil-localhost',
    '127.0.0.1.evil.example',
    '128.0.0.1',
    '8.8.8.8',
    '[::2]',
    '0.0.0.0',
    'sub.chat.example',
    'chat.example.evil.example',
    '',
    ':',
    '[',
    'a b',
    'localhost:port',
  ]
  test.each(unknown)('%j is not: 421 on every way', async (name) => {
    expect(await statuses({ Host: name })).toEqual(refused(421))
  })
})

describe('an Origin', () => {
  test('that is missing is a program’s, and welcome', async () => {
    expect(await statuses({})).toEqual(letIn)
  })

  test('that is the Host is welcome, behind another port or TLS too', async () => {
    for (const host of [`127.0.0.1:${server.port}`, 'localhost:8443', 'chat.example']) {
      expect(await statuses({ Host: host, Origin: `http://${host}` })).toEqual(letIn)
      expect(await statuses({ Host: host, Origin: `https://${host}` })).toEqual(letIn)
    }
  })

  test('that is our own port under another name of ours is welcome', async () => {
    for (const name of ['localhost', '127.0.0.1', '[::1]', 'chat.example']) {
      const origin = `http://${name}:${server.port}`
      expect(await statuses({ Host: `127.0.0.2:${server.port}`, Origin: origin })).toEqual(letIn)
    }
  })

  test.each([
    ['null', () => 'null'],
    ['a foreign name', () => 'https://evil.example'],
    ['a foreign name on our port', () => `http://evil.example:${server.port}`],
    [
      'a name of ours on another port',
      () => `http://localhost:${server.port === 65_535 ? 1 : server.port + 1}`,
    ],
    ['a name of ours on the default port', () => 'http://localhost'],
    ['two origins', () => `http://localhost:${server.port}, https://evil.example`],
    ['our name within a foreign one', () => `http://localhost:${server.port}.evil.example`],
    ['our name as somebody’s user name', () => `http://localhost:${server.port}@evil.example`],
    ['no URL', () => 'localhost'],
    ['nothing', () => ''],
    ['a file', () => 'file://'],
  ])('that is %s is 403 on every way', async (_name, origin) => {
    const headers = { Host: `127.0.0.1:${server.port}`, Origin: origin() }
    expect(await statuses(headers)).toEqual(refused(403))
  })

  test('is not asked for where the Host is unknown already', async () => {
    expect(await statuses({ Host: 'evil.example', Origin: 'http://evil.example' })).toEqual(refused(421))
  })

  test('that is refused hears why, and no CORS header', async () => {
    const answer = await ask(server.port, request('GET', '/time', { Origin: 'https://evil.example' }))
    expect(answer).toMatchObject({ status: 403, code: 'foreign-origin' })
    expect(Object.keys(answer.headers)).not.toContain('access-control-allow-origin')
  })
})

describe('another origin of ours', () => {
  const cors = () => ({ Host: `127.0.0.1:${server.port}`, Origin: `http://localhost:${server.port}` })

  test('may read: every answer names it, and Vary says that it depends on it', async () => {
    for (const [way, ok, bytes] of ways) {
      if (ok === 101) continue
      const { headers } = await ask(server.port, bytes(cors()))
      expect([way, headers]).toMatchObject([
        way,
        { 'access-control-allow-origin': cors().Origin, vary: 'Origin' },
      ])
    }
  })

  test('may read errors too', async () => {
    const answer = await ask(server.port, request('GET', '/short-polling/LOBBY', cors()))
    expect(answer).toMatchObject({
      status: 400,
      headers: { 'access-control-allow-origin': cors().Origin, vary: 'Origin' },
    })
  })

  test.each(['/short-polling/lobby', '/sse/lobby', '/socket.io/?EIO=4&transport=polling'])(
    'has its preflight to %s answered 204, good for two hours',
    async (path) => {
      const answer = await ask(
        server.port,
        request('OPTIONS', path, {
          ...cors(),
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'content-type,last-event-id',
        }),
      )
      expect(answer.status).toBe(204)
      expect(answer.body).toBe('')
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': cors().Origin,
        vary: 'Origin',
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'content-type,last-event-id',
        'access-control-max-age': '7200',
      })
    },
  )
})

describe('an answer of the feed has no header it does not need', () => {
  /** What Node itself adds to an answer on a connection that stays. */
  const node = ['connection', 'date', 'keep-alive']
  const names = ({ headers }: Answer) => Object.keys(headers).sort()

  test.each(['short-polling', 'long-polling'])('a page over %s', async (path) => {
    const answer = await ask(server.port, request('GET', `/${path}/empty?wait=0`))
    const connection = path === 'short-polling' ? node : ['date']
    expect(names(answer)).toEqual([...connection, 'cache-control', 'content-length', 'content-type'].sort())
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' })
  })

  test.each(['short-polling', 'long-polling', 'sse'])('a receipt over %s', async (path) => {
    const answer = await ask(server.port, post(`/${path}/headers`, '{"text":"hi"}'))
    expect(names(answer)).toEqual([...node, 'content-length', 'content-type'].sort())
  })

  test('an error', async () => {
    const answer = await ask(server.port, request('GET', '/short-polling/LOBBY'))
    expect(names(answer)).toEqual([...node, 'content-length', 'content-type'].sort())
  })

  test('an event stream', async () => {
    const wire = await dial(server.port)
    wire.send(request('GET', '/sse/empty'))
    await until('the head has come', () => wire.received.includes('\r\n\r\n'))
    const { headers } = readAnswer(wire.received)
    const stream = ['cache-control', 'content-type', 'transfer-encoding', 'x-accel-buffering']
    expect(Object.keys(headers).sort()).toEqual([...node, ...stream].sort())
    expect(headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
    wire.hangUp()
  })

  test('a WebSocket handshake', async () => {
    const answer = await ask(server.port, handshake('/websocket/empty'))
    expect(names(answer)).toEqual(['connection', 'sec-websocket-accept', 'upgrade'])
    // The example of RFC 6455 §1.3.
    expect(answer.headers['sec-websocket-accept']).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  })

  test('Engine.IO', async () => {
    const polling = await ask(server.port, request('GET', '/socket.io/?EIO=4&transport=polling'))
    expect(names(polling)).toEqual([...node, 'cache-control', 'content-length', 'content-type'].sort())
    const upgrade = await ask(server.port, handshake('/socket.io/?EIO=4&transport=websocket'))
    expect(names(upgrade)).toEqual(['connection', 'sec-websocket-accept', 'upgrade'])
  })
})
