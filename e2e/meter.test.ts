import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Tallies, type Tally, tallyFields } from '../server/contract/meter.ts'
import { type TransportName, transportNames } from '../server/contract/transports.ts'
import type { Page } from '../server/contract/wire.ts'
import { connectReader } from './support/client.ts'
import { CLOSE, frame, handshake, readFrames, TEXT } from './support/frames.ts'
import { type Exchange, openKeepAlive } from './support/keep-alive.ts'
import { type CountingProxy, startProxy } from './support/proxy.ts'
import { startServer, type TestServer } from './support/server.ts'
import { until } from './support/until.ts'
import { dial } from './support/wire.ts'

/** The meter against a counting TCP proxy, and against clients that know every byte they sent: zero off. */
let server: TestServer
let proxy: CountingProxy

beforeEach(async () => {
  server = await startServer()
  proxy = await startProxy(server.port)
})

afterEach(async () => {
  await proxy.close()
  await server.close()
})

describe.each(transportNames)('over %s', (name) => {
  test('every byte of a conversation is counted, and no other', async () => {
    const reader = connectReader(name, { url: proxy.url, client: 'ada' })
    await reader.open()
    for (let n = 0; n < 20; n++)
      await reader.publish({ text: `line ${n} … ünïcode 🙂`, id: `d-${n}`, sentAt: 1.5 })
    await reader.has(20)
    reader.close()
    await settled(name)

    const tally = (await server.meter())[name]
    const ada = await server.meter('ada')
    expect({ ...ada[name], open: 0 }).toEqual({ ...tally, open: 0 })
    expect(tally.bytesIn).toBe(proxy.up)
    expect(tally.bytesOut).toBe(proxy.down)
    expect(tally.entriesIn).toBe(20)
    expect(tally.entriesOut).toBe(20)
    expect(tally.payloadBytesOut).toBe(jsonBytes(reader.entries))
    expect(tally.payloadBytesIn).toBe(
      jsonBytes(reader.entries.map(({ text, id, sentAt }) => ({ text, id, sentAt }))),
    )
    expectPartsWithinWhole(tally)
  })

  test('every byte is counted over cuts, too', async () => {
    const reader = connectReader(name, { url: proxy.url, client: 'ada' })
    await reader.open()
    for (let cut = 1; cut <= 3; cut++) {
      await server.app.inject({ method: 'POST', url: '/sse/lobby', payload: { text: `before cut ${cut}` } })
      await reader.has(cut)
      await settled(name)
      const { connections } = proxy
      proxy.cut()
      await until('the client is back', () => proxy.connections > connections)
    }
    reader.close()
    await settled(name)
    expect(reader.seqs).toEqual([1, 2, 3])
  })
})

