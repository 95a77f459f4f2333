import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { AppOptions } from '../../server/app.ts'
import { labWays } from '../../server/contract/sockets.ts'
import type { Log } from '../../server/feed/log.ts'
import { createMemoryLog } from '../../server/feed/memory-log.ts'
import { openSqliteLog } from '../../server/feed/sqlite-log.ts'
import { BINARY, CLOSE, frame, handshake, openWebSocket, TEXT } from '../support/frames.ts'
import { openRoom, startSession, type TestPerson } from '../support/people.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'
import { ask, request } from '../support/wire.ts'
import { createClients } from './clients.ts'
import type { Document } from './described.ts'

/**
 * The description of the two sockets against the sockets: real clients, a real server, each kind of message driven over
 * its wire, and each frame and packet that crosses held against the document. At the end everything that the document
 * says has crossed.
 */

let server: TestServer
let document: Document
let clients: ReturnType<typeof createClients>
let ada: TestPerson
let bob: TestPerson
const ends: (() => unknown)[] = []

const memory = createMemoryLog({ entriesPerRoom: 20, rooms: 6 })
let isBroken = false
const fails = () => Promise.reject(new Error('I/O error'))
const log: Log = {
  ...memory,
  append: (...asked) => (isBroken ? fails() : memory.append(...asked)),
  after: (...asked) => (isBroken ? fails() : memory.after(...asked)),
}

async function start(options: AppOptions): Promise<TestServer> {
  const other = await startServer(options)
  ends.push(other.close)
  return other
}

beforeAll(async () => {
  server = await start({ log })
  document = await (await fetch(`${server.url}/docs/asyncapi.json`)).json()
  clients = createClients(server, document)
  ends.push(clients.close)
  ada = await startSession(server.url, 'Ada')
  bob = await startSession(server.url, 'Bob')
})
afterAll(async () => {
  for (const end of ends.reverse()) await end()
})

const openSocket: typeof clients.openSocket = (...asked) => clients.openSocket(...asked)
const openNamespace: typeof clients.openNamespace = (...asked) => clients.openNamespace(...asked)
const bearer = ({ token }: TestPerson) => ({ Authorization: `Bearer ${token}` })

/**
 * The lobby is forgotten and born again, with a later seq, for rooms that came between had more entries: where a live
 * reader of it stands, only the log can say.
 */
async function rebirth() {
  for (let n = 0; n < 28; n++) {
    if (n % 2 === 0) rooms++
    await memory.append(`new-${rooms}`, { text: 'hi' }, undefined)
  }
  await memory.append('lobby', { text: 'hi' }, undefined)
}
let rooms = 0

test('the document is AsyncAPI 3.0, and the same as YAML and as JSON', async () => {
  const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json')
  const valid = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema)
  valid(document)
  expect(valid.errors ?? []).toEqual([])
  const response = await fetch(`${server.url}/docs/asyncapi.yaml`)
  expect(response.headers.get('content-type')).toBe('application/yaml')
  expect(parse(await response.text())).toEqual(document)
  expect(document.servers.websocket.host).toBe(`127.0.0.1:${server.port}`)
})

test('every reference leads somewhere, and every example is of its own schema', () => {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path)
  const lead = (path: string) =>
    path.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document)
  expect(refs.length).toBeGreaterThan(50)
  expect(refs.filter((path) => lead(path) === undefined)).toEqual([])
  const ajv = new Ajv({ strict: false })
  const wrong = Object.entries(document.components.messages).flatMap(([name, { payload, examples }]) => {
    const valid = ajv.compile({ ...payload, components: document.components })
    return examples
      .filter((example) => !valid(example.payload))
      .map(() => `${name}: ${ajv.errorsText(valid.errors)}`)
  })
  expect(wrong).toEqual([])
})

const draft = { text: 'hi', id: 'a1-7', sentAt: 1763668800000.25, name: 'Ada' }

test('WebSocket: the feed, in a room of the URL and in rooms that are joined', async () => {
  const lobby = await openSocket('/websocket/lobby?client=ada&presence=0')
  await lobby.hears('presence')
  lobby.say({ publish: draft })
  await lobby.hears('receipt')
  await lobby.hears('entry')
  lobby.say({ publish: draft, room: 'lobby' })
  await until(
    'a repeat gets the same receipt',
    () => lobby.heard.filter((each) => 'receipt' in each).length === 2,
  )
  lobby.say({ publish: { ...draft, text: 'ho', kind: 'text' } })
  await lobby.isRefused('id-taken')
  lobby.say({ publish: { text: 'hi', id: 'a1-8' }, room: 'lobby' })
  lobby.say({ ping: true })
  await lobby.hears('pong')
  lobby.say({ typing: 'lobby' })
  lobby.say({ away: true })
  const many = await openSocket('/websocket', bearer(ada))
  many.say({ join: 'lobby', after: 'zzzz.7', presence: true })
  await many.hears('gap')
  await until('who types and is away is told', () => /"away":true/.test(JSON.stringify(many.heard)))
  many.say({ join: 'lobby', after: null })
  many.say({ leave: 'lobby' })
  await many.hears('left')
})

