import { createHash, createHmac } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { bystanders } from '../support/bystanders.ts'
import { frame, handshake, openWebSocket, TEXT } from '../support/frames.ts'
import { startSession } from '../support/people.ts'
import { printTable } from '../support/table.ts'
import { until } from '../support/until.ts'
import { ask, post, request, said } from '../support/wire.ts'

/** Tokens that are none, on every way in that takes one: 401, and whoever is beside it notices nothing. */
const secret = 'a secret of sixteen or more'
const beside = bystanders({ sessions: { secret } })

const base64url = (value: string | object) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const key = createHash('sha256').update(`token ${secret}`).digest()

/** A token made by hand, so that each part can be wrong by itself (RFC 7515 §5.1). */
function tokenOf(claims: object, header: object = { alg: 'HS256', typ: 'JWT' }, signedWith: Buffer = key) {
  const signed = `${base64url(header)}.${base64url(claims)}`
  return `${signed}.${createHmac('sha256', signedWith).update(signed).digest('base64url')}`
}

const second = () => Math.floor(Date.now() / 1000)
const claims = () => ({
  iss: 'wireside',
  sub: 'a'.repeat(16),
  name: 'Ada',
  iat: second(),
  exp: second() + 3_600,
})
const without = (name: string) => Object.fromEntries(Object.entries(claims()).filter(([key]) => key !== name))
const good = () => tokenOf(claims())

const faults: [what: string, token: () => string, code?: string][] = [
  ['garbage', () => 'garbage'],
  ['one part', () => good().split('.')[0] ?? ''],
  ['two parts', () => good().split('.').slice(0, 2).join('.')],
  ['four parts', () => `${good()}.x`],
  ['empty parts', () => '..'],
  ['no header', () => good().replace(/^[^.]*/, '')],
  ['no claims', () => good().replace(/\..*\./, '..')],
  ['no signature', () => good().replace(/[^.]*$/, '')],
  ['a header that is no JSON', () => good().replace(/^[^.]*/, base64url('{'))],
  ['claims that are a list', () => tokenOf([])],
  ['alg none, unsigned', () => `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(claims())}.`],
  ['alg none, signed', () => tokenOf(claims(), { alg: 'none', typ: 'JWT' })],
  ['alg NONE', () => tokenOf(claims(), { alg: 'NONE', typ: 'JWT' })],
  ['alg HS512', () => tokenOf(claims(), { alg: 'HS512', typ: 'JWT' })],
  ['alg RS256', () => tokenOf(claims(), { alg: 'RS256', typ: 'JWT' })],
  ['no alg', () => tokenOf(claims(), { typ: 'JWT' })],
  ['a critical extension', () => tokenOf(claims(), { alg: 'HS256', typ: 'JWT', crit: ['x'], x: 1 })],
  ['the wrong key', () => tokenOf(claims(), undefined, Buffer.from('another key'))],
  ['an empty key', () => tokenOf(claims(), undefined, Buffer.alloc(0))],
  ['another signature', () => good().replace(/[^.]*$/, tokenOf({}).split('.')[2] ?? '')],
  [
    'other claims under the signature',
    () => good().replace(/\..*\./, `.${base64url({ ...claims(), name: 'Eve' })}.`),
  ],
  ['expired', () => tokenOf({ ...claims(), iat: second() - 100, exp: second() - 10 }), 'expired'],
  ['older than any may be', () => tokenOf({ ...claims(), iat: second() - 100_000 }), 'expired'],
  ['not yet valid', () => tokenOf({ ...claims(), nbf: second() + 3_600 })],
  ['from the future', () => tokenOf({ ...claims(), iat: second() + 3_600 })],
  ['without an end', () => tokenOf(without('exp'))],
  ['without a beginning', () => tokenOf(without('iat'))],
  ['without a person', () => tokenOf(without('sub'))],
  ['without a name', () => tokenOf(without('name'))],
  ['of another issuer', () => tokenOf({ ...claims(), iss: 'elsewhere' })],
  ['an end that is a string', () => tokenOf({ ...claims(), exp: 'never' })],
  ['a person that is no id', () => tokenOf({ ...claims(), sub: '__proto__' })],
  ['a name that is an object', () => tokenOf({ ...claims(), name: { a: 1 } })],
  ['10 kB', () => tokenOf({ ...claims(), padding: 'x'.repeat(7_000) })],
  ['10 kB of one letter', () => 'x'.repeat(10_240)],
]

/** Every way in by HTTP, and the handshake. */
const ways: [what: string, ask: (headers: Record<string, string>) => Buffer][] = [
  ['a short poll', (headers) => request('GET', '/short-polling/lobby', headers)],
  ['a long poll', (headers) => request('GET', '/long-polling/lobby?wait=0', headers)],
  ['an event stream', (headers) => request('GET', '/sse/lobby', headers)],
  ['a POST', (headers) => post('/sse/lobby', '{"text":"hi"}', headers)],
  ['a WebSocket', (headers) => handshake('/websocket/lobby', headers)],
  ['a WebSocket that joins later', (headers) => handshake('/websocket', headers)],
  ['who am I', (headers) => request('GET', '/session', headers)],
  ['my rooms', (headers) => request('GET', '/rooms', headers)],
  ['a new room', (headers) => post('/rooms', '{"name":"Homework"}', headers)],
  ['history', (headers) => request('GET', '/rooms/lobby/history', headers)],
  ['a renewal', (headers) => post('/session', '{}', headers)],
]

