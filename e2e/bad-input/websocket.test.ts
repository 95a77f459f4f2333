import { describe, expect, test } from 'vitest'
import { bystanders } from '../support/bystanders.ts'
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  frame,
  handshake,
  openWebSocket,
  PING,
  PONG,
  TEXT,
} from '../support/frames.ts'
import { tabulate } from '../support/table.ts'
import { until } from '../support/until.ts'
import { ask, request } from '../support/wire.ts'
import { badDrafts, oddDrafts, poisonedDrafts } from './drafts.ts'

const beside = bystanders()
const note = tabulate('WebSocket')
/** The code of the error that a frame says, or what it says instead. */
const codeIn = (text = '') => JSON.parse(text).error?.code ?? text
const notUtf8 = Buffer.from('ff', 'hex')
const closing = (code: number, reason: string | Buffer = '') =>
  Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)])

describe('frames that RFC 6455 does not allow', () => {
  const frames: [name: string, code: number, bytes: Buffer][] = [
    ['an unmasked frame', 1002, frame(TEXT, '{}', { masked: false })],
    ['RSV1 without an extension', 1002, frame(TEXT, '{}', { rsv: 0b100 })],
    ['RSV2', 1002, frame(TEXT, '{}', { rsv: 0b010 })],
    ['RSV3', 1002, frame(TEXT, '{}', { rsv: 0b001 })],
    ['opcode 3', 1002, frame(3, '{}')],
    ['opcode 11', 1002, frame(11)],
    ['a continuation of nothing', 1002, frame(CONTINUATION, '{}')],
    ['a text within another', 1002, Buffer.concat([frame(TEXT, '{', { fin: false }), frame(TEXT, '}')])],
    ['a ping of 126 bytes', 1002, frame(PING, 'x'.repeat(126))],
    ['a ping in fragments', 1002, frame(PING, 'x', { fin: false })],
    ['a close of one byte', 1002, frame(CLOSE, 'x')],
    ['a close with a code of nobody', 1002, frame(CLOSE, closing(999))],
    ['a close with a code that never travels', 1002, frame(CLOSE, closing(1006))],
    ['a close whose reason is not UTF-8', 1007, frame(CLOSE, closing(1000, notUtf8))],
    ['a text that is not UTF-8', 1007, frame(TEXT, notUtf8)],
    ['a text with an encoded surrogate', 1007, frame(TEXT, Buffer.from('eda080', 'hex'))],
    [
      'a text whose fragments together are not UTF-8',
      1007,
      Buffer.concat([frame(TEXT, Buffer.from('f09f', 'hex'), { fin: false }), frame(CONTINUATION, 'x')]),
    ],
    ['a text of more than 64 kB', 1009, frame(TEXT, 'x'.repeat(65_537))],
    [
      'a text of more than 64 kB in fragments',
      1009,
      Buffer.concat([
        frame(TEXT, 'x'.repeat(40_000), { fin: false }),
        frame(CONTINUATION, 'x'.repeat(40_000), { fin: false }),
      ]),
    ],
    ['a header that announces 1 GB', 1009, frame(TEXT, '', { announced: 1_000_000_000 })],
    ['a header that announces 2^53 bytes', 1009, frame(TEXT, '', { announced: 2 ** 53 })],
    [
      '20,000 empty fragments',
      1008,
      Buffer.concat([
        frame(TEXT, '', { fin: false }),
        ...Array.from({ length: 20_000 }, () => frame(CONTINUATION, '', { fin: false })),
      ]),
    ],
    ['a binary frame', 1003, frame(BINARY, '{"join":"lobby"}')],
    ['an empty binary frame', 1003, frame(BINARY)],
  ]
  test.each(frames)('%s closes with %i', async (name, code, bytes) => {
    const socket = await openWebSocket(beside.port, '/websocket')
    socket.send(bytes)
    const closed = await socket.end()
    note(name, `close ${code}`, `close ${closed}`)
    expect(closed).toBe(code)
    // Whoever breaks the protocol need not be waited for; whoever only breaks a rule may still answer the close.
    if (code !== 1003) await until('the connection is closed', () => socket.closed)
    socket.hangUp()
  })
})

