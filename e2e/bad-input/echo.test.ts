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

const beside = bystanders()
const note = tabulate('/echo')
const MiB = 1024 * 1024

describe('/echo returns', () => {
  const messages: [string, number, Buffer][] = [
    ['a text', TEXT, Buffer.from('hello 🙂')],
    ['an empty text', TEXT, Buffer.alloc(0)],
    ['bytes', BINARY, Buffer.from('00ff8001', 'hex')],
    ['no bytes', BINARY, Buffer.alloc(0)],
    ['1 MiB of text', TEXT, Buffer.alloc(MiB, 'x')],
    ['1 MiB of bytes', BINARY, Buffer.alloc(MiB, 0xa5)],
    ['16 MiB, the most it takes', BINARY, Buffer.alloc(16 * MiB, 0x5a)],
  ]
  test.each(messages)('%s as they came', async (_name, opcode, payload) => {
    const socket = await openWebSocket(beside.port, '/echo')
    socket.send(frame(opcode, payload))
    await until('it comes back', () => socket.frames.length > 0)
    const [echo] = socket.frames
    expect(echo?.opcode).toBe(opcode)
    expect(echo?.payload.equals(payload)).toBe(true)
    socket.hangUp()
  })

  test('a message in fragments whole', async () => {
    const socket = await openWebSocket(beside.port, '/echo')
    socket.send(frame(TEXT, 'one ', { fin: false }))
    socket.send(frame(CONTINUATION, 'two ', { fin: false }))
    socket.send(frame(CONTINUATION, 'three'))
    await socket.heard('one two three')
    socket.hangUp()
  })

  test('a ping as a pong, and a close with its code', async () => {
    const socket = await openWebSocket(beside.port, '/echo')
    socket.send(frame(PING, 'beat'))
    socket.send(frame(CLOSE, Buffer.from([3_000 >> 8, 3_000 & 0xff])))
    expect(await socket.end()).toBe(3_000)
    expect(socket.frames[0]).toMatchObject({ opcode: PONG, payload: Buffer.from('beat') })
  })

  test('a thousand messages in order', async () => {
    const socket = await openWebSocket(beside.port, '/echo')
    const texts = Array.from({ length: 1_000 }, (_, n) => `message ${n}`)
    socket.send(Buffer.concat(texts.map((text) => frame(TEXT, text))))
    await until('all come back', () => socket.texts.length === 1_000)
    expect(socket.texts).toEqual(texts)
    socket.hangUp()
  })
})

describe('/echo refuses', () => {
  test.each([
    ['a byte more than 16 MiB', frame(BINARY, '', { announced: 16 * MiB + 1 })],
    [
      'as much in two fragments',
      Buffer.concat([
        frame(BINARY, Buffer.alloc(9 * MiB), { fin: false }),
        frame(CONTINUATION, Buffer.alloc(8 * MiB)),
      ]),
    ],
  ])('%s, with 1009', async (name, bytes) => {
    const socket = await openWebSocket(beside.port, '/echo')
    socket.send(bytes)
    const code = await socket.end()
    note(name, 'close 1009', `close ${code}`)
    expect(code).toBe(1009)
    socket.hangUp()
  })

  test.each([
    ['bad UTF-8', 1007, frame(TEXT, Buffer.from('ff', 'hex'))],
    ['a compressed frame, as it offers no compression', 1002, frame(TEXT, 'x', { rsv: 0b100 })],
    ['an unmasked frame', 1002, frame(TEXT, 'x', { masked: false })],
  ])('%s, with %i', async (name, code, bytes) => {
    const socket = await openWebSocket(beside.port, '/echo')
    socket.send(bytes)
    const closed = await socket.end()
    note(name, `close ${code}`, `close ${closed}`)
    expect(closed).toBe(code)
    socket.hangUp()
  })

  test('compression, though it is offered some', async () => {
    const answer = await ask(
      beside.port,
      handshake('/echo', { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' }),
    )
    expect(answer.status).toBe(101)
    expect(answer.headers).not.toHaveProperty('sec-websocket-extensions')
  })

  test.each([
    ['a foreign Origin', 403, { Origin: 'https://evil.example' }],
    ['the Origin null', 403, { Origin: 'null' }],
    ['an unknown Host', 421, { Host: 'evil.example' }],
    ['a handshake without a key', 400, { 'Sec-WebSocket-Key': undefined }],
  ])('%s, with %i', async (name, status, headers) => {
    const answer = await ask(beside.port, handshake('/echo', headers))
    note(name, `${status}`, answer.status)
    expect(answer.status).toBe(status)
  })

  test('a plain request, with 404', async () => {
    expect((await ask(beside.port, request('GET', '/echo'))).status).toBe(404)
  })
})
