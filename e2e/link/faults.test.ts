import { connect } from 'node:net'
import { io } from 'socket.io-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { post, setStage } from '../conformance/stage.ts'
import { until } from '../support/until.ts'
import { ask, dial, post as draft, request } from '../support/wire.ts'
import { endOf, linkTo, startWire } from './wire.ts'

const hello = (client: string) => `GET /?client=${client} HTTP/1.1\r\nHost: a\r\n\r\n`

/** A connection on which this client has spoken. */
async function dialAs(wire: Awaited<ReturnType<typeof startWire>>, client: string) {
  const ends = await wire.dial()
  ends.client.socket.write(hello(client))
  await until('the server has heard it', () => ends.server.received.length === hello(client).length)
  return ends
}

describe('a cut meets the client it names, and no other', () => {
  test.each(['fin', 'rst'] as const)('%s tells both sides', async (how) => {
    const wire = await startWire()
    const a = await dialAs(wire, 'a')
    const b = await dialAs(wire, 'b')
    expect(wire.link.cut(how, 'a')).toBe(1)
    await until('both are told', () => a.client.told === how && a.server.told === how)
    a.client.socket.destroy()
    a.server.socket.destroy()
    await until('it is over', () => wire.link.open === 1)
    b.client.socket.write('still here')
    await until('the other passes', () => b.server.received.toString().endsWith('still here'))
    expect(wire.link.capture('a').connections).toMatchObject([{ closedBy: 'link' }])
    expect(wire.link.cut(how)).toBe(1)
    await until('without a name all are', () => b.client.told === how && b.server.told === how)
  })

  test('half-open tells neither: what is said is taken, and lost', async () => {
    const wire = await startWire()
    const { client, server } = await dialAs(wire, 'a')
    const heard = server.received.length
    expect(wire.link.cut('half-open', 'a')).toBe(1)
    // More than kernels and the link would hold, had nobody taken it.
    for (let n = 0; n < 64; n++) server.socket.write(Buffer.alloc(1024 * 1024))
    client.socket.write('anybody?')
    await until(
      'all of it was taken',
      () => server.socket.writableLength + client.socket.writableLength === 0,
    )
    expect(client).toMatchObject({ told: 'nothing', received: Buffer.alloc(0) })
    expect(server.told).toBe('nothing')
    expect(server.received.length).toBe(heard)
    // The request, and none of what was swallowed.
    expect(wire.link.capture('a').connections).toMatchObject([
      { closedBy: 'link', chunks: [{ from: 'client' }], forgotten: { client: 0, server: 0 } },
    ])
    client.socket.resetAndDestroy()
    // Whoever comes after the reset is served after it.
    await dialAs(wire, 'b')
    expect(server.told).toBe('nothing')
  })

  test('while new connections are refused they are reset; those of one client, when it speaks', async () => {
    const wire = await startWire()
    const other = await dialAs(wire, 'b')
    wire.link.refuse(60_000, 'a')
    const { client, server } = await wire.dial()
    client.socket.write(hello('a'))
    await until('it is told', () => client.told === 'rst')
    expect(server.received.length).toBe(0)
    await dialAs(wire, 'c')

    wire.link.refuse(60_000)
    const refused = endOf(connect(wire.link.port, '127.0.0.1'))
    await until('so is whoever comes', () => refused.told === 'rst')
    other.client.socket.write('still here')
    await until('who was there stays', () => other.server.received.toString().endsWith('still here'))

    wire.link.refuse(0)
    wire.link.refuse(0, 'a')
    await dialAs(wire, 'a')
  })
})

test('a stall holds bytes and ends alike, and then lets all of it go, in order', async () => {
  const wire = await startWire()
  const a = await dialAs(wire, 'a')
  const b = await dialAs(wire, 'b')
  const begun = performance.now()
  expect(wire.link.stall(300, 'a')).toBe(1)
  const heard = a.server.received.length
  a.client.socket.end('one')
  a.server.socket.write('two')
  b.client.socket.write('three')
  await until('the other passes', () => b.server.received.toString().endsWith('three'))
  await until('the end arrives', () => a.server.told === 'fin' && a.client.received.length > 0)
  expect(a.server.received.subarray(heard).toString()).toBe('one')
  expect(a.client.received.toString()).toBe('two')
  // Never earlier than said; how much later, only the machine knows.
  expect(performance.now() - begun).toBeGreaterThan(295)
})

test('an idle connection is ended, one that speaks is not', async () => {
  const wire = await startWire({ conditions: { idleCut: 1 } })
  const idle = await wire.dial()
  const busy = await wire.dial()
  const talk = setInterval(() => busy.server.socket.write('.'), 20)
  onTestFinished(() => clearInterval(talk))
  await until('the idle one is told', () => idle.client.told === 'fin' && idle.server.told === 'fin')
  const heard = busy.client.received.length
  await until('longer than that has passed', () => busy.client.received.length >= heard + 60)
  expect(busy.client.told).toBe('nothing')
})