describe('on one keep-alive connection shared by lanes', () => {
  test('bytes are split at the boundaries of requests', async () => {
    const wire = await openKeepAlive(server.port)
    const draft = JSON.stringify({ text: 'hi', id: 'a-1' })
    const expected: Partial<Record<string, Exchange[]>> = {}
    const ask = async (owner: string, ...request: Parameters<typeof wire.request>) => {
      const exchange = await wire.request(...request)
      expected[owner] = [...(expected[owner] ?? []), exchange]
      return exchange
    }
    await ask('other', 'GET', '/time')
    await ask('short-polling', 'GET', '/short-polling/lobby?client=a')
    await ask('sse', 'POST', '/sse/lobby?client=b', { body: draft })
    await ask('long-polling', 'GET', '/long-polling/lobby?client=c&wait=1')
    await ask('short-polling', 'POST', '/short-polling/lobby?client=a', { body: draft })
    await ask('short-polling', 'GET', '/short-polling/lobby?client=a&after=0')
    await ask('websocket', 'GET', '/websocket/lobby')
    await ask('socket-io', 'GET', '/socket.io/?EIO=4&transport=polling&client=d')
    await ask('other', 'GET', '/nowhere')
    await ask('sse', 'GET', '/sse/Not-A-Room')
    // A body that is no JSON costs the connection, too.
    await ask('long-polling', 'POST', '/long-polling/lobby', { body: '{"text":' })
    await wire.end()

    const tallies = await server.meter()
    const own = tallies.other
    for (const [owner, exchanges = []] of Object.entries(expected)) {
      if (owner === 'other') continue
      const tally = tallies[owner as TransportName]
      expect({
        owner,
        ...partOf(tally, 'requests', 'bytesIn', 'bytesOut', 'headBytesIn', 'headBytesOut'),
      }).toEqual({
        owner,
        requests: exchanges.length,
        bytesIn: total(exchanges, 'up'),
        bytesOut: total(exchanges, 'down'),
        headBytesIn: total(exchanges, 'headUp'),
        headBytesOut: total(exchanges, 'headDown'),
      })
      expect(tally.connections).toBe(0)
      expectPartsWithinWhole(tally)
    }
    // The connection is its first request's. The meter's own request is in its answer, too: the third of `other`.
    expect(own.connections).toBe(2)
    expect(own.requests).toBe(3)
    const a = (await server.meter('a'))['short-polling']
    expect(a).toEqual(tallies['short-polling'])
  })

  test('a page is its entries, and an envelope that is control', async () => {
    const wire = await openKeepAlive(server.port)
    const receipt = await wire.request('POST', '/short-polling/lobby?client=a', { body: '{"text":"hi"}' })
    const answer = await wire.request('GET', '/short-polling/lobby?client=a&after=0')
    const page = JSON.parse(answer.body) as Page
    const tally = (await server.meter('a'))['short-polling']
    expect(tally.payloadBytesIn).toBe(13)
    expect(tally.payloadBytesOut).toBe(jsonBytes(page.entries))
    expect(tally.controlBytesOut).toBe(
      Buffer.byteLength(receipt.body) + Buffer.byteLength(answer.body) - jsonBytes(page.entries),
    )
    expect(tally.headBytesOut + tally.controlBytesOut + tally.payloadBytesOut).toBe(tally.bytesOut)
    await wire.end()
  })

  test('polls that brought nothing are counted whole, those that brought something are not', async () => {
    const wire = await openKeepAlive(server.port)
    await wire.request('POST', '/short-polling/lobby?client=a', { body: '{"text":"hi"}' })
    const first = JSON.parse((await wire.request('GET', '/short-polling/lobby?client=a')).body) as Page
    const empty = [
      await wire.request('GET', `/short-polling/lobby?client=a&after=${first.cursor}`),
      await wire.request('GET', '/short-polling/elsewhere?client=a'),
    ]
    const tally = (await server.meter('a'))['short-polling']
    expect(tally.emptyResponses).toBe(2)
    expect(tally.emptyBytesIn).toBe(total(empty, 'up'))
    expect(tally.emptyBytesOut).toBe(total(empty, 'down'))

    // A gap is news, though no entry comes with it.
    await wire.request('GET', '/short-polling/elsewhere?client=a&after=zzzz.9')
    expect((await server.meter('a'))['short-polling'].emptyResponses).toBe(2)
    await wire.end()
  })

  test('a page of which only the head was asked for carries nothing', async () => {
    const wire = await openKeepAlive(server.port)
    await wire.request('POST', '/sse/lobby', { body: '{"text":"hi"}' })
    const answer = await wire.request('HEAD', '/short-polling/lobby?client=a&after=0')
    expect(answer.status).toBe(200)
    const tally = (await server.meter('a'))['short-polling']
    expect(tally).toMatchObject({ requests: 1, bytesOut: answer.down, headBytesOut: answer.down })
    expect(tally).toMatchObject({
      entriesOut: 0,
      payloadBytesOut: 0,
      controlBytesOut: 0,
      emptyResponses: 0,
    })
    await wire.end()
  })

  test('polls in a row are counted together, and split where their kind changes', async () => {
    const wire = await openKeepAlive(proxy.port)
    const all: Record<'empty' | 'news' | 'other', Exchange[]> = { empty: [], news: [], other: [] }
    let cursor = ''
    const poll = async (kind: 'empty' | 'news', path: string) => {
      const exchange = await wire.request('GET', `${path}?client=a&wait=0&after=${cursor}`)
      all[kind].push(exchange)
      const page = JSON.parse(exchange.body) as Page
      expect(page.entries.length > 0).toBe(kind === 'news')
      cursor = page.cursor
    }
    const publish = async () => {
      const payload = { text: 'ünïcode' }
      const wrote = await server.app.inject({ method: 'POST', url: '/sse/lobby', payload })
      expect(wrote.statusCode).toBe(201)
    }
    const first = await wire.request('GET', '/short-polling/lobby?client=a')
    all.empty.push(first)
    cursor = (JSON.parse(first.body) as Page).cursor
    for (const polls of [1, 2, 3]) {
      for (let n = 0; n < polls; n++) await poll('empty', '/short-polling/lobby')
      // Neither an answer without a page nor a draft is a poll.
      if (polls === 2)
        all.other.push(await wire.request('GET', `/short-polling/lobby?client=a&after=${'x'.repeat(300)}`))
      if (polls === 3) {
        const body = JSON.stringify({ text: 'mine' })
        all.other.push(await wire.request('POST', '/short-polling/lobby?client=a', { body }))
        await poll('news', '/short-polling/lobby')
      }
      for (let n = 0; n < polls; n++) {
        await publish()
        await poll('news', '/short-polling/lobby')
      }
    }
    await poll('empty', '/short-polling/lobby')

    const of = (exchanges: Exchange[]) => ({
      bytesIn: total(exchanges, 'up'),
      bytesOut: total(exchanges, 'down'),
    })
    const every = [...all.empty, ...all.news, ...all.other]
    const tally = (await server.meter('a'))['short-polling']
    expect(tally).toMatchObject({
      ...of(every),
      requests: every.length,
      headBytesIn: total(every, 'headUp'),
      headBytesOut: total(every, 'headDown'),
      emptyResponses: all.empty.length,
      emptyBytesIn: of(all.empty).bytesIn,
      emptyBytesOut: of(all.empty).bytesOut,
      entriesOut: all.news.length,
    })
    expectPartsWithinWhole(tally)
    expect(tally.headBytesOut + tally.controlBytesOut + tally.payloadBytesOut).toBe(tally.bytesOut)
    await wire.end()
    await settled('short-polling')
  })

  test('a poll that waits while somebody reads the meter is counted once', async () => {
    const wire = await openKeepAlive(server.port)
    const first = await wire.request('GET', '/long-polling/lobby?client=a&wait=0')
    const { cursor } = JSON.parse(first.body) as Page
    const waiting = wire.request('GET', `/long-polling/lobby?client=a&wait=20&after=${cursor}`)
    await until(
      'both polls are counted',
      async () => (await server.meter('a'))['long-polling'].requests === 2,
    )
    expect((await server.meter('a'))['long-polling'].emptyResponses).toBe(1)
    await server.app.inject({ method: 'POST', url: '/sse/lobby', payload: { text: 'hi' } })
    const answers = [first, await waiting]
    const tally = (await server.meter('a'))['long-polling']
    expect(
      partOf(tally, 'requests', 'bytesIn', 'bytesOut', 'headBytesOut', 'emptyBytesOut', 'entriesOut'),
    ).toEqual({
      requests: 2,
      bytesIn: total(answers, 'up'),
      bytesOut: total(answers, 'down'),
      headBytesOut: total(answers, 'headDown'),
      emptyBytesOut: first.down,
      entriesOut: 1,
    })
    await wire.end()
  })

  test('what refuses a request that cannot be read is no poll’s', async () => {
    const { socket, received } = openRaw(server.port)
    socket.write('GET /short-polling/lobby?client=a HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until('the poll is answered', () => received().endsWith('"entries":[]}'))
    const poll = received().length
    socket.write('nonsense\r\n\r\n')
    await once(socket, 'close')
    expect(received().slice(poll)).toContain('HTTP/1.1 400')
    const tally = (await server.meter('a'))['short-polling']
    expect(partOf(tally, 'bytesOut', 'emptyBytesOut')).toEqual({
      bytesOut: received().length,
      emptyBytesOut: poll,
    })
  })

  test('preflights are numbered apart, their bytes are the transport’s', async () => {
    const wire = await openKeepAlive(server.port)
    const preflight = await wire.request('OPTIONS', '/sse/lobby?client=a', {
      headers: { Origin: `http://127.0.0.1:${server.port}`, 'Access-Control-Request-Method': 'POST' },
    })
    expect(preflight.status).toBe(204)
    const tally = (await server.meter('a')).sse
    expect(partOf(tally, 'preflights', 'requests', 'bytesIn', 'bytesOut')).toEqual({
      preflights: 1,
      requests: 0,
      bytesIn: preflight.up,
      bytesOut: preflight.down,
    })
    await wire.end()
  })

  test('what was read of a refused body counts', async () => {
    const wire = await openKeepAlive(proxy.port)
    const body = JSON.stringify({ text: 'x'.repeat(100_000) })
    const refused = await wire.request('POST', '/sse/lobby?client=a', { body })
    expect(refused.status).toBe(413)
    await settled('sse')
    const tally = (await server.meter('a')).sse
    expect(tally.bytesIn).toBe(proxy.up)
    expect(tally.bytesOut).toBe(proxy.down)
    expect(tally.entriesIn).toBe(0)
    expectPartsWithinWhole(tally)
  })

  test('what is written to pipelined requests is each one’s own', async () => {
    const { socket, received } = openRaw(proxy.port)
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`
    socket.write(get('/short-polling/lobby') + get('/long-polling/lobby?wait=0') + get('/time'))
    const answers = () => received().split(/(?=HTTP\/1\.1 200)/)
    await until('all three are answered', () => answers().length === 3)
    socket.end()
    await once(socket, 'close')
    const tallies = await server.meter()
    expect(tallies['short-polling'].requests + tallies['long-polling'].requests).toBe(2)
    expect([tallies['short-polling'].bytesOut, tallies['long-polling'].bytesOut]).toEqual(
      answers()
        .slice(0, 2)
        .map(({ length }) => length),
    )
    // The request to /meter itself came over a connection of its own, not over the proxy.
    expect(sum(tallies, 'bytesOut')).toBe(proxy.down)
  })

  test('what was written before a lane takes a connection over, or it becomes a WebSocket, is not the newcomer’s', async () => {
    const { socket, received } = openRaw(proxy.port)
    const read = (path: string, fields = '') =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`)
    const answers = () => received().split(/(?=HTTP\/1\.1 \d)/)
    const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${'A'.repeat(22)}==\r\n`
    read('/short-polling/lobby?client=a')
    await until('the first is answered', () => /\}$/.test(received()))
    // Only an upgrade comes here: what a plain request is answered has a body, and is no handshake.
    read('/websocket?client=a')
    await until('that is refused', () => answers().length === 2 && /\}$/.test(received()))
    read('/websocket?client=a', upgrade)
    await until('it is a WebSocket', () => /101 .*\r\n\r\n$/s.test(received()))
    const tallies = await server.meter('a')
    const [page = 0, refusal = 0, accepted = 0] = answers().map((answer) => Buffer.byteLength(answer))
    const explanation = Buffer.byteLength(answers()[1]?.split('\r\n\r\n')[1] ?? '')
    expect(tallies['short-polling'].bytesOut).toBe(page)
    expect(tallies.websocket).toMatchObject({
      bytesOut: refusal + accepted,
      headBytesOut: refusal - explanation + accepted,
    })
    socket.destroy()
  })

  test('leave to send a body is head', async () => {
    const { socket, received } = openRaw(proxy.port)
    const body = JSON.stringify({ text: 'x'.repeat(2_000) })
    socket.write(
      `POST /short-polling/lobby?client=a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
    )
    await until('it may go on', () => received().startsWith('HTTP/1.1 100 Continue\r\n\r\n'))
    socket.write(body)
    await until('it is answered', () => /HTTP\/1\.1 201.*\}$/s.test(received()))
    const receipt = received().split('\r\n\r\n').at(-1) ?? ''
    await settled('short-polling')
    const { bytesOut, headBytesOut } = (await server.meter('a'))['short-polling']
    expect(bytesOut).toBe(received().length)
    expect(headBytesOut).toBe(bytesOut - receipt.length)
    socket.destroy()
  })
})

