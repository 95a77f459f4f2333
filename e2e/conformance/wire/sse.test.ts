import { expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { setStage } from '../stage.ts'
import { entryText, http, speak } from './raw.ts'

/**
 * Server-sent events, byte for byte. What is handed over at once, one event or many, is a chunk of the response (RFC 9112
 * §7.1): length, text, CRLF.
 */
const head = [
  'HTTP/1.1 200 OK',
  'Content-Type: text/event-stream',
  'Cache-Control: no-store',
  'X-Accel-Buffering: no',
  'Date: now',
  'Connection: keep-alive',
  'Keep-Alive: timeout=72',
  'Transfer-Encoding: chunked',
  '',
  '',
].join('\r\n')

const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
const joined = (cursor: string) =>
  chunk(`event: joined\nid: ${cursor}\ndata: {"room":"lobby","cursor":"${cursor}"}\n\n`)
const gap = (cursor: string) =>
  chunk(`event: gap\nid: ${cursor}\ndata: {"room":"lobby","cursor":"${cursor}"}\n\n`)
const message = (cursor: string, entry: string) => `id: ${cursor}\ndata: ${entry}\n\n`

async function stageWith(count: number, entriesPerRoom = 100) {
  const stage = await setStage({ entriesPerRoom })
  const receipts = await stage.fill('lobby', count)
  const epoch = (await stage.log.after('lobby', '0', 1)).cursor.slice(0, 4)
  const events = receipts.map((receipt) =>
    message(`${epoch}.${receipt.seq}`, entryText(receipt, `line ${receipt.seq}`)),
  )
  return { ...stage, epoch, events, wire: await speak(stage.server.port) }
}

test('head, joined, backlog, then each entry as it comes', async () => {
  const { wire, epoch, events, fill } = await stageWith(2)
  wire.send(http('GET /sse/lobby', ['Accept: text/event-stream', 'Accept-Encoding: gzip, br']))
  const story = head + joined(`${epoch}.0`) + chunk(events.join(''))
  await until('the backlog is here', () => wire.text.length >= story.length)
  expect(wire.text).toBe(story)

  const [third] = await fill('lobby', 1)
  if (!third) throw new Error('nothing was filled')
  const live = story + chunk(message(`${epoch}.3`, entryText(third, 'line 3')))
  await until('the live entry is here', () => wire.text.length >= live.length)
  expect(wire.text).toBe(live)
})

test('live entries of one turn of the event loop are one chunk', async () => {
  const { wire, log, epoch } = await stageWith(0)
  wire.send(http('GET /sse/lobby'))
  await wire.upTo(joined(`${epoch}.0`))
  const appended = await Promise.all([1, 2].map((n) => log.append('lobby', { text: `line ${n}` }, undefined)))
  const events = appended.map(({ receipt }) =>
    message(`${epoch}.${receipt.seq}`, entryText(receipt, `line ${receipt.seq}`)),
  )
  const both = chunk(events.join(''))
  await until('both are here', () => wire.text.length >= both.length)
  expect(wire.text).toBe(both)
})

test('over HTTP/1.0, which has no chunks, the events follow the head as they are', async () => {
  const { wire, epoch, fill } = await stageWith(0)
  wire.send('GET /sse/lobby HTTP/1.0\r\nHost: localhost\r\n\r\n')
  const plainHead = head.replace(/Connection.*\r\n\r\n$/s, 'Connection: close\r\n\r\n')
  const plain = (chunked: string) => chunked.replace(/^.*\r\n/, '').slice(0, -2)
  const story = plainHead + plain(joined(`${epoch}.0`))
  await until('joined', () => wire.text.length >= story.length)
  const [first] = await fill('lobby', 1)
  if (!first) throw new Error('nothing was filled')
  const event = message(`${epoch}.1`, entryText(first, 'line 1'))
  await until('the live entry is here', () => wire.text.length >= story.length + event.length)
  expect(wire.text).toBe(story + event)
})

test('asked for behind a poll that waits on the same connection, the stream begins after its answer', async () => {
  const { wire, epoch, fill } = await stageWith(0)
  wire.send(http(`GET /long-polling/lobby?after=${epoch}.0&wait=60`) + http('GET /sse/lobby'))
  const [first] = await fill('lobby', 1)
  if (!first) throw new Error('nothing was filled')
  const entry = entryText(first, 'line 1')
  await wire.upTo(`{"cursor":"${epoch}.1","gap":false,"more":false,"entries":[${entry}]}`)
  const event = chunk(message(`${epoch}.1`, entry))
  await until('the entry came as an event', () => wire.text.endsWith(event))
  expect(wire.text).toBe(head + joined(`${epoch}.0`) + event)
})

test('the head and joined come at once, before there is an entry', async () => {
  const { wire, epoch } = await stageWith(0)
  wire.send(http('GET /sse/lobby'))
  await until('joined', () => wire.text.endsWith('\n\n\r\n'))
  expect(wire.text).toBe(head + joined(`${epoch}.0`))
})

test.each([
  ['Last-Event-ID alone', '', 'Last-Event-ID: $.2'],
  ['Last-Event-ID against after', '?after=$.1', 'Last-Event-ID: $.2'],
  ['Last-Event-ID against a cursor that is lost', '?after=zzzz.9', 'Last-Event-ID: $.2'],
  ['after alone', '?after=$.2', 'X-Nothing: 1'],
  ['after with an empty Last-Event-ID', '?after=$.2', 'Last-Event-ID: '],
])('%s: the reader stands at its cursor', async (_, query, header) => {
  const { wire, epoch, events } = await stageWith(4)
  wire.send(http(`GET /sse/lobby${query.replace('$', epoch)}`, [header.replace('$', epoch)]))
  const story = head + joined(`${epoch}.2`) + chunk(events.slice(2).join(''))
  await until('the rest is here', () => wire.text.length >= story.length)
  expect(wire.text).toBe(story)
})

test('joined, gap, entries: joined repeats the lost cursor, the gap says where the replay starts', async () => {
  const { wire, epoch, events } = await stageWith(5, 2)
  wire.send(http('GET /sse/lobby', [`Last-Event-ID: ${epoch}.1`]))
  const story = head + joined(`${epoch}.1`) + gap(`${epoch}.3`) + chunk(events.slice(3).join(''))
  await until('the replay is here', () => wire.text.length >= story.length)
  expect(wire.text).toBe(story)
})

test('a cursor of another epoch that was cut before its gap hears it on the next try', async () => {
  const { server, epoch, events } = await stageWith(1)
  // An EventSource whose connection broke right after joined would come back with that event's id.
  for (const lastEventId of ['zzzz.7', 'zzzz.7']) {
    const wire = await speak(server.port)
    wire.send(http('GET /sse/lobby', [`Last-Event-ID: ${lastEventId}`]))
    const story = head + joined('zzzz.7') + gap(`${epoch}.0`) + chunk(events.join(''))
    await until('the replay is here', () => wire.text.length >= story.length)
    expect(wire.text).toBe(story)
  }
})

test('a Last-Event-ID that is no cursor is 400, not the latest entries', async () => {
  const { server } = await stageWith(1)
  for (const id of ['7', 'zzzz', 'zzzz.-1']) {
    const response = await fetch(`${server.url}/sse/lobby`, { headers: { 'Last-Event-ID': id } })
    expect([response.status, (await response.json()).error.code]).toEqual([400, 'bad-cursor'])
  }
})

test('a text that looks like events is one line of one event', async () => {
  const { wire, log, epoch } = await stageWith(0)
  wire.send(http('GET /sse/lobby'))
  await wire.upTo(joined(`${epoch}.0`))
  const text = 'hi\n\nid: 9\ndata: x\r\revent: gap\r\n'
  const { receipt } = await log.append('lobby', { text }, undefined)
  const event = chunk(message(`${epoch}.1`, entryText(receipt, text)))
  expect(event).toContain('"text":"hi\\n\\nid: 9\\ndata: x\\r\\revent: gap\\r\\n"')
  await until('the event is here', () => wire.text.length >= event.length)
  expect(wire.text).toBe(event)
})
