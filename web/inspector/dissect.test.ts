import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { captured } from '../../e2e/support/tee.ts'
import type { CapturedConnection } from '../../server/contract/link.ts'
import { dissect } from './dissect.ts'
import type { From, Message } from './message.ts'

type Said = readonly (readonly [From, Uint8Array])[]

const sides = ['client', 'server'] as const
const ascii = (text: string) => new TextEncoder().encode(text)
const joined = (said: Said, side: From) =>
  Buffer.concat(said.filter(([from]) => from === side).map(([, bytes]) => bytes))

/** Real conversations, for cutting and spoiling. */
const entry = '{"room":"lobby","seq":1,"kind":"text","id":"a","from":{"name":"Ada"},"text":"hé 🙂","at":1}'
const body = (text: string) => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
const chunked = (...pieces: string[]) =>
  `Transfer-Encoding: chunked\r\n\r\n${pieces.map((piece) => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`).join('')}`
const json = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
const conversations: Record<string, readonly (readonly [From, string])[]> = {
  'polls on one connection': [
    ['client', 'GET /short-polling/lobby?after=k3f9.0 HTTP/1.1\r\nHost: a\r\n\r\n'],
    [
      'server',
      `${json}${body(`{"cursor":"k3f9.1","gap":false,"more":false,"entries":[${entry},${entry}]}`)}`,
    ],
    ['client', `POST /short-polling/lobby HTTP/1.1\r\nHost: a\r\n${body('{"text":"hi"}')}`],
    ['server', `HTTP/1.1 201 Created\r\n${body('{"id":"a","seq":2,"at":1,"stored":"memory"}')}`],
    ['client', 'OPTIONS /sse/lobby HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['server', 'HTTP/1.1 204 No Content\r\n\r\n'],
  ],
  'a stream of events': [
    ['client', 'GET /sse/lobby HTTP/1.1\r\nHost: a\r\n\r\n'],
    [
      'server',
      `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n${chunked(`event: joined\nid: k3f9.0\ndata: {}\n\n`, `id: k3f9.1\ndata: ${entry}\n\n`, ': \n\n')}`,
    ],
    ['server', `${Buffer.byteLength(`data: ${entry}\n\n`).toString(16)}\r\ndata: ${entry}\n\n\r\n`],
    ['server', '0\r\n\r\n'],
  ],
  'Socket.IO over polling': [
    ['client', 'GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n'],
    [
      'server',
      `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${body(`40/chat,{"sid":"x"}\x1e42/chat,["entry",${entry}]\x1e2`)}`,
    ],
    [
      'client',
      `POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n${body('42/chat,1["publish",{"room":"lobby","draft":{"text":"hi"}}]')}`,
    ],
    ['server', `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n${body('ok')}`],
  ],
  'a WebSocket': [
    [
      'client',
      'GET /websocket/lobby HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n',
    ],
    ['server', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'],
    ['client', `\x81\x83\x01\x02\x03\x04abc\x89\x80\x01\x02\x03\x04`],
    [
      'server',
      `\x81\x7e\x00${String.fromCharCode(20)}{"joined":"lobby"}\r\n\x8a\x00\x01\x05{"ent\x80\x03ry"\x88\x02\x03\xe8`,
    ],
  ],
}
const bytesOf = (name: string): Said =>
  (conversations[name] ?? []).map(([from, text]) => [
    from,
    name === 'a WebSocket' ? Uint8Array.from(text, (c) => c.charCodeAt(0)) : ascii(text),
  ])

/** The same bytes in other pieces: each chunk cut at random places. */
const cutAnywhere = (said: Said): fc.Arbitrary<Said> =>
  fc
    .tuple(
      ...said.map(([from, bytes]) =>
        fc.uniqueArray(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 }).map((cuts) => {
          const places = [0, ...cuts.sort((a, b) => a - b), bytes.length]
          return places.slice(1).map((until, index) => [from, bytes.subarray(places[index], until)] as const)
        }),
      ),
    )
    .map((pieces) => pieces.flat())

/** Each byte that is kept lies in exactly one segment of one message, in order; children only name ranges of theirs. */
function expectCover(messages: readonly Message[], connection: CapturedConnection) {
  for (const side of sides) {
    const kept = connection.chunks.filter(({ from }) => from === side)
    const length = kept.reduce((sum, { bytes }) => sum + Buffer.from(bytes, 'base64').length, 0)
    let at = connection.forgotten[side]
    for (const message of messages.filter(({ from, start, end }) => from === side && end > start)) {
      expect(message.start, message.title).toBe(at)
      for (const segment of message.segments) {
        expect(segment.start, `${message.title}: ${segment.name}`).toBe(at)
        expect(segment.end).toBeGreaterThan(segment.start)
        at = segment.end
      }
      expect(message.end, message.title).toBe(at)
      for (const child of message.children ?? []) {
        expect(child.start).toBeGreaterThanOrEqual(message.start)
        expect(child.end).toBeLessThanOrEqual(message.end)
      }
    }
    expect(at, side).toBe(connection.forgotten[side] + length)
  }
}

const timeless = (messages: readonly Message[]) =>
  sides.map((side) =>
    JSON.stringify(
      messages
        .filter(({ from, end, start }) => from === side && end > start)
        .map((message) => ({
          ...message,
          at: 0,
          children: message.children?.map((child) => ({ ...child, at: 0 })),
        })),
    ),
  )

const forgotten = fc.record({
  client: fc.integer({ min: 0, max: 500 }),
  server: fc.integer({ min: 0, max: 500 }),
})

describe('any bytes at all', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc
      .constantFrom(
        'GET / HTTP/1.1\r\n',
        'HTTP/1.1 200 OK\r\n',
        'HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n',
        '\r\n\r\n',
        '\r\n',
      )
      .map(ascii),
    fc
      .constantFrom(
        'Content-Length: 9\r\n',
        'Transfer-Encoding: chunked\r\n',
        'Content-Type: text/event-stream\r\n',
        '5\r\nhello\r\n',
        '0\r\n\r\n',
        'data: {"seq":1,"room":"a"}\n\n',
        '{"entries":[{}],"cursor":"x"}',
      )
      .map(ascii),
    fc
      .constantFrom(
        [0x81, 0x05],
        [0x81, 0xfe, 0xff, 0xff],
        [0x01, 0x7f, 0, 0],
        [0x88, 0x00],
        [0x89, 0x80, 1, 2, 3, 4],
      )
      .map((bytes) => Uint8Array.from(bytes)),
  )
  test('are taken apart without a throw, and without a hole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...sides), piece), { maxLength: 14 }),
        forgotten,
        (said, lost) => {
          const connection = captured(said, lost)
          expectCover(dissect(connection), connection)
        },
      ),
      { numRuns: 3_000 },
    )
  })

  test('also where they spoil a conversation, or break it off', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(conversations)),
        fc.array(fc.tuple(fc.nat(), fc.nat(), fc.uint8Array({ maxLength: 4 })), { maxLength: 3 }),
        fc.nat(),
        forgotten,
        (name, spoils, end, lost) => {
          const said = bytesOf(name).map(([from, bytes]) => [from, bytes.slice()] as const)
          for (const [which, where, bytes] of spoils) {
            const [, target] = said[which % said.length] ?? []
            if (target)
              target.set(
                bytes.subarray(0, target.length),
                where % Math.max(1, target.length - bytes.length + 1),
              )
          }
          const broken = said.slice(0, 1 + (end % said.length))
          const connection = captured(broken, lost)
          expectCover(dissect(connection), connection)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

test('very many messages are no more trouble than one', () => {
  const pings = Buffer.alloc(400_000).fill(Buffer.of(0x89, 0x00))
  const separators = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${body('2\x1e'.repeat(100_000))}`
  const broken = 'x\nGET / HTTP/1.1\r\n\r\n'.repeat(5_000)
  const said = [...bytesOf('a WebSocket').slice(0, 2), ['server', pings] as const]
  expect(dissect(captured(said)).length).toBeGreaterThan(200_000)
  expect(dissect(captured([['server', separators]])).at(-1)?.children).toHaveLength(100_001)
  expect(dissect(captured([['client', broken]])).length).toBeGreaterThan(10_000)
  // Every other byte could be the first of a long frame, and none of them is.
  const frames = Buffer.alloc(200_000).fill(Buffer.of(0x81, 0xfe))
  const connection = captured([['client', frames]], { client: 9, server: 0 })
  expectCover(dissect(connection), connection)
})

