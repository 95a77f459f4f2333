import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { storm } from '../../scenarios/bench/storm.ts'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import type { Presence } from '../../server/contract/wire.ts'
import { connectReader, type TestReader } from '../support/client.ts'
import { frame, openWebSocket, TEXT } from '../support/frames.ts'
import { openRoom, startSession, type TestPerson } from '../support/people.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'
import { ask, post, request } from '../support/wire.ts'

/** Who is here and who is typing, on every transport: what a watcher on another one is told of them. */

let server: TestServer
let ada: TestPerson
let bob: TestPerson
let rooms = 0

beforeAll(async () => {
  // A connection that is cut is waited for half a heartbeat.
  server = await startServer({ heartbeat: 600 })
  ada = await startSession(server.url, 'Ada')
  bob = await startSession(server.url, 'Bob')
})
afterAll(() => server.close())

function read(name: TransportName, room: string, more: Partial<Parameters<typeof connectReader>[1]> = {}) {
  const reader = connectReader(name, {
    url: server.url,
    room,
    asksPresence: true,
    heartbeat: 0.6,
    wait: 2,
    interval: 0.1,
    ...more,
  })
  onTestFinished(reader.close)
  return reader
}

const latest = ({ presences }: TestReader): Presence | undefined => presences.at(-1)
const online = (reader: TestReader) =>
  latest(reader)
    ?.online.map(({ name }) => name)
    .sort() ?? []
const found = (reader: TestReader, who: string) => latest(reader)?.online.find(({ name }) => name === who)
const typing = (reader: TestReader) => latest(reader)?.typing.map(({ name }) => name) ?? []
const newRoom = () => `presence-${++rooms}`

test.each(transportNames)('%s: who comes is seen, and sees themselves; who goes is gone', async (name) => {
  const room = newRoom()
  const watcher = read('websocket', room, { token: ada.token })
  await until('Ada is there', () => online(watcher).includes('Ada'))
  const reader = read(name, room, { token: bob.token, client: 'bobs' })
  await until('both see both', () => [watcher, reader].every((each) => online(each).join() === 'Ada,Bob'))
  expect(found(watcher, 'Bob')).toEqual({ name: 'Bob', id: bob.id })
  expect(latest(watcher)).toEqual(latest(reader))
  reader.close()
  await until('Bob is gone', () => online(watcher).join() === 'Ada', 10)
  const versions = watcher.presences.map(({ v }) => v)
  expect(versions).toEqual([...versions].sort((a, b) => a - b))
  expect(new Set(versions).size).toBe(versions.length)
})

test.each(transportNames)(
  '%s: typing is seen, and fades after 5 s, or when it is published',
  async (name) => {
    const room = newRoom()
    const watcher = read('sse', room, { token: ada.token })
    const reader = read(name, room, { token: bob.token })
    await until('Bob is there', () => online(watcher).includes('Bob'))
    await reader.open()
    reader.says.typing()
    await until('Bob types', () => typing(watcher).join() === 'Bob')
    const since = performance.now()
    expect(latest(watcher)?.typing).toEqual([{ name: 'Bob', id: bob.id }])
    await until('Bob types no more', () => typing(watcher).length === 0, 10)
    expect(performance.now() - since).toBeGreaterThan(4_000)
    expect(performance.now() - since).toBeLessThan(6_500)
    reader.says.typing()
    await until('Bob types again', () => typing(watcher).join() === 'Bob')
    const published = performance.now()
    await reader.publish({ text: 'there it is' })
    await until('Bob has said it', () => typing(watcher).length === 0)
    expect(performance.now() - published).toBeLessThan(2_000)
  },
)

test.each(transportNames)('%s: a hidden tab is away, and comes back', async (name) => {
  const room = newRoom()
  const watcher = read('socket-io', room, { token: ada.token })
  const reader = read(name, room, { token: bob.token, client: 'tab' })
  await until('Bob is there', () => online(watcher).includes('Bob'))
  await reader.open()
  reader.says.away(true)
  await until('Bob is away', () => found(watcher, 'Bob')?.away === true)
  reader.says.away(false)
  await until('Bob is back', () => online(watcher).includes('Bob') && !found(watcher, 'Bob')?.away)
})

test('many devices are one person, who is away when all of them are', async () => {
  const room = newRoom()
  const watcher = read('websocket', room, { token: ada.token })
  const devices = transportNames.map((name) => read(name, room, { token: bob.token, client: name }))
  for (const device of devices) await device.open()
  await until('they are two', () => online(watcher).join() === 'Ada,Bob')
  for (const device of devices.slice(1)) device.says.away(true)
  // Said by typing, which comes after: one device is still looked at.
  await until('the others have heard', async () => {
    devices[0]?.says.typing()
    return typing(watcher).length === 1
  })
  expect(found(watcher, 'Bob')).toEqual({ name: 'Bob', id: bob.id })
  devices[0]?.says.away(true)
  await until('Bob is away', () => found(watcher, 'Bob')?.away === true)
  for (const device of devices.slice(1)) device.close()
  devices[0]?.says.away(false)
  await until('one device is enough', () => found(watcher, 'Bob')?.away === undefined)
  expect(online(watcher)).toEqual(['Ada', 'Bob'])
})

