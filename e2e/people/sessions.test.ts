import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { transportNames } from '../../server/contract/transports.ts'
import { expectNothingLost } from '../conformance/oracle.ts'
import { setStage } from '../conformance/stage.ts'
import { connectReader } from '../support/client.ts'
import { openEngine } from '../support/engine.ts'
import { frame, handshake, openWebSocket, TEXT } from '../support/frames.ts'
import { startSession, type TestPerson } from '../support/people.ts'
import { startServer } from '../support/server.ts'
import { until } from '../support/until.ts'
import { ask, dial, post, request } from '../support/wire.ts'

/** Who somebody is, on every way in. */

test.each(transportNames)('%s: the author of an entry is the session, by its token', async (name) => {
  const { server, log } = await setStage()
  const ada = await startSession(server.url, 'Ada')
  const lane = connectReader(name, { url: server.url, client: 'lane', token: async () => ada.token })
  onTestFinished(() => lane.close())
  await lane.open()
  await lane.publish({ text: 'hi', name: 'Somebody Else' })
  await lane.has(1)
  expect(lane.entries[0]).toMatchObject({ text: 'hi', from: { name: 'Ada', id: ada.id } })
  expect((await log.after('lobby', '0', 9)).entries).toEqual(lane.entries)
})

test('a cookie says the same, on requests and on handshakes', async () => {
  const { server, log } = await setStage()
  const ada = await startSession(server.url, 'Ada')
  const Cookie = `other=1; ${ada.cookie}; more=2`
  for (const path of ['short-polling', 'long-polling', 'sse'])
    expect((await ask(server.port, post(`/${path}/lobby`, '{"text":"hi"}', { Cookie }))).status).toBe(201)

  const socket = await dial(server.port)
  onTestFinished(() => socket.hangUp())
  socket.send(handshake('/websocket/lobby', { Cookie }))
  socket.send(frame(TEXT, '{"publish":{"text":"hi"}}'))
  await until('there is a receipt', () => socket.received.includes('"receipt"'))

  const opened = await ask(server.port, request('GET', '/socket.io/?EIO=4&transport=polling', { Cookie }))
  const path = `/socket.io/?EIO=4&transport=polling&sid=${JSON.parse(opened.body.slice(1)).sid}`
  const event = '42/chat,1["publish",{"room":"lobby","draft":{"text":"hi"}}]'
  await ask(server.port, request('POST', path, {}, '40/chat,'))
  await ask(server.port, request('GET', path))
  await ask(server.port, request('POST', path, {}, event))
  await until('all are there', async () => (await log.after('lobby', '0', 9)).entries.length === 5)
  const { entries } = await log.after('lobby', '0', 9)
  expect(entries.map(({ from }) => from)).toEqual(Array(5).fill({ name: 'Ada', id: ada.id }))
})

test('a WebSocket is told by a header, or by a subprotocol where a page has no header to give', async () => {
  const { server, log } = await setStage()
  const [ada, bob] = [await startSession(server.url, 'Ada'), await startSession(server.url, 'Bob')]
  const bearer = { Authorization: `Bearer ${ada.token}` }
  const protocol = { 'Sec-WebSocket-Protocol': `wireside, bearer.${ada.token}` }
  // Of two that are shown the header counts, then the subprotocol: a cookie may go along unasked.
  const shown = [bearer, protocol, { ...protocol, Cookie: bob.cookie }, { ...bearer, ...protocol }]
  for (const [index, headers] of shown.entries()) {
    const socket = await dial(server.port)
    onTestFinished(() => socket.hangUp())
    socket.send(handshake('/websocket/lobby', headers))
    socket.send(frame(TEXT, '{"publish":{"text":"hi"}}'))
    await until(`there is receipt ${index}`, () => socket.received.includes('"receipt"'))
    const answered = /^sec-websocket-protocol: (.*)\r$/im.exec(socket.received.toString())?.[1]
    expect(answered).toBe('Sec-WebSocket-Protocol' in headers ? 'wireside' : undefined)
  }
  const { entries } = await log.after('lobby', '0', 9)
  expect(entries.map(({ from }) => from)).toEqual(Array(4).fill({ name: 'Ada', id: ada.id }))

  for (const wrong of ['wireside, bearer.x', `bearer.${ada.token}, bearer.${bob.token}`]) {
    const answer = await ask(server.port, handshake('/websocket/lobby', { 'Sec-WebSocket-Protocol': wrong }))
    expect(answer).toMatchObject({ status: 401, code: 'unauthorized' })
  }
})

