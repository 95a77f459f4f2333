import { expect, test } from 'vitest'
import { captured } from '../../e2e/support/tee.ts'
import { dump } from './hex.ts'
import { chosen, everything, nearest, readCapture, rowsOf, unmaskedBytes } from './rows.ts'

const upgrade = 'GET /websocket/lobby HTTP/1.1\r\nUpgrade: websocket\r\n\r\n'
const accepted = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'
const masked = Buffer.from([
  0x81,
  0x84,
  1,
  2,
  3,
  4,
  ...Buffer.from('ping').map((byte, at) => byte ^ (at + 1)),
])
const capture = {
  port: 3001,
  connections: [
    {
      ...captured([
        ['client', upgrade],
        ['server', accepted],
        ['client', masked],
      ]),
      client: 'ada',
    },
    {
      ...captured([['client', 'GET /short-polling/lobby HTTP/1.1\r\n\r\n']]),
      id: 2,
      openedAt: 2.5,
      client: 'bo',
    },
  ],
}
const rows = rowsOf(capture)

test('what was said on several connections stands in the order of its times', () => {
  expect(rows.map(({ message, connection }) => `${connection.id} ${message.at} ${message.title}`)).toEqual([
    '1 0 TCP connection opened',
    '1 1 GET /websocket/lobby',
    '2 1 GET /short-polling/lobby',
    '1 2 101 Switching Protocols',
    '2 2.5 TCP connection opened',
    '1 3 frame text, 4 bytes, masked · message',
  ])
})

test('a masked message is found by what it says, and read unmasked', () => {
  const found = chosen(rows, { ...everything, text: 'PING' })
  expect(found.map(({ message }) => message.title)).toEqual(['frame text, 4 bytes, masked · message'])
  expect(Buffer.from(found.flatMap((row) => [...unmaskedBytes(row).subarray(6)])).toString()).toBe('ping')
})

test('filters go by end and by kind', () => {
  expect(chosen(rows, { ...everything, from: 'server' })).toHaveLength(1)
  expect(chosen(rows, { ...everything, kind: 'control' })).toHaveLength(1)
  expect(chosen(rows, { ...everything, kind: 'payload' })).toHaveLength(0)
})

test('the message nearest to an instant is one of that client, with bytes', () => {
  expect(nearest(rows, { client: 'ada', at: 2.2 })?.message.title).toBe('101 Switching Protocols')
  expect(nearest(rows, { client: 'bo', at: 2.5 })?.message.title).toBe('GET /short-polling/lobby')
  expect(nearest(rows, { client: 'nobody', at: 2 })).toBeUndefined()
})

test('a file is a capture, or a sentence says why not', () => {
  expect(readCapture(JSON.stringify(capture))).toEqual(JSON.parse(JSON.stringify(capture)))
  expect(readCapture('<html>')).toMatch(/no JSON/)
  expect(readCapture('{"port":1,"connections":[{"id":1}]}')).toMatch(/no capture/)
})

test('a dump shows every byte once, cut where segments meet and where lines end', () => {
  const segment = (start: number, end: number) => ({ start, end, kind: 'head' as const, name: '', about: '' })
  const lines = dump(Buffer.from('abcdefghij\n'), 100, [segment(100, 103), segment(103, 111)], 8)
  expect(lines).toEqual([
    {
      offset: 100,
      cells: [
        { segment: 0, isFirst: true, hex: '61 62 63', text: 'abc' },
        { segment: 1, isFirst: true, hex: '64 65 66 67 68', text: 'defgh' },
      ],
    },
    { offset: 108, cells: [{ segment: 1, isFirst: false, hex: '69 6a 0a', text: 'ij·' }] },
  ])
})