describe('a stream', () => {
  test('of events is a head, a joined event that is control, payload, and framing around it', async () => {
    const { socket, received } = openRaw(server.port)
    socket.write('GET /sse/lobby?client=a HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until('it has joined', () => received().includes('event: joined'))
    await server.app.inject({ method: 'POST', url: '/short-polling/lobby', payload: { text: 'hi' } })
    await until('it has the entry', () => received().includes('"text":"hi"'))
    const tally = (await server.meter('a')).sse
    const head = received().slice(0, received().indexOf('\r\n\r\n') + 4)
    const joined = /event: joined\nid: .*\ndata: .*\n\n/.exec(received())?.[0] ?? ''
    const payload = /data: (\{.*"text":"hi".*\})\n/.exec(received())?.[1] ?? ''
    expect(tally.bytesOut).toBe(received().length)
    expect(tally.headBytesOut).toBe(head.length)
    expect(tally.controlBytesOut).toBe(joined.length)
    expect(tally.payloadBytesOut).toBe(payload.length)
    socket.destroy()
  })

  test('of frames is a handshake, control messages, payload, and framing around it', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/websocket?client=a`)
    const texts: string[] = []
    socket.on('message', (data) => texts.push(String(data)))
    await once(socket, 'open')
    const say = async (text: string, replies: number) => {
      socket.send(text)
      await until(`it has ${replies} messages`, () => texts.length === replies)
    }
    await say('{"join":"lobby"}', 1)
    await say('{"publish":{"text":"hi"},"room":"lobby"}', 3)
    await say('nonsense', 4)
    socket.ping('1234')
    await once(socket, 'pong')

    const tally = (await server.meter('a')).websocket
    const [joined = '', ...rest] = texts
    const entry = rest.find((text) => text.startsWith('{"entry":')) ?? ''
    const control = [joined, ...rest].filter((text) => text !== entry)
    expect(tally.upgrades).toBe(1)
    expect(tally.payloadBytesIn).toBe('{"text":"hi"}'.length)
    expect(tally.payloadBytesOut).toBe(entry.length - '{"entry":}'.length)
    // Pings and pongs are control frames: 2 bytes of header, and 4 of mask from the client (RFC 6455 §5.2).
    expect(tally.controlBytesIn).toBe('{"join":"lobby"}'.length + 'nonsense'.length + 2 + 4 + 4)
    expect(tally.controlBytesOut).toBe(jsonTextBytes(control) + 2 + 4)
    const frames = texts.reduce(
      (bytes, text) => bytes + (text.length > 125 ? 4 : 2) + Buffer.byteLength(text),
      0,
    )
    expect(tally.bytesOut).toBe(tally.headBytesOut + frames + 2 + 4)
    expectPartsWithinWhole(tally)
    socket.terminate()
  })
})

describe('what is never written is not counted', () => {
  test('of what a WebSocket is told while it closes', async () => {
    const wire = await dial(proxy.port)
    wire.send(handshake('/websocket?client=a'))
    wire.send(
      Buffer.concat([frame(TEXT, '{"join":"lobby"}'), frame(TEXT, '{"leave":"lobby"}'), frame(CLOSE)]),
    )
    await until('it is closed', () => wire.closed)
    await until(
      'all of it is counted',
      async () => (await server.meter('a')).websocket.bytesOut === proxy.down,
    )

    // Both commands are obeyed a moment later, when there is no saying so any more.
    const { headBytesOut, controlBytesOut } = (await server.meter('a')).websocket
    const frames = readFrames(wire.received.subarray(headBytesOut))
    const texts = frames.filter(({ opcode }) => opcode === TEXT)
    expect(frames.at(-1)?.opcode).toBe(CLOSE)
    expect(controlBytesOut).toBe(texts.reduce((bytes, { payload }) => bytes + payload.length, 0))
  })

  test('of what a WebSocket of Engine.IO is told while it closes', async () => {
    const hasty = await startServer({ heartbeat: 50 })
    // It takes its leave, and holds on to the TCP connection until it is given up.
    const socket = connect({ port: hasty.port, host: '127.0.0.1', allowHalfOpen: true })
    const received: Buffer[] = []
    socket.on('data', (bytes) => received.push(bytes)).on('error', () => {})
    socket.write(handshake('/socket.io/?EIO=4&transport=websocket&client=a'))
    await until('it is open', () => Buffer.concat(received).includes('"sid"'))
    socket.write(frame(CLOSE))
    const closes = () =>
      Buffer.concat(received)
        .subarray(-2)
        .equals(frame(CLOSE, '', { masked: false }))
    await until('both have taken leave', closes)
    await until('the session is given up', () => hasty.app.io.engine.clientsCount === 0)

    const { headBytesOut, controlBytesOut } = (await hasty.meter('a'))['socket-io']
    const frames = readFrames(Buffer.concat(received).subarray(headBytesOut))
    const pings = frames.filter(({ opcode, payload }) => opcode === TEXT && String(payload) === '2')
    expect(controlBytesOut).toBe(pings.length)
    socket.destroy()
    await hasty.close()
  })

  test('of what waits for a poll of Engine.IO, before that comes and where it never does', async () => {
    const lane = await openKeepAlive(proxy.port)
    const path = '/socket.io/?EIO=4&transport=polling&client=a'
    const { body: open } = await lane.request('GET', path)
    const { sid } = JSON.parse(open.slice(1))
    const ask = (body: string) => lane.request('POST', `${path}&sid=${sid}`, { body })
    const control = async () => (await server.meter('a'))['socket-io'].controlBytesOut
    const heard = () => server.app.io.of('/chat').sockets.size
    await ask('40/chat,')
    await until('the answer waits', () => heard() === 1)
    expect(await control()).toBe(0)
    const { body: said } = await lane.request('GET', `${path}&sid=${sid}`)
    expect(said).toMatch(/^40\/chat,/)
    expect(await control()).toBe(said.length)

    // Nobody asks for the next one any more.
    await ask('42/chat,0["typing",{"room":"lobby"}]')
    await ask('1')
    await until('it was never said', () => heard() === 0)
    expect(await control()).toBe(said.length)
    await lane.end()
  })
})

test('of a body that is refused before it has come the head is head', async () => {
  const socket = connect(proxy.port, '127.0.0.1')
  let received = ''
  socket.on('data', (bytes) => {
    received += bytes
  })
  const path = '/socket.io/?EIO=4&transport=polling&client=a&sid=nobody'
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n`
  socket.write(head)
  await until('it is refused', () => /400 Bad Request.*\r\n0\r\n\r\n$/s.test(received))
  socket.write('40abc')
  const { headBytesIn, bytesIn } = await untilRead(head.length + 5)
  expect({ headBytesIn, bytesIn }).toEqual({ headBytesIn: head.length, bytesIn: head.length + 5 })
  // The next one on the connection is none the longer for it.
  const next = 'GET /short-polling/lobby?client=b HTTP/1.1\r\nHost: localhost\r\n\r\n'
  socket.write(next)
  await until('that is answered', () => /"entries":\[\].*\}$/s.test(received))
  expect((await server.meter('b'))['short-polling'].headBytesIn).toBe(next.length)
  socket.destroy()

  async function untilRead(bytes: number): Promise<Tally> {
    const tally = async () => (await server.meter('a'))['socket-io']
    await until(`${bytes} bytes are counted`, async () => (await tally()).bytesIn === bytes)
    return tally()
  }
})

test('an upgrade that is refused is a request and no upgrade', async () => {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/websocket/${'x'.repeat(100)}?client=a`)
  socket.on('error', () => {})
  const [, answer] = await once(socket, 'unexpected-response')
  expect(answer.statusCode).toBe(400)
  answer.resume()
  await once(answer, 'end')
  await until('its bytes are counted', async () => (await server.meter('a')).websocket.bytesOut > 0)
  const { requests, upgrades } = (await server.meter('a')).websocket
  expect({ requests, upgrades }).toEqual({ requests: 1, upgrades: 0 })
})

describe('whoever connects', () => {
  test('without ever naming a URL counts as other, once gone', async () => {
    const before = (await server.meter()).other
    const silent = connect(server.port, '127.0.0.1')
    await once(silent, 'connect')
    silent.write('GET /sse/lob')
    silent.end()
    silent.resume()
    await once(silent, 'close')
    const after = (await server.meter()).other
    // One connection is the silent one, the other that of the second question.
    expect(after.connections - before.connections).toBe(2)
    expect((await server.meter()).sse.connections).toBe(0)
  })

  test('with an unknown name reads as zeros', async () => {
    const nobody = await server.meter('nobody')
    expect(Object.keys(nobody)).toEqual([...transportNames, 'other'])
    for (const tally of Object.values(nobody))
      expect(Object.values(tally).every((value) => value === 0)).toBe(true)
  })

  test('asks about many lanes at once, and is told of each', async () => {
    await fetch(`${server.url}/short-polling/lobby?client=a`, { headers: { connection: 'close' } })
    const response = await fetch(`${server.url}/meter?client=a&client=b`, {
      headers: { connection: 'close' },
    })
    const both = (await response.json()) as Record<string, Tallies>
    expect(Object.keys(both)).toEqual(['a', 'b'])
    expect(both.a?.['short-polling'].requests).toBe(1)
    expect(both.b?.['short-polling'].requests).toBe(0)
  })

  test('to ask the meter is answered with that request in, and its answer not', async () => {
    const wire = await openKeepAlive(server.port)
    const first = await wire.request('GET', '/meter')
    const told = (JSON.parse(first.body) as Tallies).other
    expect(told).toMatchObject({ requests: 1, bytesIn: first.up, bytesOut: 0, connections: 1, open: 1 })
    const second = await wire.request('GET', '/meter')
    expect((JSON.parse(second.body) as Tallies).other.bytesOut).toBe(first.down)
    await wire.end()
  })
})

/** A connection spoken by hand, and all that has come on it. */
function openRaw(port: number) {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  return { socket, received: () => text }
}

const sum = (tallies: Tallies, field: keyof Tally) =>
  Object.values(tallies).reduce((bytes, tally) => bytes + tally[field], 0)

const total = (exchanges: Exchange[], field: 'up' | 'down' | 'headUp' | 'headDown') =>
  exchanges.reduce((bytes, exchange) => bytes + exchange[field], 0)

const partOf = (tally: Tally, ...fields: (keyof Tally)[]) =>
  Object.fromEntries(fields.map((field) => [field, tally[field]]))

const jsonBytes = (values: object[]) => jsonTextBytes(values.map((value) => JSON.stringify(value)))

const jsonTextBytes = (texts: string[]) => texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0)

/** Heads, control and payload are parts of the whole: what is left is framing, and it is never less than nothing. */
function expectPartsWithinWhole(tally: Tally) {
  for (const field of tallyFields) expect(tally[field], field).toBeGreaterThanOrEqual(0)
  for (const way of ['In', 'Out'] as const) {
    const parts = tally[`headBytes${way}`] + tally[`controlBytes${way}`] + tally[`payloadBytes${way}`]
    expect(parts, way).toBeLessThanOrEqual(tally[`bytes${way}`])
  }
}

/** Until meter and proxy agree: what was in flight has arrived. Never, when the meter is wrong. */
async function settled(name: TransportName) {
  const difference = async () => {
    const { bytesIn, bytesOut } = (await server.meter())[name]
    return { in: bytesIn - proxy.up, out: bytesOut - proxy.down }
  }
  try {
    await until(
      'meter and proxy agree',
      async () => {
        const { in: read, out: written } = await difference()
        return read === 0 && written === 0
      },
      5,
    )
  } catch {
    // Say by how much they differ.
    expect(await difference()).toEqual({ in: 0, out: 0 })
  }
}
