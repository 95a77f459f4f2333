import { createParser, type EventSourceMessage } from 'eventsource-parser'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { captured } from '../../e2e/support/tee.ts'
import { dissect } from './dissect.ts'
import { blocksOf } from './sse.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** What a reader of the stream is handed. */
function dispatched(text: string) {
  return blocksOf(bytesOf(text))
    .filter(({ data, isWhole }) => data !== undefined && isWhole)
    .map(({ event, data, id }) => ({ event: event || undefined, data, id }))
}

function parsed(text: string) {
  const events: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (event) => events.push(event) })
  parser.feed(text)
  return events.map(({ event, data, id }) => ({ event: event || undefined, data, id }))
}

const line = fc.oneof(
  fc.constantFrom(
    'data',
    'data:',
    'data: x',
    'data:  two',
    'event: joined',
    'event:',
    'id: 7',
    'id',
    ':',
    ': hi',
  ),
  fc.constantFrom('retry: 5', 'retry: x', 'unknown: y', ' data: z', 'id: a\0b', ''),
  fc
    .tuple(fc.constantFrom('data:', 'data: ', 'event: ', 'id: ', ''), fc.string({ unit: 'grapheme' }))
    .map((parts) => parts.join('').replaceAll(/[\r\n]/g, '')),
)
const ending = fc.constantFrom('\n', '\n', '\r\n', '\r')
// A lone CR at the very end waits for what follows, in one parser, and ends the line in the other.
const stream = fc.array(fc.tuple(line, ending)).map((lines) => `${lines.flat().join('')}\n`)

test('hands out the events that eventsource-parser does', () => {
  fc.assert(
    fc.property(stream, (text) => {
      expect(dispatched(text)).toEqual(parsed(text))
    }),
    { numRuns: 2_000 },
  )
})

test('an entry is payload, its id and field names framing, everything else control', () => {
  const entry = '{"room":"lobby","seq":1,"text":"hi"}'
  const events = `event: joined\nid: k3f9.0\ndata: {"room":"lobby","cursor":"k3f9.0"}\n\nid: k3f9.1\ndata: ${entry}\n\n: \n\n`
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n'
  const messages = dissect(
    captured([
      ['client', 'GET /sse/lobby HTTP/1.1\r\nHost: a\r\n\r\n'],
      ['server', head + events],
    ]),
  )
  expect(messages.map(({ title }) => title)).toEqual([
    'TCP connection opened',
    'GET /sse/lobby',
    '200 OK · event stream',
    'event joined',
    'event, entry 1',
    'comment',
  ])
  const said = (head + events).slice.bind(head + events)
  const [, , , joined, event, comment] = messages
  expect(event?.segments.map(({ start, end, kind }) => [said(start, end), kind])).toEqual([
    ['id: k3f9.1\n', 'framing'],
    ['data: ', 'framing'],
    [entry, 'payload'],
    ['\n', 'framing'],
    ['\n', 'framing'],
  ])
  expect(new Set(joined?.segments.map(({ kind }) => kind))).toEqual(new Set(['control']))
  expect(new Set(comment?.segments.map(({ kind }) => kind))).toEqual(new Set(['control']))
})

test('an event may span chunks: their sizes stand between its bytes, as framing', () => {
  const pieces = [
    'id: k3f9.1\nda',
    'ta: {"room":"lobby","s',
    'eq":1}\n\nid: k3f9.2\ndata: {"room":"lobby","seq":2}\n\n',
  ]
  const chunks = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
  const text = `${head}${chunks}0\r\n\r\n`
  const messages = dissect(captured([['server', text]]))
  expect(messages.map(({ title }) => title).slice(2)).toEqual([
    'event, entry 1',
    'event, entry 2',
    'end of the stream',
  ])
  const [, , first] = messages
  expect(first?.segments.map(({ start, end, kind }) => [text.slice(start, end), kind])).toEqual([
    ['d\r\n', 'framing'],
    ['id: k3f9.1\n', 'framing'],
    ['da', 'framing'],
    ['\r\n', 'framing'],
    ['16\r\n', 'framing'],
    ['ta: ', 'framing'],
    ['{"room":"lobby","s', 'payload'],
    ['\r\n', 'framing'],
    ['33\r\n', 'framing'],
    ['eq":1}', 'payload'],
    ['\n', 'framing'],
    ['\n', 'framing'],
  ])
})
