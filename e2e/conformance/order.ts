import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { TransportName } from '../../server/contract/transports.ts'
import { transports } from '../../web/transports/index.ts'
import { until } from '../support/until.ts'
import { expectNothingLost } from './oracle.ts'
import { kept, setStage } from './stage.ts'

/** Promise 1: every entry, in order, once. */
export function order(name: TransportName) {
  test('what one client publishes another reads, in order and unchanged', async () => {
    const { log, server, reader } = await setStage()
    const [ada, bob] = [reader(name, { url: server.url }), reader(name, { url: server.url })]
    await ada.open()
    await bob.open()

    const receipts = []
    for (let n = 1; n <= 60; n++)
      receipts.push(await ada.publish({ text: `line ${n}`, name: 'Ada', sentAt: n + 0.25 }))
    await bob.has(60)

    expect(receipts.map(({ seq }) => seq)).toEqual(bob.seqs)
    expect(bob.entries).toEqual(await kept(log))
    expect(bob.entries[41]).toEqual({
      room: 'lobby',
      seq: 42,
      kind: 'text',
      id: receipts[41]?.id,
      from: { name: 'Ada' },
      text: 'line 42',
      sentAt: 42.25,
      at: receipts[41]?.at,
    })
    expectNothingLost(bob, receipts)
  })

  test('an author reads his own entries too, once each', async () => {
    const { server, reader } = await setStage()
    const ada = reader(name, { url: server.url, client: 'ada' })
    await ada.open()
    const receipts = await Promise.all(
      Array.from({ length: 50 }, (_, n) => ada.publish({ text: `line ${n}` })),
    )
    await ada.has(50)
    expectNothingLost(ada, receipts)
    expect(ada.seqs).toHaveLength(50)
  })

  test('rooms do not leak into each other', async () => {
    const { server, reader, fill } = await setStage()
    const lobby = reader(name, { url: server.url, room: 'lobby' })
    const attic = reader(name, { url: server.url, room: 'attic' })
    await lobby.open()
    await attic.open()
    for (let n = 0; n < 10; n++) {
      await fill('lobby', 1)
      await fill('attic', 1)
    }
    await lobby.has(10)
    await attic.has(10)
    expect(new Set(lobby.entries.map(({ room }) => room))).toEqual(new Set(['lobby']))
    expect(new Set(attic.entries.map(({ room }) => room))).toEqual(new Set(['attic']))
    expect(lobby.seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(attic.seqs).toEqual(lobby.seqs)
  })

  test('who closes in the middle of a burst hears no more of it, and is told that it is closed', async () => {
    const { server, fill } = await setStage()
    await fill('lobby', 50)
    const seqs: number[] = []
    const statuses: string[] = []
    const connection = transports[name](
      {
        url: server.url,
        room: 'lobby',
        after: '0',
        WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
      },
      {
        onEntry({ seq }) {
          seqs.push(seq)
          if (seq === 10) connection.close()
        },
        onGap: () => {},
        onStatus: ({ state }) => statuses.push(state),
      },
    )
    await until('the lane is closed', () => statuses.at(-1) === 'closed')
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(connection.cursor).toMatch(/\.10$/)
  })
}