test.each(Object.keys(conversations))('%s: the same messages, wherever it is cut', (name) => {
  const said = bytesOf(name)
  const expected = timeless(dissect(captured(said)))
  fc.assert(
    fc.property(cutAnywhere(said), (pieces) => {
      expect(timeless(dissect(captured(pieces)))).toEqual(expected)
    }),
  )
})

describe('titles and parts of', () => {
  const titles = (name: string) => dissect(captured(bytesOf(name))).map(({ title }) => title)

  test('polls', () => {
    expect(titles('polls on one connection')).toEqual([
      'TCP connection opened',
      'GET /short-polling/lobby?after=k3f9.0',
      '200 OK · page, 2 entries',
      'POST /short-polling/lobby · draft',
      '201 Created · receipt',
      'OPTIONS /sse/lobby',
      '204 No Content',
    ])
    const page = dissect(captured(bytesOf('polls on one connection')))[2]
    expect(page?.children?.map(({ title }) => title)).toEqual(['entry 1', 'entry 1'])
    const entries = page?.segments.filter(({ kind }) => kind === 'payload') ?? []
    expect(entries.map(({ start, end }) => end - start)).toEqual([
      Buffer.byteLength(entry),
      Buffer.byteLength(entry),
    ])
  })

  test('Socket.IO over polling', () => {
    expect(titles('Socket.IO over polling').slice(1)).toEqual([
      'GET /socket.io/?EIO=4&transport=polling',
      '200 OK · 3 packets',
      'POST /socket.io/?EIO=4&transport=polling · Socket.IO event "publish" in /chat, ack 1',
      '200 OK · no Engine.IO packet',
    ])
    const poll = dissect(captured(bytesOf('Socket.IO over polling')))[2]
    expect(poll?.children?.map(({ title }) => title)).toEqual([
      'Socket.IO connect in /chat',
      'Socket.IO event "entry" in /chat, seq 1',
      'Engine.IO ping',
    ])
  })

  test('a draft the server refused: nothing of it is payload', () => {
    const said = [
      ['client', `POST /sse/lobby HTTP/1.1\r\nHost: a\r\n${body('{"text":"hi"}')}`],
      ['server', `HTTP/1.1 413 Payload Too Large\r\n${body('{"error":{}}')}`],
    ] as const
    const [, request, response] = dissect(captured(said))
    expect(request?.segments.at(-1)).toMatchObject({ kind: 'framing', name: 'refused draft' })
    expect(response?.segments.at(-1)).toMatchObject({ kind: 'control', name: 'error' })
  })

  test('white space between a draft’s tokens is framing, that in its text is not', () => {
    const said = [['client', `POST /sse/lobby HTTP/1.1\r\n${body('{ "text": "h i" }')}`]] as const
    const parts = dissect(captured(said))[1]?.segments.filter(
      ({ name }) => name === 'draft' || name === 'white space',
    )
    expect(parts?.map(({ kind, value }) => [kind, value])).toEqual([
      ['payload', '{'],
      ['framing', undefined],
      ['payload', '"text":'],
      ['framing', undefined],
      ['payload', '"h i"'],
      ['framing', undefined],
      ['payload', '}'],
    ])
  })
})