test('a draft is a repeat by its session, whatever the lane and the transport', async () => {
  const { server } = await setStage()
  const [ada, bob] = [await startSession(server.url, 'Ada'), await startSession(server.url, 'Ada')]
  const publish = async ({ token }: TestPerson, path: string, text: string) => {
    const headers = { Authorization: `Bearer ${token}` }
    return ask(server.port, post(path, JSON.stringify({ id: '1', text }), headers))
  }
  const first = await publish(ada, '/sse/lobby?client=one', 'hi')
  expect(first.status).toBe(201)
  expect(await publish(ada, '/short-polling/lobby?client=two', 'hi')).toMatchObject({
    status: 200,
    body: first.body,
  })
  expect(await publish(ada, '/long-polling/lobby', 'ho')).toMatchObject({ status: 409, code: 'id-taken' })
  expect((await publish(bob, '/sse/lobby?client=one', 'ho')).status).toBe(201)
  // A client that calls itself like a session is still no session.
  const lane = await ask(server.port, post(`/sse/lobby?client=${ada.id}`, '{"id":"1","text":"hi"}'))
  expect(lane.status).toBe(201)
})

describe('/session', () => {
  let ada: TestPerson
  let port: number
  beforeAll(async () => {
    const server = await startServer()
    port = server.port
    ada = await startSession(server.url, 'Ada')
    return () => server.close()
  })

  test('gives a token and a cookie that no page can read, for a day', async () => {
    const answer = await ask(port, post('/session', '{"name":"Ada"}'))
    const { token, id, name, expiresAt } = JSON.parse(answer.body)
    expect(answer.status).toBe(201)
    expect(name).toBe('Ada')
    expect(id).toMatch(/^[a-z0-9]{16}$/)
    expect(Math.abs(expiresAt - Date.now() - 86_400_000)).toBeLessThan(5_000)
    expect(answer.headers['set-cookie']).toMatch(
      new RegExp(`^wireside-[a-z0-9]{8}=${token}; Path=/; Max-Age=86400; HttpOnly; SameSite=Strict$`),
    )
  })

  test('says who you are, by token or cookie', async () => {
    const { id, name, expiresAt } = ada
    const headers = [{ Authorization: `Bearer ${ada.token}` }, { Cookie: ada.cookie }]
    for (const header of headers) {
      const answer = await ask(port, request('GET', '/session', header))
      expect(JSON.parse(answer.body)).toEqual({ id, name, expiresAt })
    }
    expect((await ask(port, request('GET', '/session'))).status).toBe(401)
  })

  test('is renewed without a name: the same person, a token that is good for longer', async () => {
    const { status, body } = await ada.ask('POST', '/session', {})
    expect(status).toBe(201)
    expect(body).toMatchObject({ id: ada.id, name: 'Ada', token: expect.stringMatching(/^ey/) })
    expect((body as TestPerson).expiresAt).toBeGreaterThan(ada.expiresAt)
    expect((await ask(port, post('/session', '{}'))).status).toBe(401)
  })

  test('with a name is of somebody new, also where the cookie is of somebody, or of nobody any more', async () => {
    for (const Cookie of [ada.cookie, `${ada.cookie}x`]) {
      const answer = await ask(port, post('/session', '{"name":"Bob"}', { Cookie }))
      expect(answer.status).toBe(201)
      expect(JSON.parse(answer.body).id).not.toBe(ada.id)
    }
  })

  test('takes another name, and is of the same person', async () => {
    const { status, body } = await ada.ask('PATCH', '/session', { name: 'Ada L.' })
    expect(status).toBe(200)
    const { token, ...renamed } = body as TestPerson
    expect(renamed).toMatchObject({ id: ada.id, name: 'Ada L.' })
    const bearer = { Authorization: `Bearer ${token}` }
    expect(JSON.parse((await ask(port, request('GET', '/session', bearer))).body)).toEqual(renamed)
    await ask(port, post('/sse/renamed', '{"text":"hi"}', bearer))
    const { entries } = JSON.parse((await ask(port, request('GET', '/rooms/renamed/history'))).body)
    expect(entries[0].from).toEqual({ id: ada.id, name: 'Ada L.' })
    for (const [body, status] of [
      [{}, 400],
      [{ name: '' }, 400],
    ] as const)
      expect((await ada.ask('PATCH', '/session', body)).status).toBe(status)
    const guest = await fetch(`http://127.0.0.1:${port}/session`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: '{"name":"Bob"}',
    })
    expect(guest.status).toBe(401)
  })

  test('is forgotten by the browser when asked', async () => {
    const answer = await ask(port, request('DELETE', '/session'))
    expect(answer).toMatchObject({ status: 204 })
    expect(answer.headers['set-cookie']).toMatch(/^wireside-\w+=; Path=\/; Max-Age=0;/)
  })

  test.each([
    ['no name and no session', '{}', 401],
    ['an empty name', '{"name":""}', 400],
    ['41 characters', `{"name":"${'n'.repeat(41)}"}`, 400],
    ['a line feed', '{"name":"Ada\\n"}', 400],
    ['a number', '{"name":7}', 400],
    ['null', 'null', 400],
    ['half a JSON', '{"name":', 400],
    ['__proto__', '{"name":"Ada","__proto__":{}}', 400],
    ['an empty body', '', 400],
  ])('refuses %s', async (_what, body, status) => {
    expect((await ask(port, post('/session', body))).status).toBe(status)
  })
})

