import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { transportNames } from '../server/contract/transports.ts'
import { connectReader, type TestReader } from './support/client.ts'
import { CLOSE, frame, openWebSocket, type RawWebSocket, TEXT } from './support/frames.ts'
import { npmStart, type Program, start } from './support/process.ts'
import { until } from './support/until.ts'
import { dial, readAnswer, request, type Wire } from './support/wire.ts'

/** The process as its user meets it: started, asked wrongly, told to stop. */
const programs: Program[] = []
const hangUps: { hangUp(): void }[] = []
const readers: TestReader[] = []

beforeAll(async () => {
  // The first start after a change builds; the tests are about those that follow.
  expect(await started(start(['--build-only'])).exited()).toBe(0)
}, 240_000)

afterEach(() => {
  for (const reader of readers.splice(0)) reader.close()
  for (const wire of hangUps.splice(0)) wire.hangUp()
  for (const program of programs.splice(0)) program.kill()
})

function started(program: Program): Program {
  programs.push(program)
  return program
}

function open<T extends { hangUp(): void }>(connection: T): T {
  hangUps.push(connection)
  return connection
}

const portOf = (url: string) => Number(new URL(url).port)

describe('starting', () => {
  test('says one line on stdout, and there the server is', async () => {
    const program = started(start(['--port', '0']))
    const url = await program.ready()
    expect(program.stdout).toMatch(/^Wireside http:\/\/127\.0\.0\.1:\d+\n$/)
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ ok: true })
    program.signal('SIGTERM')
    await program.exited()
    expect(program.stdout).toBe(`Wireside ${url}\n`)
  })

  test('takes its options from flags', async () => {
    const port = await freePort()
    const flags = [
      '--port',
      `${port}`,
      '--host',
      '127.0.0.2',
      '--allow-host',
      'chat.example',
      '--data',
      'memory',
    ]
    const program = started(start(flags))
    expect(await program.ready()).toBe(`http://127.0.0.2:${port}`)
    expect(await hostStatus('127.0.0.2', port, 'chat.example')).toBe(200)
    expect(await hostStatus('127.0.0.2', port, 'evil.example')).toBe(421)
  })

  test('takes its options from the environment, and flags over it', async () => {
    const port = await freePort()
    const env = { WIRESIDE_PORT: '1', WIRESIDE_HOST: '127.0.0.2', WIRESIDE_ALLOW_HOST: 'a.example,b.example' }
    const program = started(start(['--port', `${port}`], env))
    expect(await program.ready()).toBe(`http://127.0.0.2:${port}`)
    expect(await hostStatus('127.0.0.2', port, 'b.example')).toBe(200)
  })

  test('on a port in use ends with 1, and names one that is free', async () => {
    const first = started(start(['--port', '0']))
    const taken = portOf(await first.ready())
    const second = started(start(['--port', `${taken}`]))
    expect(await second.exited()).toBe(1)
    expect(second.stdout).toBe('')
    const named = /^Port (\d+) is in use\. Port (\d+) is free: npm start -- --port (\d+)$/m.exec(
      second.stderr,
    )
    expect(named?.[1]).toBe(`${taken}`)
    expect(named?.[2]).toBe(named?.[3])
    expect(Number(named?.[2])).toBeGreaterThan(taken)
    expect(await canListen(Number(named?.[2]))).toBe(true)
    // The first has not noticed.
    expect((await fetch(`http://127.0.0.1:${taken}/health`)).status).toBe(200)
  })

  test('on the last port in use still names a free one', async () => {
    const blocker = createServer()
    await new Promise<void>((resolve) =>
      blocker.listen(65_535, '127.0.0.1', resolve).once('error', () => resolve()),
    )
    const program = started(start(['--port', '65535']))
    expect(await program.exited()).toBe(1)
    const named = Number(/Port (\d+) is free/.exec(program.stderr)?.[1])
    expect(named).toBeGreaterThan(0)
    expect(await canListen(named)).toBe(true)
    blocker.close()
  })

  test.each([
    [['--port', 'http'], 'A port is a number from 0 to 65535.'],
    [['--prot', '3000'], 'Did you mean --port?'],
    [['--host', '192.0.2.1'], 'Use --host 127.0.0.1, or 0.0.0.0 to let others in.'],
    [['--data', 'package.json'], 'or --data memory'],
  ])('with %j ends with 1, and says what to do', async (flags, sentence) => {
    const program = started(start(flags))
    expect(await program.exited()).toBe(1)
    expect(program.stderr).toContain(sentence)
    expect(program.stderr).not.toMatch(/\n\s+at /)
    expect(program.stdout).toBe('')
  })
})