test('Socket.IO: the feed', async () => {
  const chat = await openNamespace('/chat', { query: { client: 'ada' } })
  await chat.emit('join', { room: 'lobby', after: '0', presence: true })
  await chat.hears('presence')
  const receipt = await chat.emit('publish', { room: 'attic', draft })
  expect(await chat.emit('publish', { room: 'attic', draft })).toEqual(receipt)
  expect(
    await chat.emit('publish', { room: 'attic', draft: { ...draft, text: 'ho', kind: 'text' } }),
  ).toMatchObject({
    error: { code: 'id-taken' },
  })
  await chat.emit('join', { room: 'attic', after: '0' })
  await chat.hears('entry')
  await chat.emit('typing', { room: 'lobby' })
  await chat.emit('away', { away: true })
  await chat.emit('join', { room: 'attic', after: 'zzzz.7' })
  await chat.hears('gap')
  await chat.emit('join', { room: 'attic', after: null })
  await chat.emit('leave', { room: 'attic' })
})

test('both: people, their presence, signals, and being removed', async () => {
  const direct = await ada.room('POST', '/rooms', { with: bob.id })
  const socket = await openSocket(`/websocket/${direct.room}?presence=0`, bearer(ada))
  const chat = await openNamespace('/chat', { auth: { token: bob.token } })
  await chat.emit('join', { room: 'quiet', presence: true })
  await chat.hears('presence')
  await chat.emit('join', { room: direct.room, presence: true })
  const signal = { kind: 'signal', data: { sdp: 'v=0' }, to: ada.id }
  await chat.emit('publish', { room: direct.room, draft: signal })
  await chat.emit('publish', { room: direct.room, draft: { text: 'hi', id: 'a1-7' } })
  socket.say({ publish: { ...signal, to: bob.id } })
  await socket.hears('receipt')
  await chat.hears('entry')
  await chat.emit('typing', { room: direct.room })
  await chat.emit('away', { away: true })
  socket.say({ typing: direct.room })
  socket.say({ away: true })
  const isTold = () => /"typing":\[\{[^\]]*"id"/.test(JSON.stringify(socket.heard))
  await until('it is told', () => isTold() && /"away":true/.test(JSON.stringify(socket.heard)))

  const cleo = await startSession(server.url, 'Cleo')
  const { room } = await openRoom(ada, cleo)
  const ofTheUrl = await openSocket(`/websocket/${room}`, bearer(cleo))
  const joined = await openSocket('/websocket', bearer(cleo))
  joined.say({ join: room })
  await joined.hears('joined')
  const cleos = await openNamespace('/chat', { auth: { token: cleo.token } })
  await cleos.emit('join', { room })
  expect((await ada.ask('DELETE', `/rooms/${room}/members/${cleo.id}`)).status).toBe(204)
  expect(await ofTheUrl.ends()).toBe(4403)
  await joined.isRefused('removed')
  await cleos.hears('removed')
})

test('both: what is refused, by its code', async () => {
  const socket = await openSocket('/websocket')
  const chat = await openNamespace('/chat')
  socket.blurt('hello')
  await socket.isRefused('bad-frame')
  socket.blurt('{"publish":{"text":"hi"},"room":"UP"}')
  await socket.isRefused('bad-room')
  expect(await chat.blurt('leave', { room: 'UP' })).toBe('bad-room')
  socket.blurt('{"join":"lobby","after":"x"}')
  await socket.isRefused('bad-cursor')
  expect(await chat.blurt('join', { room: 'lobby', after: 'x' })).toBe('bad-cursor')
  socket.blurt('{"publish":{"id":"a-1"},"room":"lobby"}')
  await socket.isRefused('bad-draft')
  expect(await chat.blurt('publish', { room: 'lobby', draft: {} })).toBe('bad-draft')
  expect(await chat.blurt('away', { away: 1 })).toBe('bad-request')
  socket.say({ join: `private-${'a'.repeat(32)}` })
  await socket.isRefused('not-found')
  expect(await chat.emit('typing', { room: `private-${'a'.repeat(32)}` })).toMatchObject({
    error: { code: 'not-found' },
  })

  isBroken = true
  socket.say({ publish: { text: 'hi' }, room: 'lobby' })
  await socket.isRefused('internal')
  expect(await chat.emit('publish', { room: 'lobby', draft: { text: 'hi' } })).toMatchObject({
    error: { code: 'internal' },
  })
  isBroken = false
})

test('both: what a server refuses that is limited, late, or full', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wireside-described-'))
  ends.push(() => rmSync(folder, { recursive: true }))
  let late = 0
  const full = await openSqliteLog(folder, { bytes: 400_000, rooms: 2 })
  const other = await start({
    log: full,
    limits: { loopback: { publishesByClient: 4 }, lateness: () => late },
  })
  const socket = await openSocket('/websocket', {}, other)
  const chat = await openNamespace('/chat', { to: other })
  for (const code of ['log-unavailable', 'overloaded', 'too-many']) {
    if (code === 'log-unavailable') {
      const text = 'x'.repeat(4_000)
      await expect(
        (async () => {
          for (;;) await full.append('lobby', { text, id: 'x' }, undefined)
        })(),
      ).rejects.toMatchObject({ code })
    }
    late = code === 'overloaded' ? 10_000 : 0
    const text = 'x'.repeat(4_000)
    await until(`the ack says ${code}`, async () => {
      const reply = await chat.emit('publish', { room: 'lobby', draft: { text } })
      return reply.error?.code === code
    })
    const isHeard = () =>
      socket.heard.some(({ error }) => (error as { code: string } | undefined)?.code === code)
    await until(`${code} is heard`, () => {
      if (!isHeard()) socket.say({ publish: { text }, room: 'lobby' })
      return isHeard()
    })
  }
})

