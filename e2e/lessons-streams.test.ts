import { get, type IncomingMessage } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MAX_QUEUE } from '../server/transports/transport.ts'
import { sse } from '../web/transports/sse.ts'
import { startServer, type TestServer } from './support/server.ts'
import { until } from './support/until.ts'

/** The event streams that only lessons have: one that is typed, and the broken ones. */

let server: TestServer

beforeEach(async () => {
  server = await startServer()
})

afterEach(() => server.close())

const publish = async (text: string) => {
  const response = await fetch(`${server.url}/short-polling/streams`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  })
  expect(response.status).toBe(201)
}

/** A stream that is open, or over. */
function read(path: string, headers: Record<string, string> = {}) {
  const stream = { text: '', status: 0, isOver: false, response: undefined as IncomingMessage | undefined }
  get(`${server.url}${path}`, { headers, agent: false }, (response) => {
    stream.response = response
    stream.status = response.statusCode ?? 0
    response.setEncoding('utf8').on('data', (text: string) => {
      stream.text += text
    })
    response
      .on('error', () => {})
      .on('close', () => {
        stream.isOver = true
      })
  })
  return stream
}

const seqsIn = (text: string) => [...text.matchAll(/"seq":(\d+)/g)].map(([, seq]) => Number(seq))

test('a typed stream is sent byte for byte, and ended', async () => {
  const typed = ': a comment\nid: 7\r\ndata: größer\n\ndata: no end'
  const response = await fetch(`${server.url}/lessons/stream?text=${encodeURIComponent(typed)}`)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  expect(await response.text()).toBe(typed)
})

test('whoever comes back to it is told what it said in Last-Event-ID', async () => {
  const stream = read('/lessons/stream?text=data:1', { 'Last-Event-ID': 'k3f9.7' })
  await until('it was told', () => stream.text.endsWith('\n\n'))
  expect(stream.text).toBe('event: came-back\ndata: k3f9.7\n\n')
  expect(stream.isOver).toBe(false)
  stream.response?.destroy()
})

test('a typed stream that is too long is refused', async () => {
  const response = await fetch(`${server.url}/lessons/stream?text=${'a'.repeat(2_001)}`)
  expect(response.status).toBe(400)
})

test('a server that stumbles ends after three, answers 500 once, and then goes on where the reader was', async () => {
  const path = '/lessons/broken/stumbles/streams?after=0'
  const first = read(path)
  await until('it has joined', () => first.text.includes('event: joined'))
  for (const text of ['a', 'b', 'c', 'd']) await publish(text)
  await until('it is over', () => first.isOver)
  expect(seqsIn(first.text)).toEqual([1, 2, 3])
  expect((await fetch(`${server.url}${path}`)).status).toBe(500)
  const id = /id: (\S+)\ndata: \{"room":"streams","seq":3,/.exec(first.text)?.[1] ?? ''
  const third = read(path, { 'Last-Event-ID': id })
  await until('it has the rest', () => seqsIn(third.text).length > 0)
  expect(seqsIn(third.text)).toEqual([4])
  third.response?.destroy()
})

test('our client gets everything from a server that stumbles', async () => {
  const seqs: number[] = []
  let isOpen = false
  const connection = sse(
    {
      url: server.url,
      room: 'streams',
      after: '0',
      fetch: (input, init) => fetch(String(input).replace('/sse/', '/lessons/broken/stumbles/'), init),
    },
    {
      onEntry: ({ seq }) => seqs.push(seq),
      onGap: () => {},
      onStatus: ({ state }) => {
        isOpen ||= state === 'open'
      },
    },
  )
  await until('it is open', () => isOpen)
  for (const text of ['a', 'b', 'c', 'd', 'e']) await publish(text)
  await until('it has all', () => seqs.length === 5)
  expect(seqs).toEqual([1, 2, 3, 4, 5])
  connection.close()
})

test('a server of the last five sends five, whatever the reader has', async () => {
  for (let count = 0; count < 8; count++) await publish('a')
  const { cursor } = await (await fetch(`${server.url}/short-polling/streams`)).json()
  const stream = read('/lessons/broken/last-five/streams', { 'Last-Event-ID': cursor })
  await until('it has five', () => seqsIn(stream.text).length >= 5)
  expect(seqsIn(stream.text)).toEqual([4, 5, 6, 7, 8])
  stream.response?.destroy()
})

test('an endless queue grows past what the product allows, and the lesson bounds it', async () => {
  const path = '/lessons/broken/endless-queue/streams'
  const stream = read(`${path}?after=0`)
  await until('it has joined', () => stream.text.includes('event: joined'))
  stream.response?.pause()
  const text = '\u{1f422}'.repeat(4_000)
  const queued = async () => (await (await fetch(`${server.url}${path}/queued`)).json()).bytes as number
  let most = 0
  let now = 0
  for (let count = 0; count < 200 && (now > 0 || most === 0); count++) {
    await Promise.all(Array.from({ length: 10 }, () => publish(text)))
    now = await queued()
    most = Math.max(most, now)
  }
  expect(most).toBeGreaterThan(2 * MAX_QUEUE)
  expect(most).toBeLessThan(10 * MAX_QUEUE)
  expect(now).toBe(0)
  stream.response?.destroy()
})
