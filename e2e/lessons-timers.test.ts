import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { visitLimits } from '../server/lessons/visits.ts'
import { startServer, type TestServer } from './support/server.ts'
import { until } from './support/until.ts'

/** The two tickers of lesson 18: the one that leaves its timers behind, and the one that does not. */

let server: TestServer

beforeEach(async () => {
  server = await startServer()
})

afterEach(() => server.close())

const alive = async (path: string, visit: string): Promise<{ timers: number; sockets: number }> =>
  (await fetch(`${server.url}/lessons/${path}/${visit}`)).json()

async function open(path: string, visit: string) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/lessons/${path}?visit=${visit}`)
  let ticks = 0
  let closed: number | undefined
  socket.on('message', () => ticks++)
  socket.on('close', (code) => {
    closed = code
  })
  await new Promise((resolve) => socket.once('open', resolve))
  return {
    socket,
    get ticks() {
      return ticks
    },
    get closed() {
      return closed
    },
  }
}

/** Opens a connection and opens it anew so many times; the last one stays. */
async function refresh(path: string, visit: string, times: number) {
  let page = await open(path, visit)
  for (let time = 0; time < times; time++) {
    page.socket.close()
    await until('the server has seen it go', async () => (await alive(path, visit)).sockets === 0)
    page = await open(path, visit)
  }
  await until('the new one is there', async () => (await alive(path, visit)).sockets === 1)
  return page
}

test('with the bug a timer is left behind by each connection, and ticks on into the one that is open', async () => {
  const page = await refresh('broken/interval-leak', 'ada', 5)
  expect(await alive('broken/interval-leak', 'ada')).toMatchObject({ timers: 6, sockets: 1 })
  await until('it ticks', () => page.ticks >= 12)
})

test('mended, one timer runs for one connection, and none when it is gone', async () => {
  const page = await refresh('ticker', 'ada', 5)
  expect(await alive('ticker', 'ada')).toMatchObject({ timers: 1, sockets: 1 })
  await until('it ticks', () => page.ticks >= 2)
  page.socket.close()
  await until('nothing is left', async () => (await alive('ticker', 'ada')).timers === 0)
})

test('visits do not see each other, and each must be named', async () => {
  await open('broken/interval-leak', 'ada')
  await until('it is there', async () => (await alive('broken/interval-leak', 'ada')).timers === 1)
  expect(await alive('broken/interval-leak', 'bo')).toMatchObject({ timers: 0, sockets: 0 })
  const nobody = await open('broken/interval-leak', '')
  await until('it was refused', () => nobody.closed)
  expect(nobody.closed).toBe(1008)
})

test('a visit opens so many connections and no more, and there are so many visits and no more', async () => {
  for (let count = 0; count < visitLimits.sockets; count++) await open('ticker', 'greedy')
  const more = await open('ticker', 'greedy')
  await until('it was refused', () => more.closed)
  for (let count = 1; count < visitLimits.visits; count++) await open('ticker', `visit-${count}`)
  const late = await open('ticker', 'late')
  await until('it was refused', () => late.closed)
  expect([more.closed, late.closed]).toEqual([1008, 1008])
})
