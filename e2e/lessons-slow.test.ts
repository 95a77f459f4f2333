import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { now } from '../server/clock.ts'
import { slowLimits } from '../server/lessons/slow.ts'
import { startServer, type TestServer } from './support/server.ts'
import { until } from './support/until.ts'

/** The server of known delay that lesson 20 measures. */

let server: TestServer

beforeEach(async () => {
  server = await startServer()
})

afterEach(() => server.close())

async function open(query: string) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/lessons/slow?${query}`)
  const answers: string[] = []
  let closed: number | undefined
  socket.on('message', (data) => answers.push(String(data)))
  socket.on('close', (code) => {
    closed = code
  })
  await new Promise((resolve) => socket.once('open', resolve))
  return {
    socket,
    answers,
    get closed() {
      return closed
    },
  }
}

test('it returns each message, and not before the time it was asked for', async () => {
  const { socket, answers } = await open('after=20&stall=0&every=1000')
  const start = performance.now()
  socket.send('1')
  socket.send('2')
  await until('both are back', () => answers.length === 2)
  // Node's timers count whole ms and may fire a fraction of one early.
  expect(performance.now() - start).toBeGreaterThanOrEqual(19)
  expect(answers).toEqual(['1', '2'])
})

test('what comes in a stall is answered when that is over, all of it', async () => {
  const [stall, every] = [300, 2_000]
  const { socket, answers } = await open(`after=1&stall=${stall}&every=${every}`)
  await until('a stall has just begun', () => now() % every < stall / 2)
  for (const each of ['1', '2', '3']) socket.send(each)
  await until('all are back', () => answers.length === 3)
  expect(now() % every).toBeGreaterThanOrEqual(stall)
})

test('it does not take what is no whole number of ms, too long, or a stall without end', async () => {
  for (const query of [
    '',
    'after=x&stall=0&every=1000',
    'after=1.5&stall=0&every=1000',
    `after=${slowLimits.after + 1}&stall=0&every=1000`,
    'after=5&stall=1000&every=1000',
    'after=5&stall=0&every=0',
  ]) {
    const slow = await open(query)
    await until(`${query} was refused`, () => slow.closed)
    expect(slow.closed, query).toBe(1008)
  }
})

test('it holds so many questions and no more', async () => {
  const slow = await open('after=100&stall=0&every=1000')
  for (let count = 0; count <= slowLimits.waiting; count++) slow.socket.send('?')
  await until('it was ended', () => slow.closed)
  expect(slow.closed).toBe(1008)
})

test('so many measure at once and no more, and one that ended makes room', async () => {
  const query = 'after=1&stall=0&every=1000'
  const all = await Promise.all(Array.from({ length: slowLimits.open }, () => open(query)))
  const late = await open(query)
  await until('it was refused', () => late.closed)
  expect(late.closed).toBe(1013)
  all[0]?.socket.close()
  await until('there is room again', async () => {
    const next = await open(query)
    next.socket.send('?')
    await until('it is settled', () => next.closed ?? next.answers.length === 1)
    return next.closed === undefined
  })
})