test('both: a session that runs out', async () => {
  const brief = await start({ sessions: { life: 1_500 } })
  const dan = await startSession(brief.url, 'Dan')
  const socket = await openSocket('/websocket', bearer(dan), brief)
  const inRoom = await openSocket('/websocket/lobby', bearer(dan), brief)
  const chat = await openNamespace('/chat', { auth: { token: dan.token }, to: brief })
  expect([await socket.ends(), await inRoom.ends()]).toEqual([4401, 4401])
  await chat.hears('expired')
  expect(await chat.ends()).toBe('io server disconnect')
  const late = await openNamespace('/chat', { auth: { token: dan.token }, to: brief })
  expect(late.refused).toMatch(/expired/)
  const stranger = await openNamespace('/chat', { auth: { token: 'x' }, to: brief })
  expect(stranger.refused).toMatch(/token/)
})

test.each(['/lab', '/lab/abcd1234', '/lab-admin', '/lab-admin/abcd1234'])(
  'Socket.IO: %s',
  async (namespace) => {
    const auth = namespace.startsWith('/lab-admin') ? { token: 'open-sesame' } : undefined
    const one = await openNamespace(namespace, auth ? { auth } : {})
    const two = await openNamespace(namespace, auth ? { auth } : {})
    for (const { socket } of [one, two]) socket.on('asked', (_said, answer) => answer('here'))
    expect(await one.emit('do', { what: 'join', room: 'red' })).toMatchObject({
      rooms: [one.socket.id, 'red'],
    })
    expect(await two.emit('do', { what: 'join', room: 'red' })).toMatchObject({
      rooms: [two.socket.id, 'red'],
    })
    for (const what of labWays.filter((way) => way.includes('.')))
      await one.emit('do', { what, room: 'red', text: 'hi' })
    // Where nobody is in the room, whoever is excepted is nobody.
    await one.emit('do', { what: 'io.except', room: 'blue' })
    await two.hears('asked')
    await one.emit('do', { what: 'leave', room: 'red' })
    expect(await one.blurt('do', { what: 'shout' })).toBe('bad-draft')
    expect(await one.blurt('do', { what: 'join', room: 'UP' })).toBe('bad-room')
    await until(
      'it is too fast',
      async () => (await one.emit('do', { what: 'io.to' })).error?.code === 'too-many',
    )
    await two.emit('do', { what: 'disconnect' })
    expect(await two.ends()).toBe('io server disconnect')
    one.babble()
    expect(await one.ends()).toBe('transport close')
  },
)

test('Socket.IO: a token that does not open the lab', async () => {
  for (const namespace of ['/lab-admin', '/lab-admin/abcd1234'])
    expect((await openNamespace(namespace, { auth: { token: 'a guess' } })).refused).toMatch(/does not open/)
})

