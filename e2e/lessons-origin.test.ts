import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startServer, type TestServer } from './support/server.ts'
import { until } from './support/until.ts'

/** The two servers of lesson 12: the one that does not look at Origin, and the one that does. Both are in memory. */

let server: TestServer

beforeEach(async () => {
  server = await startServer()
})

afterEach(() => server.close())

const address = (name: string) => `${server.url.replace('http', 'ws')}/lessons/broken/${name}`

/** A connection through the relay, as the figure makes it. */
async function reach(name: string) {
  const relay = new WebSocket(address(name))
  let heard = ''
  relay.on('message', (data) => {
    const { event, from, bytes } = JSON.parse(String(data))
    if (event === 'bytes' && from === 'server') heard += Buffer.from(bytes, 'base64').toString('latin1')
  })
  await new Promise((resolve) => relay.once('open', resolve))
  return {
    async say(request: string, answered: RegExp) {
      relay.send(JSON.stringify({ bytes: Buffer.from(request).toString('base64') }))
      await until(`it answers ${answered}`, () => answered.test(heard))
      return heard
    },
    close: () => relay.close(),
  }
}

async function handshake(name: string, ...fields: readonly string[]) {
  const first = await reach(name)
  const session = await first.say(
    'POST /session HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n',
    /"token"/,
  )
  first.close()
  const cookie = /set-cookie: ([^;]+);/i.exec(session)?.[1]
  const head = [
    'GET / HTTP/1.1',
    'Host: here',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...fields.map((field) => field.replace('{cookie}', cookie ?? '')),
  ]
  const second = await reach(name)
  const answer = await second.say(`${head.join('\r\n')}\r\n\r\n`, /"you"|"code"/)
  second.close()
  return answer
}

test('with the bug a foreign page that brings the cookie is greeted as its owner', async () => {
  const answer = await handshake('any-origin', 'Origin: http://elsewhere.example', 'Cookie: {cookie}')
  expect(answer).toMatch(/^HTTP\/1\.1 101 /)
  expect(answer).toContain('{"you":"Ada"}')
})

test('mended, it is refused; the own page and a program with the cookie are not', async () => {
  const foreign = await handshake('own-origin', 'Origin: http://elsewhere.example', 'Cookie: {cookie}')
  expect(foreign).toMatch(/^HTTP\/1\.1 403 /)
  for (const own of [['Origin: http://here'], []]) {
    expect(await handshake('own-origin', ...own, 'Cookie: {cookie}')).toContain('{"you":"Ada"}')
  }
})

test.each(['any-origin', 'own-origin'])('%s asks for a cookie', async (name) => {
  expect(await handshake(name)).toMatch(/^HTTP\/1\.1 401 /)
  expect(await handshake(name, 'Cookie: {cookie}x')).toMatch(/^HTTP\/1\.1 401 /)
})

test('no foreign page comes as far as the broken one: the relay is behind the door', async () => {
  const relay = new WebSocket(address('any-origin'), { origin: 'http://elsewhere.example' })
  const status = await new Promise((resolve) => {
    relay.on('error', () => {})
    relay.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode))
    relay.once('open', () => resolve('open'))
  })
  expect(status).toBe(403)
})

test('a token of a lesson is good at first and soon expires', async () => {
  const { token } = await (await fetch(`${server.url}/lessons/session`, { method: 'POST' })).json()
  const ask = () => fetch(`${server.url}/session`, { headers: { Authorization: `Bearer ${token}` } })
  expect((await ask()).status).toBe(200)
  await until('it is too old', async () => (await ask()).status === 401)
  expect(await (await ask()).json()).toMatchObject({ error: { code: 'expired' } })
})