describe('texts that are no command', () => {
  const texts: [name: string, text: string][] = [
    ['no JSON', 'hello'],
    ['an empty text', ''],
    ['half a JSON', '{"join":'],
    ['null', 'null'],
    ['a list', '["join","lobby"]'],
    ['a string', '"join"'],
    ['a number', '7'],
    ['an object without a command', '{"hello":"world"}'],
    ['a command inherited from __proto__', '{"__proto__":{"join":"lobby"}}'],
    ['__proto__ beside a command', '{"join":"lobby","__proto__":{}}'],
    ['constructor.prototype', '{"join":"lobby","constructor":{"prototype":{}}}'],
    ['6,000 nested lists', '['.repeat(6_000) + ']'.repeat(6_000)],
    ['6,000 nested lists beside a command', `{"join":"lobby","x":${'['.repeat(6_000)}${']'.repeat(6_000)}}`],
  ]
  test.each(texts)('%s is answered with an error, and the connection stays', async (name, text) => {
    const socket = await openWebSocket(beside.port, '/websocket')
    socket.send(frame(TEXT, text))
    socket.send(frame(TEXT, '{"join":"quiet"}'))
    await socket.heard('"joined":"quiet"')
    note(name, 'bad-frame', codeIn(socket.texts[0]))
    expect(socket.texts).toHaveLength(2)
    expect(JSON.parse(socket.texts[0] ?? '')).toMatchObject({ error: { code: 'bad-frame' } })
    socket.hangUp()
  })

  const rooms: [name: string, text: string][] = [
    ['a room that is a number', '{"join":7}'],
    ['a room that is null', '{"join":null}'],
    ['a room that climbs', '{"join":"../admin"}'],
    ['a room called __proto__', '{"join":"__proto__"}'],
    ['no room to publish in', '{"publish":{"text":"hi"}}'],
    ['a room in upper case to publish in', '{"publish":{"text":"hi"},"room":"Lobby"}'],
    ['a room to leave that is a list', '{"leave":["lobby"]}'],
  ]
  test.each(rooms)('%s is answered with bad-room', async (name, text) => {
    const socket = await openWebSocket(beside.port, '/websocket')
    socket.send(frame(TEXT, text))
    await socket.heard('"error"')
    note(name, 'bad-room', codeIn(socket.texts[0]))
    expect(JSON.parse(socket.texts[0] ?? '')).toMatchObject({ error: { code: 'bad-room' } })
    expect(socket.closeCode).toBeUndefined()
    socket.hangUp()
  })

  test('the tenth in a row closes with 1008', async () => {
    const socket = await openWebSocket(beside.port, '/websocket')
    for (let n = 0; n < 10; n++) socket.send(frame(TEXT, 'hello'))
    const closed = await socket.end()
    note('ten of them in a row', 'close 1008', `close ${closed}`)
    expect(closed).toBe(1008)
    expect(socket.texts).toHaveLength(10)
    socket.hangUp()
  })

  test('a good one among them starts the count anew', async () => {
    const socket = await openWebSocket(beside.port, '/websocket')
    for (let n = 0; n < 9; n++) socket.send(frame(TEXT, 'hello'))
    socket.send(frame(TEXT, '{"leave":"quiet"}'))
    for (let n = 0; n < 9; n++) socket.send(frame(TEXT, 'hello'))
    socket.send(frame(TEXT, '{"join":"quiet"}'))
    await socket.heard('"joined":"quiet"')
    expect(socket.texts).toHaveLength(20)
    expect(socket.closeCode).toBeUndefined()
    socket.hangUp()
  })

  test('a 65th room is one too many, and the others stay', async () => {
    const socket = await openWebSocket(beside.port, '/websocket')
    for (let n = 0; n < 65; n++) socket.send(frame(TEXT, `{"join":"many-${n}"}`))
    await socket.heard('"error"')
    await socket.heard('"joined":"many-63"')
    expect(JSON.parse(socket.texts.find((text) => text.includes('"error"')) ?? '')).toMatchObject({
      error: { code: 'too-many', room: 'many-64' },
    })
    socket.hangUp()
  })
})

describe('drafts', () => {
  test.each(badDrafts)('%s is answered with bad-draft', async (name, json) => {
    const socket = await openWebSocket(beside.port, '/websocket')
    socket.send(frame(TEXT, `{"publish":${json},"room":"lobby"}`))
    await socket.heard('"error"')
    note(`a draft: ${name}`, 'bad-draft', codeIn(socket.texts[0]))
    expect(JSON.parse(socket.texts[0] ?? '')).toMatchObject({ error: { code: 'bad-draft' } })
    expect(socket.closeCode).toBeUndefined()
    socket.hangUp()
  })

  test.each(poisonedDrafts)('%s makes a bad frame', async (name, json) => {
    const socket = await openWebSocket(beside.port, '/websocket')
    socket.send(frame(TEXT, `{"publish":${json},"room":"lobby"}`))
    await socket.heard('"error"')
    note(`a draft: ${name}`, 'bad-frame', codeIn(socket.texts[0]))
    expect(JSON.parse(socket.texts[0] ?? '')).toMatchObject({ error: { code: 'bad-frame' } })
    socket.hangUp()
  })

  test.each(oddDrafts)('%s are taken as they are', async (name, json, text) => {
    const socket = await openWebSocket(beside.port, '/websocket/odd?after=0')
    socket.send(frame(TEXT, `{"publish":${json}}`))
    await socket.heard('"receipt"')
    const { receipt } = JSON.parse(socket.texts.find((message) => message.includes('"receipt"')) ?? '')
    await socket.heard(`"seq":${receipt.seq},"kind"`)
    const entry = socket.texts.map((message) => JSON.parse(message).entry).find((e) => e?.seq === receipt.seq)
    note(`a draft: ${name}`, 'an entry', entry ? 'an entry' : 'none')
    expect(entry).toMatchObject({ id: receipt.id, text, room: 'odd', from: { name: 'guest' } })
    socket.hangUp()
  })

  test('the error names the draft it is about', async () => {
    const socket = await openWebSocket(beside.port, '/websocket/lobby')
    socket.send(frame(TEXT, '{"publish":{"id":"a-1","text":""}}'))
    await socket.heard('"error"')
    const error = socket.texts.find((text) => text.includes('"error"'))
    expect(JSON.parse(error ?? '')).toMatchObject({ error: { code: 'bad-draft', id: 'a-1' } })
    socket.hangUp()
  })
})

