import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bystanders } from '../support/bystanders.ts'
import { handshake } from '../support/frames.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { tabulate } from '../support/table.ts'
import { until } from '../support/until.ts'
import { ask, dial, post, readAnswer, request, said } from '../support/wire.ts'

/** What is hardly HTTP, and HTTP for what is not here. */
const beside = bystanders()
const note = tabulate('what is hardly HTTP, and HTTP for what is not here')
const draft = '{"text":"hi"}'

describe('the head of a request', () => {
  test('without a Host is 400', async () => {
    const answer = await ask(beside.port, request('GET', '/time', { Host: undefined }))
    note('no Host', '400', answer.status)
    expect(answer.status).toBe(400)
  })

  const framing: [string, string][] = [
    ['two different Content-Lengths', 'Content-Length: 13\r\nContent-Length: 14\r\n'],
    ['the same Content-Length twice', 'Content-Length: 13\r\nContent-Length: 13\r\n'],
    ['a list of Content-Lengths', 'Content-Length: 13, 13\r\n'],
    ['a negative Content-Length', 'Content-Length: -1\r\n'],
    ['a Content-Length that is no number', 'Content-Length: 0x0d\r\n'],
    ['a Content-Length beyond 2^64', 'Content-Length: 99999999999999999999\r\n'],
    ['Content-Length and Transfer-Encoding', 'Content-Length: 13\r\nTransfer-Encoding: chunked\r\n'],
    ['Transfer-Encoding and Content-Length', 'Transfer-Encoding: chunked\r\nContent-Length: 13\r\n'],
    ['a Transfer-Encoding that does not end in chunks', 'Transfer-Encoding: chunked, identity\r\n'],
    ['a Transfer-Encoding hidden by a tab', 'Transfer-Encoding\t: chunked\r\n'],
    ['a header line that is folded', 'X-Long: one\r\n two\r\nContent-Length: 13\r\n'],
    ['a header line without a colon', 'Content-Length 13\r\n'],
    ['a space before the colon', 'Content-Length : 13\r\n'],
    ['a NUL in a header', 'X-Nul: a\0b\r\n'],
    ['a bare carriage return in a header', 'X-Cr: a\rb: c\r\n'],
  ]
  test.each(framing)('with %s is 400', async (name, lines) => {
    const head = `POST /short-polling/lobby HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n`
    const answer = await ask(beside.port, `${head}${lines}\r\n${draft}`)
    note(name, '400 bad-request', said(answer))
    expect(answer).toMatchObject({ status: 400, code: 'bad-request' })
  })

  const chunks: [string, string][] = [
    ['that has no size', 'x\r\nhi\r\n0\r\n\r\n'],
    ['that is longer than its size', '2\r\nhi there\r\n0\r\n\r\n'],
    ['of a negative size', '-1\r\nhi\r\n0\r\n\r\n'],
    ['of a size beyond 2^64', 'fffffffffffffffff\r\nhi\r\n0\r\n\r\n'],
    ['ended by a line feed alone', 'd\n{"text":"hi"}\r\n0\r\n\r\n'],
  ]
  test.each(chunks)('that is fine, before a chunk %s, is 400', async (name, body) => {
    const head = { 'Transfer-Encoding': 'chunked', 'Content-Length': undefined }
    const answer = await ask(
      beside.port,
      Buffer.concat([post('/short-polling/lobby', '', head), Buffer.from(body)]),
    )
    note(`a chunk ${name}`, '400 bad-request', said(answer))
    expect(answer).toMatchObject({ status: 400, code: 'bad-request' })
  })

  const heads: [string, string][] = [
    ['of 17 kB', `GET /time HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ${'x'.repeat(17_000)}\r\n\r\n`],
    [
      'of 17 kB in small lines',
      `GET /time HTTP/1.1\r\nHost: 127.0.0.1\r\n${'X-Short: 123456\r\n'.repeat(1_500)}\r\n`,
    ],
    ['with a 17 kB URL', `GET /time?${'x'.repeat(17_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`],
    ['without end', `GET /time HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ${'x'.repeat(40_000)}`],
  ]
  test.each(heads)('%s is 431', async (name, head) => {
    const answer = await ask(beside.port, head)
    note(`a head ${name}`, '431 head-too-large', said(answer))
    expect(answer).toMatchObject({ status: 431, code: 'head-too-large' })
  })

  const gibberish: [string, string | Buffer][] = [
    ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex')],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/3.0', 'GET /time HTTP/3.0\r\nHost: 127.0.0.1\r\n\r\n'],
    ['a method nobody knows', 'HACK /time HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
    ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['a Redis command', '*1\r\n$4\r\nPING\r\n'],
    ['random bytes', Buffer.from('00ff13370d0a0d0adeadbeef', 'hex')],
    ['an empty line, then nothing of HTTP', '\r\n\r\n\r\nhello\r\n'],
    ['CONNECT', 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
  ]
  test.each(gibberish)('that is %s has its connection closed', async (name, bytes) => {
    const wire = await dial(beside.port)
    wire.send(bytes)
    await until('the connection is closed', () => wire.closed)
    const { status } = readAnswer(wire.received)
    note(name, 'closed or closed after 400', status === 0 ? 'closed' : `closed after ${status}`)
    expect([0, 400]).toContain(status)
  })

  test('with an expectation we do not know is 417', async () => {
    const answer = await ask(beside.port, post('/short-polling/lobby', draft, { Expect: 'a miracle' }))
    note('an expectation that is not known', '417', answer.status)
    expect(answer.status).toBe(417)
  })

  test('of a second request, smuggled behind a body, is a request of its own', async () => {
    const wire = await dial(beside.port)
    wire.send(Buffer.concat([post('/short-polling/quiet', draft), request('GET', '/time')]))
    await until('two answers', () => wire.received.toString().includes('"now"'))
    const answers = wire.received.toString().match(/HTTP\/1\.1 \d+/g)
    expect(answers).toEqual(['HTTP/1.1 201', 'HTTP/1.1 200'])
    wire.hangUp()
  })
})

describe('a path', () => {
  test.each([
    '/..%2f',
    '/..%2f..%2fetc/passwd',
    '/%2e%2e',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/../../etc/passwd',
    '/..\\..\\etc\\passwd',
    '/..%5c..%5cetc%5cpasswd',
    '/%00',
    '/index.html%00.txt',
    '/.env',
    '/%2eenv',
    '/.git/config',
    '/docs/.env',
    '/docs/..%2f..%2fpackage.json',
    '/docs/static/..%2f..%2f..%2fpackage.json',
    '/%',
    '/%zz',
    '/%c0%ae%c0%ae/',
    '//evil.example/',
    '/__proto__',
    '/constructor/prototype',
    '/server/main.ts',
    '/package.json',
  ])('%s is 400, 403 or 404', async (path) => {
    const answer = await ask(beside.port, request('GET', path))
    note(path, '400 or 403 or 404', answer.status)
    expect([400, 403, 404]).toContain(answer.status)
    expect(answer.body).not.toMatch(/root:|"dependencies"|node_modules/)
  })

  test('of ours without its last slash, where Socket.IO listens, is Socket.IO all the same', async () => {
    const statuses: number[] = []
    for (const bytes of [
      request('GET', '/socket.io'),
      request('GET', '/socket.io?EIO=4&transport=polling'),
      post('/socket.io', draft),
      handshake('/socket.io?EIO=4&transport=websocket'),
    ]) {
      statuses.push((await ask(beside.port, bytes)).status)
    }
    expect(statuses).toEqual([400, 200, 400, 101])
  })
})

describe('an upgrade', () => {
  test.each(['/', '/nowhere', '/time/', '/websocketx', '/echoes', '/socket.iox', '/short-polling/a/b'])(
    'of %s, where there is none, is answered as a plain request',
    async (path) => {
      const plain = await ask(beside.port, request('GET', path))
      const upgrade = await ask(beside.port, handshake(path))
      expect([200, 404]).toContain(plain.status)
      expect(upgrade).toMatchObject({ status: plain.status, body: plain.body })
    },
  )

  test('of an unknown path is 404, and the connection closes', async () => {
    const wire = await dial(beside.port)
    wire.send(handshake('/nowhere'))
    await until('the connection is closed', () => wire.closed)
    expect(readAnswer(wire.received)).toMatchObject({ status: 404, code: 'not-found' })
  })

  const h2c = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABk' }

  test.each(['/time', '/short-polling/quiet', '/long-polling/quiet?wait=0', '/docs/json'])(
    'to h2c is not taken on %s, which answers 200',
    async (path) => {
      const answer = await ask(beside.port, request('GET', path, h2c))
      expect(answer.status).toBe(200)
    },
  )

  test('to h2c does not keep an event stream from streaming, nor its end from being seen', async () => {
    const wire = await dial(beside.port)
    wire.send(request('GET', '/sse/quiet', h2c))
    await until('the reader has joined', () => wire.received.includes('event: joined'))
    wire.hangUp()
  })

  test('to h2c does not swallow a draft that comes with it', async () => {
    const answer = await ask(beside.port, post('/short-polling/quiet', draft, h2c))
    expect(answer.status).toBe(201)
  })
})

describe('a client that takes its time', () => {
  let impatient: TestServer
  beforeAll(async () => {
    impatient = await startServer({ headersTimeout: 300, requestTimeout: 600 })
  })
  afterAll(() => impatient.close())

  test.each([
    ['HTTP/0.9, which has no head', 'GET /time\r\n'],
    ['a head that never ends', 'GET /time HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
    ['a body that never ends', post('/short-polling/lobby', '{', { 'Content-Length': '13' })],
    [
      'a body in chunks that never ends',
      Buffer.concat([
        post('/short-polling/lobby', '', { 'Transfer-Encoding': 'chunked', 'Content-Length': undefined }),
        Buffer.from('1\r\n{\r\n'),
      ]),
    ],
  ])('over %s is 408 timeout', async (name, bytes) => {
    const answer = await ask(impatient.port, bytes)
    note(name, '408 timeout', said(answer))
    expect(answer).toMatchObject({ status: 408, code: 'timeout' })
  })

  test('over a byte at a time is 408 however busy it is', async () => {
    const wire = await dial(impatient.port)
    const bytes = request('GET', `/time?${'x'.repeat(4_000)}`)
    let sent = 0
    await until('it is answered', () => {
      wire.send(bytes.subarray(sent, ++sent))
      return wire.closed || wire.received.includes('\r\n\r\n')
    })
    expect(readAnswer(wire.received)).toMatchObject({ status: 408, code: 'timeout' })
    wire.hangUp()
  })

  test('over reading is not hurried: a long poll may outlast both times', async () => {
    const answer = await ask(impatient.port, request('GET', '/long-polling/quiet?wait=1.5'))
    expect(answer.status).toBe(200)
  })
})