describe('where the beginning is not kept', () => {
  /** The last bytes of each side, as a ring keeps them. */
  function tail(name: string, kept: Partial<Record<From, number>>) {
    const said = bytesOf(name)
    const lost = { client: 0, server: 0 }
    const pieces = sides.map((side) => {
      const all = joined(said, side)
      lost[side] = Math.max(0, all.length - (kept[side] ?? all.length))
      return [side, all.subarray(lost[side])] as const
    })
    return captured(pieces, lost)
  }

  test('says so', () => {
    const messages = dissect(tail('a stream of events', { client: 0, server: 100 }))
    expect(messages.map(({ title }) => title)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^the beginning is not kept: \d+ bytes$/)]),
    )
  })

  test('goes on at the next message of HTTP; what is before it is raw', () => {
    const all = joined(bytesOf('polls on one connection'), 'server').length
    const connection = tail('polls on one connection', { client: 100, server: all - 50 })
    const titles = dissect(connection)
      .filter(({ start, end }) => end > start)
      .map(({ title }) => title.replace(/\d+$/, 'n'))
    expect(titles).toContain('201 Created · receipt')
    expect(titles.filter((title) => title === 'raw bytes, n')).toHaveLength(2)
    expect(titles).toContain('OPTIONS /sse/lobby')
  })

  test('goes on at the next chunk of a stream', () => {
    const events = `${Buffer.byteLength(`data: ${entry}\n\n`).toString(16)}\r\ndata: ${entry}\n\n\r\n0\r\n\r\n`
    const messages = dissect(tail('a stream of events', { client: 0, server: Buffer.byteLength(events) }))
    expect(messages.map(({ title }) => title).slice(3)).toEqual(['event, entry 1', 'end of the stream'])
  })

  test('goes on at the next frame of a WebSocket, whatever lies before it', () => {
    const frame = (text: string) => Buffer.concat([Buffer.of(0x81, text.length), Buffer.from(text)])
    const frames = Buffer.concat(['{"left":"lobby"}', '{"receipt":{}}', '{"gap":"lobby"}'].map(frame))
    const connection = captured([['server', Buffer.concat([Buffer.from('half of "a text"}'), frames])]], {
      client: 400,
      server: 900,
    })
    const titles = dissect(connection)
      .filter(({ start, end }) => end > start)
      .map(({ title }) => title)
    expect(titles).toEqual([
      'raw bytes, 17',
      'frame text, 16 bytes · left',
      'frame text, 14 bytes · receipt',
      'frame text, 15 bytes · gap',
    ])
  })

  test('shows raw bytes where nothing can be made out', () => {
    const connection = captured([['server', 'just words']], { client: 0, server: 7 })
    const [message] = dissect(connection).filter(({ start, end }) => end > start)
    expect(message).toMatchObject({ title: 'raw bytes, 10', start: 7, end: 17 })
  })

  test('the answer to a forgotten request is not taken for that of the next', () => {
    const connection = captured(
      [
        ['server', `${json}${body(`{"cursor":"k3f9.1","gap":false,"more":false,"entries":[${entry}]}`)}`],
        ['client', 'HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n'],
        ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'],
        ['client', 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n'],
        ['server', `HTTP/1.1 200 OK\r\n${body('{}')}`],
      ],
      { client: 80, server: 0 },
    )
    expect(
      dissect(connection)
        .map(({ title }) => title)
        .slice(2),
    ).toEqual(['200 OK · page, 1 entry', 'HEAD /health', '200 OK', 'GET /health', '200 OK · body'])
  })
})

test('a connection’s end is told with who ended it', () => {
  const connection = {
    ...captured([['client', 'GET / HTTP/1.1\r\n\r\n']]),
    closedAt: 9,
    closedBy: 'link' as const,
  }
  expect(dissect(connection).at(-1)).toMatchObject({ title: 'TCP connection closed by the link', at: 9 })
})
