import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { RawEvent } from '../server/contract/raw.ts'
import { rawLimits } from '../server/lessons/raw.ts'
import { longPolling } from '../web/transports/long-polling.ts'
import { freePorts } from './support/ports.ts'
import { startServer, type TestServer } from './support/server.ts'
import { until } from './support/until.ts'

/** What the server has for the lessons alone: a way to raw TCP, and servers that are broken on purpose. */

let server: TestServer
let link: number

beforeEach(async () => {
  const ports = await freePorts(1)
  link = ports[0] ?? 0
  server = await startServer({ links: { ports, host: '127.0.0.1' } })
})

afterEach(() => server.close())

/** A page's end of a raw connection. */
function openRaw(port?: number, headers: Record<string, string> = {}) {
  const url = `${server.url.replace('http', 'ws')}/lessons/raw${port === undefined ? '' : `?port=${port}`}`
  const socket = new WebSocket(url, { headers })
  const events: RawEvent[] = []
  let closed: { code: number; reason: string } | undefined
  let refused: number | undefined
  socket.on('message', (data) => events.push(JSON.parse(String(data))))
  socket.on('close', (code, reason) => {
    closed = { code, reason: String(reason) }
  })
  socket.on('error', () => {})
  socket.on('unexpected-response', (_request, response) => {
    refused = response.statusCode
    socket.terminate()
  })
  const said = (from: 'client' | 'server') =>
    events
      .flatMap((event) =>
        event.event === 'bytes' && event.from === from ? Buffer.from(event.bytes, 'base64') : [],
      )
      .map(String)
      .join('')
  return {
    socket,
    events,
    say: (text: string) => socket.send(JSON.stringify({ bytes: Buffer.from(text).toString('base64') })),
    said,
    get closed() {
      return closed
    },
    get refused() {
      return refused
    },
  }
}

const request = () => `GET /time HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`

test('a raw connection carries bytes to this server and back as they are, and says when', async () => {
  const raw = openRaw()
  await until('it is connected', () => raw.events.some(({ event }) => event === 'connected'))
  raw.say(request())
  await until('it is over', () => raw.closed)
  expect(raw.said('client')).toBe(request())
  expect(raw.said('server')).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n\{"now":[\d.]+\}$/s)
  expect(raw.events.map(({ event }) => event).filter((event) => event !== 'bytes')).toEqual([
    'connecting',
    'connected',
    'end',
    'closed',
  ])
  const times = raw.events.map(({ at }) => at)
  expect(times).toEqual([...times].sort((one, other) => one - other))
  expect(raw.closed?.code).toBe(1000)
})

test('what is said before the TCP connection is there is carried once it is', async () => {
  const raw = openRaw()
  await new Promise((resolve) => raw.socket.once('open', resolve))
  raw.say(request())
  await until('it was answered', () => raw.said('server').includes('{"now":'))
})

/** A link that makes a round trip 100 ms longer. */
async function linkAway(): Promise<number> {
  const response = await fetch(`${server.url}/links`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conditions: { rtt: 100 } }),
  })
  return (await response.json()).port
}

test('through a link its conditions apply', async () => {
  const port = await linkAway()
  expect(port).toBe(link)
  const raw = openRaw(port)
  await until('it is connected', () => raw.events.some(({ event }) => event === 'connected'))
  raw.say(request().replace(String(server.port), String(port)))
  await until('it is over', () => raw.closed)
  const bytes = raw.events.filter(({ event }) => event === 'bytes')
  // A round trip, and one more for the modelled handshake of a new connection.
  expect((bytes[1]?.at ?? 0) - (bytes[0]?.at ?? 0)).toBeGreaterThan(190)
})

test('it goes nowhere else: a port that is neither the server’s nor a link’s is refused', async () => {
  const [stranger = 0] = await freePorts(1)
  const raw = openRaw(stranger)
  await until('it was refused', () => raw.closed)
  expect(raw.closed).toEqual({ code: 1008, reason: 'this port is neither the server nor one of its links' })
  expect(raw.events).toEqual([])
})

