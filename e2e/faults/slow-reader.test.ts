import type { Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Receipt } from '../../server/contract/wire.ts'
import { expectNothingLost } from '../conformance/oracle.ts'
import { kept, setStage } from '../conformance/stage.ts'
import { startProxy } from '../support/proxy.ts'
import { until } from '../support/until.ts'
import { openLane, openLanes, returns, settled } from './lanes.ts'

const MB = 1024 * 1024

/**
 * A reader that stops reading: what it is owed fills the kernel's buffers and then the server's memory. At 1 MB there it
 * is cut; when it reads again it resumes. (The polls have no queue: who does not ask is owed nothing.)
 */
test.each(['sse', 'websocket', 'socket-io'] as const)(
  '%s: cut at 1 MB, resumes where it was, and the others notice nothing',
  async (name) => {
    const { log, server } = await setStage()
    const sockets = new Set<Socket>()
    server.app.server.on('connection', (socket) => sockets.add(socket))
    const proxy = await startProxy(server.port)
    onTestFinished(() => proxy.close())
    const beside = await openLanes(server.url)
    const lane = openLane(name, proxy.url)
    await settled([lane])
    const isCut = () =>
      proxy.open > 0 &&
      ([...sockets].some(({ destroyed }) => destroyed) ||
        [...server.app.websocketServer.clients].some(({ readyState, CLOSING }) => readyState === CLOSING))
    for (const socket of sockets) if (socket.destroyed) sockets.delete(socket)

    proxy.pause()
    const receipts: Receipt[] = []
    let most = 0
    while (!isCut() && receipts.length < 8_000) {
      for (let n = 0; n < 20; n++) {
        const draft = { id: `s-${receipts.length}`, text: 'x'.repeat(4_000) }
        receipts.push((await log.append('lobby', draft, undefined)).receipt)
      }
      // The others keep up: it is one reader that is slow, and not the machine.
      await Promise.all(beside.map((reader) => reader.has(receipts.length)))
      most = Math.max(most, ...[...sockets].map(({ writableLength }) => writableLength))
    }
    expect(isCut()).toBe(true)
    console.log(
      `${name}: cut after ${receipts.length} entries of 4 kB, at most ${(most / MB).toFixed(2)} MB queued`,
    )
    // It was let be for as long as it owed less than 1 MB, and never owed much more.
    expect(most).toBeGreaterThan(0.8 * MB)
    expect(most).toBeLessThan(1.5 * MB)

    proxy.resume()
    await until('it hears that it was cut', () => returns(lane) > 0)
    await lane.has(receipts.length)
    expect(lane.gaps).toEqual([])
    expectNothingLost(lane, receipts)
    if (name === 'websocket') {
      expect(lane.statuses).toContainEqual(
        expect.objectContaining({ reason: 'reading too slowly; come back with your cursor' }),
      )
    }
    const all = await kept(log)
    for (const reader of beside) {
      expectNothingLost(reader, receipts)
      expect(reader.entries).toEqual(all)
      expect(returns(reader)).toBe(0)
    }
  },
)

test('one who comes back when what it missed is no longer kept is told gap', async () => {
  const { log, server } = await setStage({ entriesPerRoom: 200 })
  const proxy = await startProxy(server.port)
  onTestFinished(() => proxy.close())
  const lanes = (['sse', 'websocket', 'socket-io'] as const).map((name) => openLane(name, proxy.url))
  await settled(lanes)
  proxy.pause()
  const connections = () =>
    new Promise<number>((resolve) => server.app.server.getConnections((_, n) => resolve(n)))
  await until(
    'all three are cut',
    async () => {
      for (let n = 0; n < 50; n++) await log.append('lobby', { text: 'x'.repeat(4_000) }, undefined)
      await new Promise((resolve) => setImmediate(resolve))
      return (await connections()) === 0
    },
    50,
  )
  proxy.resume()
  await until('all three heard gap', () => lanes.every(({ gaps }) => gaps.length > 0))
  const last = await log.append('lobby', { text: 'the last' }, undefined)
  for (const lane of lanes) {
    await until('the last has come', () => lane.seqs.at(-1) === last.receipt.seq)
    expectNothingLost(lane, [])
  }
})
