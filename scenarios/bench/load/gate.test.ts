import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../../e2e/support/until.ts'
import { createGate } from './gate.ts'
import { dial } from './socket.ts'

/** More than a paused reader’s kernel takes in. */
const MUCH = Buffer.alloc(16 * 1024 * 1024, 'x')

async function stage() {
  const clients: Socket[] = []
  const server = createServer((socket) => void clients.push(socket.on('error', () => {})))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const gate = createGate()
  let read = 0
  const connect = () =>
    dial(
      { host: '127.0.0.1', port: (server.address() as AddressInfo).port, gate },
      (_bytes, start, end) => {
        read += end - start
        return end
      },
      () => {},
    )
  onTestFinished(() => {
    for (const client of clients) client.destroy()
    server.close()
  })
  return {
    gate,
    connect,
    clients,
    get read() {
      return read
    },
  }
}

/** What is written to it has not all left, and no more of it leaves. */
const stuck = (socket: Socket | undefined) =>
  until('the kernel takes no more', async () => {
    const left = socket?.writableLength ?? 0
    const sent = socket?.bytesWritten
    await sleep(50)
    return left > 0 && socket?.writableLength === left && socket.bytesWritten === sent
  })

test('what is sent to a paused reader waits, and comes when it reads again', async () => {
  const on = await stage()
  on.connect()
  await until('it is connected', () => on.clients.length === 1)
  on.gate.pause()
  on.clients[0]?.write(MUCH)
  await stuck(on.clients[0])
  expect(on.read).toBe(0)
  on.gate.resume()
  await until('all has come', () => on.read === MUCH.length)
})

test('a connection that is made while its reader is paused is not read either', async () => {
  const on = await stage()
  on.gate.pause()
  on.connect()
  await until('it is connected', () => on.clients.length === 1)
  on.clients[0]?.write(MUCH)
  await stuck(on.clients[0])
  expect(on.read).toBe(0)
  on.gate.resume()
  await until('all has come', () => on.read === MUCH.length)
})