test.each(transportNames)('%s: guests who ask are listed, by the name of their last draft', async (name) => {
  const room = newRoom()
  const watcher = read('long-polling', room, { token: ada.token, client: 'watcher' })
  const asking = read(name, room, { client: 'guest-1' })
  const lane = read(name, room, { client: 'guest-2', asksPresence: false })
  await lane.open()
  await until('the one who asks is there', () => online(watcher).join() === 'Ada,guest')
  await asking.publish({ text: 'hi', name: 'Zoe' })
  await until('they have a name', () => online(watcher).join() === 'Ada,Zoe')
  expect(lane.presences).toEqual([])
})

test('who holds a session is seen also where they do not ask', async () => {
  const room = newRoom()
  const watcher = read('sse', room, { token: ada.token })
  const quiet = read('websocket', room, { token: bob.token, asksPresence: false })
  await until('Bob is there', () => online(watcher).includes('Bob'))
  expect(quiet.presences).toEqual([])
})

test('on the wire: a page, an event, a frame', async () => {
  const room = newRoom()
  const bearer = { Authorization: `Bearer ${ada.token}` }
  const poll = async (query: string) =>
    JSON.parse((await ask(server.port, request('GET', `/short-polling/${room}?${query}`, bearer))).body)
  const { presence } = await poll('presence=0')
  expect(presence).toEqual({ v: expect.any(Number), online: [{ name: 'Ada', id: ada.id }], typing: [] })
  expect(await poll(`presence=${presence.v}`)).not.toHaveProperty('presence')
  expect(await poll('')).not.toHaveProperty('presence')
  for (const query of ['presence=', 'presence=x', 'presence=-1', 'presence=0&presence=0'])
    expect((await ask(server.port, request('GET', `/sse/${room}?${query}`))).code).toBe('bad-query')

  const socket = await openWebSocket(server.port, '/websocket')
  onTestFinished(socket.hangUp)
  socket.send(textFrame({ join: room, presence: true }))
  await socket.heard('"presence"')
  const told = socket.texts.map((text) => JSON.parse(text))
  expect(told.map((message) => Object.keys(message).join())).toEqual(['joined,cursor', 'presence,room'])
  expect(told[1].room).toBe(room)
  expect(told[1].presence.online.map(({ name }: { name: string }) => name)).toContain('guest')
  for (const path of ['short-polling', 'long-polling', 'sse']) {
    expect((await ask(server.port, request('POST', `/${path}/${room}/typing`, bearer))).status).toBe(204)
    expect((await ask(server.port, post(`/${path}/${room}/typing`, '{}', bearer))).status).toBe(204)
    expect((await ask(server.port, post(`/${path}/${room}/away`, '{"away":1}', bearer))).status).toBe(400)
    expect((await ask(server.port, request('POST', `/${path}/UP/typing`))).code).toBe('bad-room')
  }
})

test('a long poll that has the latest waits, and returns when it changes', async () => {
  const room = newRoom()
  const path = `${server.url}/long-polling/${room}?client=waiter`
  const headers = { Authorization: `Bearer ${ada.token}` }
  const first = (await (await fetch(`${path}&presence=0&wait=0`, { headers })).json()) as {
    cursor: string
    presence: Presence
  }
  const { v } = first.presence
  const waits = fetch(`${path}&presence=${v}&after=${first.cursor}&wait=60`, { headers })
  const comes = read('sse', room, { token: bob.token })
  await comes.open()
  const page = (await (await waits).json()) as { entries: unknown[]; presence: Presence }
  expect(page.entries).toEqual([])
  expect(page.presence.v).toBeGreaterThan(v)
  expect(page.presence.online.map(({ name }) => name)).toEqual(['Ada', 'Bob'])
})

test.each(transportNames)('%s: typing is limited with what is published, by session', async (name) => {
  const limited = await startServer({ limits: { loopback: { publishesByClient: 2 } } })
  onTestFinished(limited.close)
  const cleo = await startSession(limited.url, 'Cleo')
  const refusals: string[] = []
  if (name === 'websocket') {
    const { WebSocket } = await import('ws')
    const headers = { Authorization: `Bearer ${cleo.token}` }
    const socket = new WebSocket(`${limited.url}/websocket`.replace('http', 'ws'), { headers })
    onTestFinished(() => socket.terminate())
    socket.on('message', (data) => {
      const { error } = JSON.parse(String(data))
      if (error) refusals.push(error.code)
    })
    await until('it is open', () => socket.readyState === socket.OPEN)
    for (let n = 0; n < 3; n++) socket.send('{"typing":"lobby"}')
  } else if (name === 'socket-io') {
    const { io } = await import('socket.io-client')
    const socket = io(`${limited.url}/chat`, { forceNew: true, auth: { token: cleo.token } })
    onTestFinished(() => void socket.disconnect())
    for (let n = 0; n < 3; n++) {
      socket.emit('typing', { room: 'lobby' }, (reply: { error?: { code: string } }) => {
        if (reply.error) refusals.push(reply.error.code)
      })
    }
  } else {
    const bearer = { Authorization: `Bearer ${cleo.token}` }
    for (let n = 0; n < 3; n++) {
      const answer = await ask(limited.port, request('POST', `/${name}/lobby/typing`, bearer))
      if (answer.status !== 204) refusals.push(`${answer.code}`)
      if (answer.status === 429) expect(answer.headers['retry-after']).toBe('1')
    }
  }
  await until('one is refused', () => refusals.length > 0)
  expect(refusals).toEqual(['too-many'])
})

