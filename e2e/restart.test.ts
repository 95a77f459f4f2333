import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { RestartState } from '../server/contract/restart.ts'
import { transportNames } from '../server/contract/transports.ts'
import type { Receipt } from '../server/contract/wire.ts'
import { expectNothingLost } from './conformance/oracle.ts'
import { connectReader, insist, type TestReader } from './support/client.ts'
import { frame, openWebSocket, TEXT } from './support/frames.ts'
import { freePorts } from './support/ports.ts'
import { type Program, start } from './support/process.ts'
import { until } from './support/until.ts'
import { dial, request } from './support/wire.ts'

/** The process that starts its server anew when it is asked by HTTP. */
const programs: Program[] = []
const hangUps: { hangUp(): void }[] = []
const readers: TestReader[] = []

beforeAll(async () => {
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

const stateOf = async (url: string): Promise<RestartState> => (await fetch(`${url}/restart`)).json()

/** Asks for a restart, and resolves when the server is another. */
async function restart(url: string) {
  const answer = await fetch(`${url}/restart`, { method: 'POST' })
  expect(answer.status).toBe(202)
  const { startedAt } = (await answer.json()) as RestartState
  await until('it is up again', async () => {
    const state = await stateOf(url).catch(() => undefined)
    return state !== undefined && state.startedAt !== startedAt
  })
}

test.each([true, false])('the same port, the same process, the same data, on disk: %s', async (onDisk) => {
  const folder = mkdtempSync(join(tmpdir(), 'wireside-restart-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const links = await freePorts(1)
  const flags = ['--port', '0', '--data', onDisk ? folder : 'memory', '--links', `${links[0]}`]
  const program = started(start(flags))
  const url = await program.ready()
  expect(await stateOf(url)).toMatchObject({ allowed: true, keeps: onDisk })
  for (const name of transportNames)
    readers.push(connectReader(name, { url, after: '0', client: name, wait: 50, interval: 0.1 }))
  await Promise.all(readers.map((reader) => reader.open()))
  const receipts: Receipt[] = []
  const publishAll = async (prefix: string) => {
    for (const [n, reader] of readers.entries())
      receipts.push(await insist(reader, { id: `${prefix}-${n}`, text: 'hi' }))
  }
  await publishAll('before')
  await Promise.all(readers.map((reader) => reader.has(5)))
  const link = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"conditions":{}}',
  }
  expect((await fetch(`${url}/links`, link)).status).toBe(201)

  for (const times of [1, 2]) {
    await restart(url)
    await publishAll(`after-${times}`)
    for (const reader of readers) {
      // A poll may have been between two questions, and has nothing to notice; the entries come all the same.
      await reader.has(5 * (times + 1))
      expect(reader.gaps).toHaveLength(onDisk ? 0 : times)
      expectNothingLost(reader, receipts)
    }
  }
  // Its links ended with it, and their ports may be had again.
  expect((await fetch(`${url}/links`, link)).status).toBe(201)

  expect(program.stdout).toBe(`Wireside ${url}\n`)
  expect(program.stderr).toBe('Restarted.\nRestarted.\n')
  program.signal('SIGTERM')
  expect(await program.exited()).toBe(0)
})

test('every transport is told as when it ends, and who never reads holds it up for 5 s at most', async () => {
  const program = started(start(['--port', '0']))
  const url = await program.ready()
  const greedy = open(await openWebSocket(portOf(url), '/echo'))
  greedy.pause()
  greedy.send(frame(TEXT, 'x'.repeat(16 * 1024 * 1024 - 1)))
  const webSocket = open(await openWebSocket(portOf(url), '/websocket/lobby'))
  const stream = open(await dial(portOf(url)))
  stream.send(request('GET', '/sse/lobby'))
  await until('the stream has begun', () => stream.received.includes('event: joined'))

  const asked = performance.now()
  const ended = restart(url)
  expect(await webSocket.end()).toBe(1012)
  await until('the stream has ended', () => stream.closed)
  expect(stream.received.toString()).toMatch(/\r\nretry: \d{1,4}\n+\r\n0\r\n\r\n$/)
  await ended
  expect(performance.now() - asked).toBeLessThan(5_000)
})

test('a signal meanwhile ends it with 0', async () => {
  const program = started(start(['--port', '0']))
  const url = await program.ready()
  for (const name of transportNames) readers.push(connectReader(name, { url, wait: 50, interval: 60 }))
  await Promise.all(readers.map((reader) => reader.open()))
  const answer = await fetch(`${url}/restart`, { method: 'POST' })
  expect(answer.status).toBe(202)
  program.signal('SIGTERM')
  expect(await program.exited()).toBe(0)
})

test('--allow-restart nobody is what it says', async () => {
  const program = started(start(['--port', '0', '--allow-restart', 'nobody']))
  const url = await program.ready()
  const { startedAt, allowed } = await stateOf(url)
  expect(allowed).toBe(false)
  expect((await fetch(`${url}/restart`, { method: 'POST' })).status).toBe(403)
  expect((await stateOf(url)).startedAt).toBe(startedAt)
})