test('a page of another origin gets no raw connection', async () => {
  const raw = openRaw(undefined, { origin: 'http://elsewhere.example' })
  await until('it was refused', () => raw.refused)
  expect(raw.refused).toBe(403)
})

test('what is no command, and more than a lesson needs, ends it', async () => {
  const silly = openRaw()
  await new Promise((resolve) => silly.socket.once('open', resolve))
  silly.socket.send('GET / HTTP/1.1')
  await until('it was ended', () => silly.closed)
  expect(silly.closed?.code).toBe(1008)

  const greedy = openRaw()
  await new Promise((resolve) => greedy.socket.once('open', resolve))
  const much = 'x'.repeat(150_000)
  for (let sent = 0; sent <= rawLimits.bytes; sent += much.length) greedy.say(much)
  await until('it was ended', () => greedy.closed)
  expect(greedy.closed?.code).toBe(1009)
})

test('so many raw connections and no more, and one that ended makes room', async () => {
  const open = await Promise.all(
    Array.from({ length: rawLimits.open }, async () => {
      const raw = openRaw()
      await until('it is connected', () => raw.events.some(({ event }) => event === 'connected'))
      return raw
    }),
  )
  const late = openRaw()
  await until('it was refused', () => late.closed)
  expect(late.closed?.code).toBe(1013)
  open[0]?.socket.close()
  await until('there is room again', async () => {
    const next = openRaw()
    await until('it is settled', () => next.closed ?? next.events.some(({ event }) => event === 'connected'))
    return next.closed === undefined
  })
})

test('raw connections do not keep a server from ending', async () => {
  const raw = openRaw()
  await until('it is connected', () => raw.events.some(({ event }) => event === 'connected'))
  await server.close()
  await until('it was told', () => raw.closed)
})

test('an upgrade to a lesson that does not exist is answered 404', async () => {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/lessons/nothing`)
  socket.on('error', () => {})
  const status = await new Promise((resolve) =>
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode)),
  )
  expect(status).toBe(404)
  socket.terminate()
})

/** Reads a room by long polling at `path`, 100 ms away, while messages come one by one until there are `enough`. */
async function readFromAfar(path: string, enough: (seqs: readonly number[], published: number) => boolean) {
  const room = 'afar'
  const seqs: number[] = []
  let published = 0
  let gaps = 0
  let open = false
  const connection = longPolling(
    {
      url: `http://127.0.0.1:${await linkAway()}`,
      room,
      fetch: (input, init) => fetch(String(input).replace('/long-polling', path), init),
    },
    {
      onEntry: ({ seq }) => seqs.push(seq),
      onGap: () => void gaps++,
      onStatus: ({ state }) => {
        open ||= state === 'open'
      },
    },
  )
  await until('it is open', () => open)
  await until('enough was written', async () => {
    const response = await fetch(`${server.url}/short-polling/${room}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"text":"hi"}',
    })
    published = (await response.json()).seq
    return enough(seqs, published)
  })
  // It is lost without a word: nobody was told.
  expect(gaps).toBe(0)
  return { seqs, read: () => until('the last is there', () => seqs.includes(published)), connection }
}

/** Seqs that lie before the newest and never came: the client takes entries in order only. */
const holesIn = (seqs: readonly number[]) => Math.max(0, ...seqs) - seqs.length

test('long polling brings every entry, also those that come between two polls', async () => {
  const { seqs, read, connection } = await readFromAfar(
    '/long-polling',
    (_seqs, published) => published >= 40,
  )
  await read()
  expect(seqs).toEqual(seqs.map((_, index) => index + 1))
  expect(seqs.length).toBeGreaterThanOrEqual(40)
  connection.close()
})

test('with the bug the same client on the same way misses entries, and no gap is announced', async () => {
  const { seqs, connection } = await readFromAfar(
    '/lessons/broken/between-polls',
    (seqs) => holesIn(seqs) >= 10,
  )
  expect(holesIn(seqs)).toBeGreaterThanOrEqual(10)
  connection.close()
})