describe('stopping', () => {
  /** One idle reader per transport, and an idle WebSocket on /echo. */
  async function idleLanes(url: string) {
    for (const name of transportNames) readers.push(connectReader(name, { url, wait: 50, interval: 60 }))
    await Promise.all(readers.map((reader) => reader.open()))
    const echo = new WebSocket(`${url.replace('http', 'ws')}/echo`)
    open({ hangUp: () => echo.terminate() })
    await until('/echo is open', () => echo.readyState === WebSocket.OPEN)
  }

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends it with 0 within a second, idle lanes open',
    async (signal) => {
      const program = started(start(['--port', '0']))
      await idleLanes(await program.ready())
      const sent = performance.now()
      program.signal(signal)
      expect(await program.exited()).toBe(0)
      expect(performance.now() - sent).toBeLessThan(1_000)
      expect(program.stderr).toBe('')
    },
  )

  test('a second signal changes nothing', async () => {
    const program = started(start(['--port', '0']))
    await idleLanes(await program.ready())
    for (let n = 0; n < 5; n++) program.signal(n % 2 ? 'SIGTERM' : 'SIGINT')
    expect(await program.exited()).toBe(0)
  })

  test('clients that never read hold it up for 5 s at most', async () => {
    const program = started(start(['--port', '0']))
    const port = portOf(await program.ready())
    const deaf: RawWebSocket[] = []
    for (const path of ['/websocket/lobby', '/echo', '/socket.io/?EIO=4&transport=websocket']) {
      deaf.push(open(await openWebSocket(port, path)))
    }
    // Asks for more than the kernel holds, and never takes it.
    const greedy = open(await openWebSocket(port, '/echo'))
    greedy.pause()
    greedy.send(frame(TEXT, 'x'.repeat(16 * 1024 * 1024 - 1)))
    const sent = performance.now()
    program.signal('SIGTERM')
    expect(await program.exited()).toBe(0)
    expect(performance.now() - sent).toBeLessThan(5_000)
  })

  test('every transport is told in its own words', async () => {
    const program = started(start(['--port', '0']))
    const port = portOf(await program.ready())
    const webSocket = open(await openWebSocket(port, '/websocket/lobby'))
    const echo = open(await openWebSocket(port, '/echo'))
    const engine = open(await openWebSocket(port, '/socket.io/?EIO=4&transport=websocket'))
    engine.send(frame(TEXT, '40/chat,'))
    await engine.heard('40/chat,{"sid"')
    const stream = open(await dial(port))
    stream.send(request('GET', '/sse/lobby'))
    await until('the stream has begun', () => stream.received.includes('event: joined'))
    const poll = open(await dial(port))
    poll.send(request('GET', '/long-polling/lobby?wait=60'))
    await until('the poll is held', () => isHeld(port))

    program.signal('SIGTERM')
    const codes: (number | undefined)[] = []
    for (const socket of [webSocket, echo, engine]) {
      codes.push(await socket.end())
      // Whoever hears a close answers it (RFC 6455 §5.5.1), or is waited for.
      socket.send(frame(CLOSE))
    }
    expect(codes.slice(0, 2)).toEqual([1012, 1012])
    await until('all are closed', () => [stream, poll, engine].every(({ closed }) => closed))
    expect(await program.exited()).toBe(0)

    expect(stream.received.toString()).toMatch(/\r\nretry: \d{1,4}\n+\r\n0\r\n\r\n$/)
    expect(readAnswer(poll.received)).toMatchObject({ status: 200 })
    expect(JSON.parse(readAnswer(poll.received).body)).toMatchObject({ entries: [], gap: false, more: false })
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
    '%s to npm alone ends the server too, and lets go of its port',
    async (signal) => {
      const program = started(npmStart(['--port', '0']))
      const url = await program.ready()
      await idleLanes(url)
      program.signal(signal)
      await until('npm and the server have ended', () => !program.isAlive(), 10)
      expect(await canListen(portOf(url))).toBe(true)
    },
  )
})

async function isHeld(port: number): Promise<boolean> {
  const meter = await (await fetch(`http://127.0.0.1:${port}/meter`)).json()
  return meter['long-polling'].requests === 1
}

async function hostStatus(address: string, port: number, host: string): Promise<number> {
  const wire: Wire = open(await dial(port, address))
  wire.send(request('GET', '/health', { Host: host }))
  await until('an answer', () => wire.received.includes('\r\n\r\n'))
  return readAnswer(wire.received).status
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.2', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