test.each(['/websocket', '/websocket/lobby'])('WebSocket: how %s ends, by its code', async (path) => {
  const channel = path === '/websocket' ? 'websocket' : 'websocketRoom'
  const wrong: [number, Buffer][] = [
    [1002, frame(TEXT, '{}', { masked: false })],
    [1003, frame(BINARY, '{}')],
    [1007, frame(TEXT, Buffer.from('ff', 'hex'))],
    [1008, Buffer.concat(Array.from({ length: 10 }, () => frame(TEXT, 'hello')))],
    [1009, frame(TEXT, 'x'.repeat(65_537))],
  ]
  for (const [code, bytes] of wrong) {
    const socket = await openWebSocket(server.port, path)
    socket.send(bytes)
    expect(await socket.end()).toBe(code)
    const close = socket.frames.find(({ opcode }) => opcode === CLOSE)
    clients.witness.end(channel, code, String(close?.payload.subarray(2) ?? ''))
    socket.hangUp()
  }

  const reader = await openSocket(path)
  if (path === '/websocket') reader.say({ join: 'lobby' })
  await reader.hears('joined')
  isBroken = true
  await rebirth()
  expect(await reader.ends()).toBe(1011)
  isBroken = false

  const before = new Set(server.app.websocketServer.clients)
  const slow = await openSocket(path)
  if (path === '/websocket') slow.say({ join: 'lobby' })
  await slow.hears('joined')
  slow.socket.pause()
  const [end] = [...server.app.websocketServer.clients].filter((socket) => !before.has(socket))
  await until('it is cut', async () => {
    for (let n = 0; n < 20; n++) await memory.append('lobby', { text: 'x'.repeat(4_000) }, undefined)
    return end?.readyState === end?.CLOSING
  })
  slow.socket.resume()
  expect(await slow.ends()).toBe(1013)
})

test('Socket.IO: a log that fails cuts, and a server that goes says so', async () => {
  const chat = await openNamespace('/chat')
  await chat.emit('join', { room: 'lobby' })
  isBroken = true
  await rebirth()
  expect(await chat.ends()).toBe('transport close')
  isBroken = false
  const other = await start({})
  const goes = await openNamespace('/chat', { to: other })
  const sockets = [await openSocket('/websocket', {}, other), await openSocket('/websocket/lobby', {}, other)]
  await other.close()
  expect(await goes.ends()).toBe('io server disconnect')
  for (const socket of sockets) expect(await socket.ends()).toBe(1012)
})

const engine = '/socket.io/?EIO=4&transport=websocket'
const handshakes: [string, string, string][] = [
  ['websocket', '/websocket', '?'],
  ['websocketRoom', '/websocket/lobby', '?'],
  ...['chat', 'lab', 'labPage', 'labAdmin', 'labAdminPage'].map((channel): [string, string, string] => [
    channel,
    engine,
    '&',
  ]),
]
test.each(handshakes)('%s: whose handshake is refused', async (channel, path, and) => {
  const isEngine = path === engine
  const refused = async (to: TestServer, bytes: Buffer) => {
    const { status, code } = await ask(to.port, bytes)
    expect(status).toBeGreaterThanOrEqual(400)
    clients.witness.refusal(channel, status, code)
  }
  await refused(server, handshake(path, { Origin: 'https://evil.example' }))
  await refused(server, handshake(path, { Host: 'evil.example' }))
  await refused(server, handshake(`${path}${and}client=a.b`))
  if (!isEngine) {
    await refused(server, handshake(`${path}?after=x`))
    await refused(server, handshake('/websocket/UP'))
    await refused(server, handshake(path, { Authorization: 'Bearer x' }))
    await refused(server, request('GET', path))
    const brief = await start({ sessions: { life: 50 } })
    const { token } = await startSession(brief.url, 'Dan')
    await until('it has expired', async () => {
      const answer = await ask(brief.port, handshake(path, { Authorization: `Bearer ${token}` }))
      if (answer.status === 401) clients.witness.refusal(channel, answer.status, answer.code)
      return answer.status === 401
    })
  }
  const crowded = await start({ limits: { loopback: { connections: 0 } } })
  await refused(crowded, handshake(path))
  const late = await start({ limits: { lateness: () => 10_000 } })
  await refused(late, handshake(path))
})

test('nothing crossed that the document does not know, and nothing stands in it that did not cross', () => {
  expect(clients.faults.map(String)).toEqual([])
  expect(clients.witness.unseen()).toEqual(rare)
})

/** What takes an accident: a word said in the very millisecond in which the session ends, and a fault of the lab's own. */
const rare = [
  'websocket.error .error.code=expired',
  'chat.error .error.code=expired',
  'lab.error .error.code=internal',
]