describe('a session that runs out', () => {
  const life = 1_500

  test.each(transportNames)(
    '%s: a reader is told, comes back with a fresh token and its cursor, and misses nothing',
    async (name) => {
      const { server, fill } = await setStage(undefined, { sessions: { life } })
      const ada = await startSession(server.url, 'Ada')
      const tokens: string[] = []
      const lane = connectReader(name, {
        url: server.url,
        async token() {
          // As a page does it: it renews while it can.
          const { token } = tokens.length > 0 ? await startSession(server.url, 'Ada') : ada
          if (tokens.at(-1) === undefined || codes().includes('expired')) tokens.push(token)
          return tokens.at(-1)
        },
      })
      onTestFinished(() => lane.close())
      const codes = () =>
        lane.statuses.flatMap((status) => ('code' in status && status.code ? [status.code] : []))
      await lane.open()
      const receipts = await fill('lobby', 3)
      await lane.has(3)
      await until('it is told', () => codes().includes('expired'))
      expect(Date.now()).toBeGreaterThanOrEqual(Math.floor(ada.expiresAt))
      expect(Date.now()).toBeLessThan(ada.expiresAt + 1_500)
      receipts.push(...(await fill('lobby', 3)))
      await lane.has(6)
      expectNothingLost(lane, receipts)
      expect(lane.statuses.map(({ state }) => state)).not.toContain('closed')
    },
  )

  test.each(transportNames)('%s: with a token that stays the same it ends for good', async (name) => {
    const { server } = await setStage(undefined, { sessions: { life } })
    const { token } = await startSession(server.url, 'Ada')
    const lane = connectReader(name, { url: server.url, token })
    onTestFinished(() => lane.close())
    await lane.open()
    await until('it has ended', () => lane.statuses.at(-1)?.state === 'closed')
    expect(lane.statuses.at(-1)).toMatchObject({ code: 'expired', reason: expect.stringMatching(/session/) })
  })

  test('is told on the wire as each can', async () => {
    const { server } = await setStage(undefined, { sessions: { life } })
    const { token } = await startSession(server.url, 'Ada')
    const headers = { Authorization: `Bearer ${token}` }
    const engine = await openEngine(server.url, '')
    await engine.post(`40/chat,${JSON.stringify({ token })}`)
    const wires = await Promise.all([dial(server.port), dial(server.port), dial(server.port)])
    onTestFinished(() => {
      for (const wire of wires) wire.hangUp()
    })
    const [poll, stream, socket] = wires
    poll?.send(request('GET', '/long-polling/lobby?wait=60', headers))
    stream?.send(request('GET', '/sse/lobby', headers))
    // No room is joined here: it is the connection that ends.
    socket?.send(handshake('/websocket', headers))

    await until('the poll is answered', () => poll?.received.includes('\r\n\r\n{'))
    expect(poll?.received.toString()).toMatch(/^HTTP\/1\.1 401 /)
    expect(poll?.received.toString()).toContain('{"error":{"code":"expired","message":"')
    await until('the stream has ended', () => stream?.received.includes('\r\n0\r\n\r\n'))
    expect(stream?.received.toString()).toMatch(
      /event: expired\ndata: \{"room":"lobby","message":"Your session/,
    )
    await until('the socket is closed', () => socket?.received.includes(Buffer.of(0x11, 0x31)))
    const close = socket?.received.subarray(socket.received.indexOf('\r\n\r\n') + 4)
    expect(close?.readUInt8(0)).toBe(0x88)
    expect(close?.readUInt16BE(2)).toBe(4401)
    const packets: string[] = []
    await until('Socket.IO says so', async () => {
      packets.push(...((await engine.poll()) ?? []))
      return packets.some((packet) => packet.startsWith('42/chat,["expired",{"code":"expired","message":'))
    })
    await engine.end()
    const late = await ask(server.port, request('GET', '/short-polling/lobby', headers))
    expect(late).toMatchObject({ status: 401, code: 'expired' })
  })
})

test('a secret that is the same makes tokens that are good on another server; another secret none, and its cookie is a stranger’s', async () => {
  const one = await setStage(undefined, { sessions: { secret: 'a secret of sixteen or more' } })
  const two = await setStage(undefined, { sessions: { secret: 'a secret of sixteen or more' } })
  const other = await setStage()
  const ada = await startSession(one.server.url, 'Ada')
  const bearer = request('GET', '/session', { Authorization: `Bearer ${ada.token}` })
  expect((await ask(two.server.port, bearer)).status).toBe(200)
  expect((await ask(other.server.port, bearer)).status).toBe(401)
  const cookie = request('GET', '/short-polling/lobby', { Cookie: ada.cookie })
  expect((await ask(other.server.port, cookie)).status).toBe(200)
})

test('a WebSocket whose token is none is refused before it is one', async () => {
  const { server } = await setStage()
  for (const path of ['/websocket', '/websocket/lobby', '/websocket/lobby?after=0']) {
    const answer = await ask(server.port, handshake(path, { Authorization: 'Bearer x' }))
    expect(answer).toMatchObject({ status: 401, code: 'unauthorized' })
  }
  const guest = await openWebSocket(server.port, '/websocket/lobby')
  await guest.heard('"joined"')
  guest.hangUp()
})