describe('the handshake', () => {
  const refused: [string, number, Record<string, string | undefined>][] = [
    ['a foreign Origin', 403, { Origin: 'https://evil.example' }],
    ['the Origin null', 403, { Origin: 'null' }],
    ['an unknown Host', 421, { Host: 'evil.example' }],
    ['no key', 400, { 'Sec-WebSocket-Key': undefined }],
    ['an empty key', 400, { 'Sec-WebSocket-Key': '' }],
    ['a key that is too short', 400, { 'Sec-WebSocket-Key': 'c2hvcnQ=' }],
    ['a key that is not base64', 400, { 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' }],
    ['version 12', 400, { 'Sec-WebSocket-Version': '12' }],
    ['version 99', 400, { 'Sec-WebSocket-Version': '99' }],
    ['no version', 400, { 'Sec-WebSocket-Version': undefined }],
    ['no upgrade at all', 426, { Upgrade: undefined, Connection: 'keep-alive' }],
    ['another protocol than ours', 426, { Upgrade: 'h2c' }],
  ]
  test.each(refused)('with %s is answered %i', async (name, status, headers) => {
    const answer = await ask(beside.port, handshake('/websocket/lobby', headers))
    note(`a handshake with ${name}`, `${status}`, answer.status)
    expect(answer.status).toBe(status)
  })

  test('by POST is refused', async () => {
    const answer = await ask(
      beside.port,
      Buffer.from(handshake('/websocket/lobby').toString().replace('GET', 'POST')),
    )
    expect([400, 404, 405]).toContain(answer.status)
  })

  test('of a plain request says how to connect', async () => {
    const answer = await ask(beside.port, request('GET', '/websocket/lobby'))
    expect(answer).toMatchObject({ status: 426, code: 'upgrade-required' })
    expect(answer.headers).toMatchObject({ upgrade: 'websocket' })
  })
})

describe('frames that are only packed oddly', () => {
  const hello = Buffer.concat([
    frame(TEXT, '{"join":"one"}'),
    frame(PING, 'are you there'),
    frame(TEXT, '{"join":"two"}'),
  ])

  test('are understood in single bytes', async () => {
    const socket = await openWebSocket(beside.port, '/websocket')
    for (const byte of hello) {
      socket.send(Buffer.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await until('both commands are answered', () => socket.texts.length === 2)
    expect(socket.texts.map((text) => JSON.parse(text).joined)).toEqual(['one', 'two'])
    expect(socket.frames.find(({ opcode }) => opcode === PONG)?.payload.toString()).toBe('are you there')
    socket.hangUp()
  })

  test('are understood several in one packet', async () => {
    const socket = await openWebSocket(beside.port, '/websocket')
    socket.send(Buffer.concat([frame(TEXT, '{"join":"one"}'), frame(TEXT, '{"join":"two"}')]))
    await until('both commands are answered', () => socket.texts.length === 2)
    expect(socket.texts.map((text) => JSON.parse(text).joined)).toEqual(['one', 'two'])
    socket.hangUp()
  })

  test('are understood in fragments, with a ping between them', async () => {
    const socket = await openWebSocket(beside.port, '/websocket')
    socket.send(frame(TEXT, '{"join":', { fin: false }))
    socket.send(frame(CONTINUATION, '', { fin: false }))
    socket.send(frame(PING, 'between'))
    socket.send(frame(CONTINUATION, '"quiet"}'))
    await socket.heard('"joined":"quiet"')
    expect(socket.frames.map(({ opcode }) => opcode)).toEqual([PONG, TEXT])
    socket.hangUp()
  })

  test('are understood when they come with the handshake', async () => {
    const { port } = beside
    const answer = await ask(port, Buffer.concat([handshake('/websocket'), frame(TEXT, '{"join":"quiet"}')]))
    expect(answer.status).toBe(101)
  })
})
