import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHttpMessages, type Follows, type HttpMessages } from './http-messages.ts'

/** Reads a text in pieces of these sizes, over and over; what the heads were, and the place after each byte. */
function read(
  kind: 'request' | 'response',
  text: string,
  sizes: number[] = [text.length],
  follows?: Follows,
) {
  const lines: string[] = []
  const messages = createHttpMessages(kind, ({ line }) => {
    lines.push(line)
    return follows ?? 'as-said'
  })
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] || 1
    messages.read(bytes.subarray(at, at + size))
    at += size
  }
  return { lines, place: messages.place }
}

const bodies = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '0', 'G'), maxLength: 40 })
const message = fc.oneof(
  bodies.map((body) => `POST /x HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
  fc.constant('GET /y HTTP/1.1\r\nHost: a\r\n\r\n'),
  fc
    .array(bodies.filter(({ length }) => length > 0))
    .map(
      (chunks) =>
        `PUT /z HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${chunks
          .map((chunk) => `${chunk.length.toString(16)};ext=1\r\n${chunk}\r\n`)
          .join('')}0\r\nTrailer: x\r\n\r\n`,
    ),
)

describe('HTTP messages', () => {
  test('are told apart, however they are torn, whatever their bodies look like', () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (texts, sizes) => {
          const { lines, place } = read('request', texts.join(''), sizes)
          expect(lines).toEqual(texts.map((text) => text.slice(0, text.indexOf('\r\n'))))
          expect(place).toBe('between')
        },
      ),
    )
  })

  test('that are none are not looked at, and break nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (pieces) => {
        const places: HttpMessages['place'][] = []
        const messages = createHttpMessages('response', () => 'as-said')
        for (const piece of pieces) {
          messages.read(Buffer.from(piece))
          places.push(messages.place)
        }
        const tunnel = places.indexOf('tunnel')
        if (tunnel >= 0) expect(new Set(places.slice(tunnel))).toEqual(new Set(['tunnel']))
      }),
    )
  })

  test.each<[string, Follows | undefined, HttpMessages['place']]>([
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh', undefined, 'body'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi', undefined, 'between'],
    ['HTTP/1.1 200 OK\r\n\r\nhi', undefined, 'last-body'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhi', undefined, 'last-body'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n', undefined, 'body'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n', 'nothing', 'between'],
    ['HTTP/1.1 101 Switching Protocols\r\n\r\n', 'tunnel', 'tunnel'],
    ['HTTP/1.1 200 OK\r\nContent-Le', undefined, 'head'],
    ['HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', undefined, 'tunnel'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', undefined, 'tunnel'],
    ['\x16\x03\x01', undefined, 'tunnel'],
    [`H${'x'.repeat(40_000)}`, undefined, 'tunnel'],
  ])('after %j (%s), we are at: %s', (text, follows, place) => {
    expect(read('response', text, undefined, follows).place).toBe(place)
  })

  test('have fields by any spelling of their names', () => {
    const fields: (string | undefined)[] = []
    const messages = createHttpMessages('request', ({ field }) => {
      fields.push(field('upgrade'), field('accept'), field('host'))
      return 'as-said'
    })
    messages.read(Buffer.from('\r\nGET / HTTP/1.1\r\nUPGRADE:websocket \r\nAccept: a\r\naccept: b\r\n\r\n'))
    expect(fields).toEqual(['websocket', 'a, b', undefined])
  })
})
