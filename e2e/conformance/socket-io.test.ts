import { io, type ManagerOptions, type SocketOptions } from 'socket.io-client'
import { expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { expectNothingLost } from './oracle.ts'
import { startScissors } from './scissors.ts'
import { kept, setStage } from './stage.ts'

/** What only Socket.IO has: two carriers for one connection, and a moment between them. */
const using = (options: Partial<ManagerOptions & SocketOptions>) =>
  ((url: string, given: object) => io(url, { ...given, ...options })) as typeof io

test.each([
  ['by default ends on websocket', {}, 'websocket'],
  ['on websocket only connects', { transports: ['websocket'] }, 'websocket'],
  ['on polling only stays there', { transports: ['polling'] }, 'polling'],
])('a client that %s and receives the same', async (_, options, via) => {
  const { log, server, reader, fill } = await setStage()
  await fill('lobby', 60)
  const ada = reader('socket-io', { url: server.url, io: using(options) })
  await until(`it is open on ${via}`, () => {
    const status = ada.statuses.at(-1)
    return status?.state === 'open' && status.via === via
  })
  const receipts = [await ada.publish({ text: 'hi' }), ...(await fill('lobby', 10))]
  await ada.has(61)
  expect(ada.entries).toEqual((await kept(log)).slice(10))
  expectNothingLost(ada, receipts)
})

test('where upgrades are refused, a default client stays on polling and receives the same', async () => {
  const { log, server, reader, fill } = await setStage()
  const scissors = await startScissors(server.port, 'HTTP/1.1 101')
  const ada = reader('socket-io', { url: scissors.url })
  await until('the upgrade was refused', () => scissors.cuts === 1)
  await ada.open()
  await fill('lobby', 20)
  await ada.has(20)
  expect(ada.statuses).toEqual([{ state: 'connecting' }, { state: 'open', via: 'polling' }])
  expect(ada.entries).toEqual(await kept(log))
})

test('a client cut in the middle of its upgrade begins anew, long before its heartbeat would tell', async () => {
  const { log, server, reader, fill } = await setStage()
  // The server's last word of the probe: from here on the client reads neither polling nor WebSocket.
  const scissors = await startScissors(server.port, '3probe')
  const ada = reader('socket-io', { url: scissors.url })
  await until('the upgrade was cut', () => scissors.cuts === 1)
  const receipts = await fill('lobby', 20)
  await ada.has(20)
  expect(ada.statuses.map(({ state }) => state)).toContain('reconnecting')
  expect(ada.entries).toEqual(await kept(log))
  expectNothingLost(ada, receipts)
})