test.each(transportNames)('%s: who is removed is here no more, and told nothing more', async (name) => {
  const cleo = await startSession(server.url, 'Cleo')
  const { room } = await openRoom(ada, cleo)
  const watcher = read('websocket', room, { token: ada.token })
  const reader = read(name, room, { token: cleo.token })
  await until('they see each other', () => online(reader).includes('Ada') && online(watcher).includes('Cleo'))
  reader.says.typing()
  await until('Cleo types', () => typing(watcher).includes('Cleo'))
  const told = reader.presences.length
  expect((await ada.ask('DELETE', `/rooms/${room}/members/${cleo.id}`)).status).toBe(204)
  await until('Cleo is gone', () => online(watcher).join() === 'Ada' && typing(watcher).length === 0, 1)
  await until('Cleo is told', () => reader.statuses.at(-1)?.state === 'closed')
  expect(reader.presences.slice(told).flatMap((presence) => presence.typing)).toEqual([])
})

test('the meter enters presence as control, and no entry', async () => {
  const room = newRoom()
  const readers = transportNames.map((name) =>
    read(name, room, { client: `meter-${name}`, token: ada.token }),
  )
  for (const reader of readers) await until('it is told', () => reader.presences.length > 0)
  const guest = read('sse', room)
  for (const reader of readers) await until('it is told of both', () => online(reader).length === 2)
  guest.close()
  for (const reader of readers) await until('it is told of one', () => online(reader).length === 1)
  for (const name of transportNames) {
    const tally = (await server.meter(`meter-${name}`))[name]
    expect(tally.entriesOut).toBe(0)
    expect(tally.payloadBytesOut).toBe(0)
    expect(tally.controlBytesOut).toBeGreaterThan(3 * '{"v":1,"online":[],"typing":[]}'.length)
    expect(tally.headBytesOut + tally.controlBytesOut).toBeLessThanOrEqual(tally.bytesOut)
  }
})

test('a stream of events that said it is there, and then says nothing, is a ghost no longer than 2.5 heartbeats', async () => {
  const room = newRoom()
  const watcher = read('websocket', room, { token: ada.token })
  // It stays open, and nobody reads it: what a half-open connection looks like from the server.
  const stream = new AbortController()
  onTestFinished(() => stream.abort())
  const headers = { Authorization: `Bearer ${bob.token}`, 'Content-Type': 'application/json' }
  const response = await fetch(`${server.url}/sse/${room}?presence=0&client=ghost`, {
    headers,
    signal: stream.signal,
  })
  await until('Bob is there', () => online(watcher).includes('Bob'))
  const body = '{"away":false}'
  await fetch(`${server.url}/sse/${room}/away?client=ghost`, { method: 'POST', headers, body })
  const since = performance.now()
  await until('Bob is gone', () => online(watcher).join() === 'Ada', 5)
  expect(performance.now() - since).toBeLessThan(2.5 * 600 + 1_000)
  await fetch(`${server.url}/sse/${room}/away?client=ghost`, { method: 'POST', headers, body })
  await until('a sign of life brings him back', () => online(watcher).includes('Bob'))
  // Asked for so late because a response that nobody refers to is collected, and its connection ended with it.
  expect(response.bodyUsed).toBe(false)
})

test('300 people who come, type and go at random: every watcher ends up with the truth, told 4 times a second at most', async () => {
  const roomy = await startServer()
  onTestFinished(roomy.close)
  const watched = await storm({ url: roomy.url, people: 300, seconds: 4, seed: 7 })
  for (const { name, updates, convergedMs } of watched) {
    expect([name, convergedMs !== undefined && updates > 3]).toEqual([name, true])
    // Typing fades after 5 s, and a short poll is waited for 8 s at most.
    expect(convergedMs).toBeLessThan(12_000)
  }
  // What is held up on the way comes together, so that a second may see five; in all there are no more for it. The first
  // comes at once.
  const told = watched.map(({ name, updates, toldFor }) => ({ name, updates, toldFor }))
  expect(told.filter(({ updates, toldFor }) => updates > 1 + 4 * toldFor)).toEqual([])
})

const textFrame = (message: object) => frame(TEXT, JSON.stringify(message))