const table: string[][] = [['token', 'expected', 'bearer', 'cookie', 'Socket.IO']]
afterAll(() => printTable('Bad input: tokens, on every way in that takes one', table))

test('a token made by hand is good, or none of these would say anything', async () => {
  const bearer = { Authorization: `Bearer ${good()}` }
  const statuses = await Promise.all(
    ways
      .filter(([what]) => !/stream|POST|room|renewal/.test(what))
      .map(async ([, bytes]) => (await ask(beside.port, bytes(bearer))).status),
  )
  expect(statuses).toEqual([200, 200, 101, 101, 200, 200])
  expect((await connectOverSocketIo(good())).startsWith('40/chat,{"sid"')).toBe(true)
})

test.each(faults)('%s is 401 on every way in', async (what, token, code = 'unauthorized') => {
  const { cookie } = await startSession(beside.url, 'Ada')
  const name = cookie.split('=')[0]
  const bearers = new Set<string>()
  const cookies = new Set<string>()
  for (const [, bytes] of ways) {
    bearers.add(said(await ask(beside.port, bytes({ Authorization: `Bearer ${token()}` }))))
    cookies.add(said(await ask(beside.port, bytes({ Cookie: `${name}=${token()}` }))))
  }
  const connect = JSON.parse((await connectOverSocketIo(token())).replace(/^44\/chat,/, ''))
  const expected = `401 ${code}`
  table.push([what, expected, [...bearers].join(', '), [...cookies].join(', '), connect.data?.code])
  expect([[...bearers], [...cookies]]).toEqual([[expected], [expected]])
  expect(connect).toMatchObject({ message: expect.any(String), data: { code } })
})

const headers: [what: string, lines: () => string][] = [
  ['two bearers', () => `Authorization: Bearer ${good()}\r\nAuthorization: Bearer ${good()}`],
  ['two bearers in one', () => `Authorization: Bearer ${good()}, Bearer ${good()}`],
  ['two tokens in one', () => `Authorization: Bearer ${good()} ${good()}`],
  ['no token', () => 'Authorization: Bearer'],
  ['an empty header', () => 'Authorization:'],
  ['another scheme', () => 'Authorization: Basic YWRhOnNlY3JldA=='],
  ['no scheme', () => `Authorization: ${good()}`],
  ['bytes that are not ASCII', () => 'Authorization: Bearer \xff\xfe'],
]
test.each(headers)('%s is 401', async (what, lines) => {
  const answers = new Set<string>()
  for (const [, bytes] of ways) {
    const plain = bytes({ 'X-Here': '1' }).toString('latin1')
    answers.add(said(await ask(beside.port, Buffer.from(plain.replace('X-Here: 1', lines()), 'latin1'))))
  }
  table.push([what, '401 unauthorized', [...answers].join(', '), '', ''])
  expect([...answers]).toEqual(['401 unauthorized'])
})

test('two cookies of ours are 401; a bearer beside a cookie is who counts, good or bad', async () => {
  const { cookie, id } = await startSession(beside.url, 'Ada')
  const asked = async (headers: Record<string, string>) =>
    ask(beside.port, request('GET', '/session', headers))
  expect((await asked({ Cookie: `${cookie}; ${cookie}` })).status).toBe(401)
  const bearer = await asked({ Cookie: cookie, Authorization: `Bearer ${good()}` })
  expect(JSON.parse(bearer.body).id).toBe('a'.repeat(16))
  expect((await asked({ Cookie: cookie, Authorization: 'Bearer x' })).status).toBe(401)
  expect(JSON.parse((await asked({ Cookie: cookie })).body).id).toBe(id)
})

test.each([
  ['a number', 7],
  ['a list', ['x']],
  ['an object', { any: 'thing' }],
  ['false', false],
  ['nothing', ''],
])('a Socket.IO token that is %s is a connect error', async (_what, token) => {
  expect(await connectOverSocketIo(token)).toMatch(/^44\/chat,.*"code":"unauthorized"/)
})

test('a bad token keeps nobody from the pages, or from a session', async () => {
  const bad = { Authorization: 'Bearer x' }
  expect((await ask(beside.port, request('GET', '/health', bad))).status).toBe(200)
  expect((await ask(beside.port, post('/session', '{"name":"Ada"}', bad))).status).toBe(201)
})

/** What a CONNECT with this token is answered. */
async function connectOverSocketIo(token: unknown): Promise<string> {
  const socket = await openWebSocket(beside.port, '/socket.io/?EIO=4&transport=websocket')
  await socket.heard('"sid"')
  socket.send(frame(TEXT, `40/chat,${JSON.stringify({ token })}`))
  await until('it is answered', () => socket.texts.some((text) => /^4[04]\/chat/.test(text)))
  socket.hangUp()
  return socket.texts.find((text) => /^4[04]\/chat/.test(text)) ?? ''
}
