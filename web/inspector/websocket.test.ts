import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as ws from 'ws'
import { captured } from '../../e2e/support/tee.ts'
import { dissect } from './dissect.ts'
import type { From, Message } from './message.ts'
import { frameAt, unmasked } from './websocket.ts'

/** `ws` exports the half that makes frames; its types do not tell. */
const { Sender } = ws as unknown as {
  Sender: { frame(data: Buffer, options: object): Buffer[] }
}

const frameOf = (
  data: Uint8Array,
  options: { opcode: number; mask: boolean; fin?: boolean; rsv1?: boolean },
) => Buffer.concat(Sender.frame(Buffer.from(data), { fin: true, readOnly: true, rsv1: false, ...options }))

const key = 'dGhlIHNhbXBsZSBub25jZQ=='
const handshake = (path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${key}\r\n\r\n`
const accepted = (accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=') =>
  `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`

/** What is said on a WebSocket after its handshake. */
function spoken(from: From, bytes: Uint8Array, path = '/websocket/lobby'): Message[] {
  const messages = dissect(
    captured([
      ['client', handshake(path)],
      ['server', accepted()],
      [from, bytes],
    ]),
  )
  return messages.slice(3)
}

describe('a frame', () => {
  test('made by ws is read back whole: FIN, opcode, mask, all three forms of the length, payload', () => {
    const length = fc.oneof(
      fc.integer({ min: 0, max: 200 }),
      fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_000),
    )
    fc.assert(
      fc.property(
        length,
        fc.constantFrom(0, 1, 2, 8, 9, 10),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 0, max: 255 }),
        (size, opcode, mask, fin, rsv1, fill) => {
          const data = new Uint8Array(size).map((_, index) => (index * 7 + fill) & 0xff)
          const bytes = frameOf(data, { opcode, mask, fin, rsv1 })
          const frame = frameAt(bytes, 0)
          expect(frame).toMatchObject({
            start: 0,
            end: bytes.length,
            fin,
            opcode,
            length: size,
            isWhole: true,
          })
          expect(frame.rsv).toBe(rsv1 ? 4 : 0)
          expect(frame.key !== undefined).toBe(mask)
          expect(Buffer.from(unmasked(bytes, frame)).equals(data)).toBe(true)
          // Less than the whole is known to be less.
          expect(frameAt(bytes.subarray(0, bytes.length - 1), 0).isWhole).toBe(false)
        },
      ),
    )
  })

  test('from a client shows its mask, its key and what it says unmasked', () => {
    const text = '{"publish":{"text":"hi"}}'
    const [message] = spoken('client', frameOf(Buffer.from(text), { opcode: 1, mask: true }))
    expect(message?.title).toBe('frame text, 25 bytes, masked · publish')
    expect(message?.segments.map(({ name, kind, end, start }) => [name, kind, end - start])).toEqual([
      ['FIN, RSV, opcode', 'framing', 1],
      ['MASK, length', 'framing', 1],
      ['masking key', 'framing', 4],
      ['message envelope', 'framing', 11],
      ['draft', 'payload', 13],
      ['message envelope', 'framing', 1],
    ])
    expect(message?.segments[0]?.value).toBe('FIN 1, RSV 000, opcode 1 (text)')
    expect(message?.segments[1]?.value).toBe('MASK 1, length 25')
    expect(message?.segments[4]?.value).toBe('{"text":"hi"}')
    expect(message?.mask?.key).toHaveLength(4)
  })

  test('may be a fragment: what the message says is told once it is whole, with a ping in between', () => {
    const text = Buffer.from('{"publish":{"text":"hi"}}')
    const bytes = Buffer.concat([
      frameOf(text.subarray(0, 15), { opcode: 1, mask: true, fin: false }),
      frameOf(Buffer.from('?'), { opcode: 9, mask: true }),
      frameOf(text.subarray(15), { opcode: 0, mask: true }),
    ])
    const messages = spoken('client', bytes)
    expect(messages.map(({ title }) => title)).toEqual([
      'frame text, 15 bytes, masked, fragment 1 of 2 · publish',
      'frame ping, 1 byte, masked',
      'frame continuation, 10 bytes, masked, fragment 2 of 2',
    ])
    const drafts = messages.flatMap(({ segments }) => segments.filter(({ name }) => name === 'draft'))
    expect(drafts.map(({ start, end }) => end - start)).toEqual([4, 9])
    // A ping is control with all its bytes.
    expect(messages[1]?.segments.every(({ kind }) => kind === 'control')).toBe(true)
  })

  test('that closes says why', () => {
    const bytes = Buffer.concat([Buffer.of(0x03, 0xf5), Buffer.from('reading too slowly')])
    const [message] = spoken('server', frameOf(bytes, { opcode: 8, mask: false }))
    expect(message?.title).toBe('frame close, 20 bytes, 1013 try again later')
    expect(message?.segments.map(({ name, value }) => [name, value]).slice(2)).toEqual([
      ['close code', '1013: try again later'],
      ['reason', 'reading too slowly'],
    ])
  })
})

test('the handshake’s proof is computed, and compared', () => {
  const of = (accept: string) =>
    dissect(
      captured([
        ['client', handshake('/websocket/lobby')],
        ['server', accepted(accept)],
      ]),
    )[2]?.segments.find(({ name }) => name === 'Sec-WebSocket-Accept')?.about
  expect(of('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')).toMatch(/as s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=, which is the same\.$/)
  expect(of('forged')).toMatch(/as s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=, which is not what the server says\.$/)
})

describe('Socket.IO over it', () => {
  const titleOf = (from: From, text: string) =>
    spoken(from, frameOf(Buffer.from(text), { opcode: 1, mask: from === 'client' }), '/socket.io/?EIO=4')[0]
  const title = (from: From, text: string) => titleOf(from, text)?.title.replace(/^.* · /, '')

  test('is read packet by packet: type, namespace, ack id, event', () => {
    expect(title('client', '2probe')).toBe('Engine.IO ping probe')
    expect(title('server', '3probe')).toBe('Engine.IO pong probe')
    expect(title('client', '5')).toBe('Engine.IO upgrade')
    expect(title('server', '40/chat,{"sid":"x"}')).toBe('Socket.IO connect in /chat')
    expect(title('client', '42["hello"]')).toBe('Socket.IO event "hello"')
    expect(title('client', '42/chat,7["join",{"room":"lobby"}]')).toBe(
      'Socket.IO event "join" in /chat, ack 7',
    )
    expect(title('server', '43/chat,7[{"room":"lobby"}]')).toBe('Socket.IO ack in /chat, ack 7')
    expect(title('server', '451-/lab,["blob",{"_placeholder":true,"num":0}]')).toBe(
      'Socket.IO binary event "blob" in /lab',
    )
  })

  test('an entry is payload in framing; a join is control; a draft is payload, refused or not never control', () => {
    const kindsOf = (from: From, text: string) =>
      titleOf(from, text)
        ?.segments.filter(({ name }) => !/FIN|MASK|length|key/.test(name))
        .map(({ kind, name, start, end }) => [name, kind, end - start])
    expect(kindsOf('server', '42/chat,["entry",{"room":"lobby","seq":3}]')).toEqual([
      ['Engine.IO type', 'framing', 1],
      ['Socket.IO type', 'framing', 1],
      ['namespace', 'framing', 6],
      ['event and arguments', 'framing', 9],
      ['entry', 'payload', 24],
      ['event and arguments', 'framing', 1],
    ])
    expect(new Set(kindsOf('client', '42/chat,1["join",{"room":"lobby"}]')?.map(([, kind]) => kind))).toEqual(
      new Set(['control']),
    )
    const published = kindsOf('client', '42/chat,2["publish",{"room":"lobby","draft":{"text":"hi"}}]')
    expect(published?.filter(([, kind]) => kind !== 'framing')).toEqual([['draft', 'payload', 13]])
    const refused = kindsOf('client', '42/chat,2["publish",{"room":"lobby","draft":{"text":""}}]')
    expect(refused?.filter(([, kind]) => kind !== 'framing')).toEqual([])
  })
})