describe('a buffering proxy', () => {
  test('holds a stream until so many bytes wait, and a tunnel not at all', async () => {
    const wire = await startWire({ conditions: { buffer: { bytes: 100, ms: 600_000 } } })
    const stream = await dialAs(wire, 's')
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
    stream.server.socket.write(`${head}3\r\n: 1\r\n`)
    const tunnel = await dialAs(wire, 't')
    tunnel.server.socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    tunnel.server.socket.write('frame')
    await until('the frame arrives', () => tunnel.client.received.toString().endsWith('frame'))
    expect(stream.client.received.length).toBe(0)
    stream.server.socket.write(`28\r\n${'x'.repeat(40)}\r\n`)
    await until('all of it does', () => stream.client.received.toString().endsWith('x\r\n'))
  })

  test('passes on a response that is whole, or after so long', async () => {
    const wire = await startWire({ conditions: { buffer: { bytes: 1_000, ms: 600_000 } } })
    const { client, server } = await dialAs(wire, 'p')
    server.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh')
    server.socket.write('i')
    await until('it arrives', () => client.received.toString().endsWith('hi'))

    const hasty = await startWire({ conditions: { buffer: { bytes: 1_000, ms: 30 } } })
    const stream = await dialAs(hasty, 's')
    stream.server.socket.write('HTTP/1.1 200 OK\r\n\r\n: 1')
    await until('the time is up', () => stream.client.received.toString().endsWith(': 1'))
  })
})

test('the answer to a POST is swallowed: the server has the entry, and the retry its receipt', async () => {
  const { server, log } = await setStage()
  const link = await linkTo(server.port)
  link.dropResponse('b', 'POST')
  link.dropResponse('a', 'POST')
  expect((await ask(link.port, request('GET', '/short-polling/lobby?client=a'))).status).toBe(200)
  const publish = () => ask(link.port, draft('/sse/lobby?client=a', '{"text":"once","id":"x-1"}'))
  const lost = await publish()
  expect(lost.status).toBe(0)
  expect((await log.after('lobby', '0', 10)).entries).toHaveLength(1)
  const [first] = link.capture('a').connections.filter(({ closedBy }) => closedBy === 'link')
  const said = Buffer.concat(
    (first?.chunks ?? [])
      .filter(({ from }) => from === 'server')
      .map(({ bytes }) => Buffer.from(bytes, 'base64')),
  )
  expect(said.toString()).toContain('HTTP/1.1 201')

  const again = await publish()
  expect(again.status).toBe(200)
  expect(said.toString()).toContain(again.body)
  expect((await log.after('lobby', '0', 10)).entries).toHaveLength(1)
})

test('on a WebSocket what answers the next frame is swallowed', async () => {
  const { server, log } = await setStage()
  const link = await linkTo(server.port)
  const socket = new WebSocket(`${link.url.replace('http', 'ws')}/websocket/lobby?client=w`)
  const frames: string[] = []
  let closed = false
  socket.on('message', (data) => frames.push(String(data)))
  socket.on('error', () => {})
  socket.on('close', () => {
    closed = true
  })
  await until('it has joined', () => frames.length === 1)
  link.dropResponse('w')
  socket.send('{"publish":{"text":"hi","id":"w-1"},"room":"lobby"}')
  await until('it is cut', () => closed)
  expect(frames).toHaveLength(1)
  expect((await log.after('lobby', '0', 10)).entries).toHaveLength(1)
})

describe('a firewall that refuses upgrades', () => {
  test('answers a WebSocket 403, however its head is torn, and the server never hears of it', async () => {
    const { server } = await setStage()
    const link = await linkTo(server.port, { conditions: { refuseUpgrade: true, rtt: 4 } })
    const upgrade = request('GET', '/websocket/lobby?client=w', {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    })
    const wire = await dial(link.port)
    for (const byte of upgrade) wire.send(Buffer.of(byte))
    await until('it is closed', () => wire.closed)
    expect(wire.received.toString()).toMatch(/^HTTP\/1\.1 403 /)
    expect((await server.meter('w')).websocket.requests).toBe(0)
    expect((await ask(link.port, request('GET', '/short-polling/lobby'))).status).toBe(200)
  })

  test('passes on none of a request before it knows what is asked, and then all of it', async () => {
    const wire = await startWire({ conditions: { refuseUpgrade: true } })
    const { client, server } = await wire.dial()
    client.socket.write('POST / HTTP/1.1\r\nContent-Length: 2\r\n')
    const another = await dialAs(wire, 'b')
    expect([server.received.length, another.server.received.length]).toEqual([0, hello('b').length])
    client.socket.write('\r\nh')
    await until('it passes', () => server.received.toString().endsWith('\r\n\r\nh'))
    client.socket.write('iGET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n')
    await until('the second is refused', () => client.told === 'fin')
    expect(server.received.toString()).not.toContain('Upgrade')
  })

  test('leaves a Socket.IO client on polling, which still receives; a WebSocket client fails', async () => {
    const { server } = await setStage()
    const link = await linkTo(server.port, { conditions: { refuseUpgrade: true } })
    const socket = io(`${link.url}/chat`, { query: { client: 'i' }, forceNew: true })
    onTestFinished(() => void socket.close())
    const entries: { text: string }[] = []
    socket.on('entry', (entry) => entries.push(entry))
    let refusals = 0
    socket.io.engine.on('upgradeError', () => refusals++)
    await until('it is connected', () => socket.connected)
    await socket.emitWithAck('join', { room: 'lobby' })
    await until('the upgrade was refused', () => refusals > 0)
    await post(`${server.url}/sse/lobby`, { text: 'all the same' })
    await until('it receives', () => entries.length === 1)
    expect(socket.io.engine.transport.name).toBe('polling')

    const raw = new WebSocket(`${link.url.replace('http', 'ws')}/websocket/lobby`)
    let reason = ''
    raw.on('error', ({ message }) => {
      reason = message
    })
    await until('it fails', () => reason !== '')
    expect(reason).toContain('403')
  })
})
