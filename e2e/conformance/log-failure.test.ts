import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { transportNames } from '../../server/contract/transports.ts'
import type { Log } from '../../server/feed/log.ts'
import { createMemoryLog } from '../../server/feed/memory-log.ts'
import { openSqliteLog } from '../../server/feed/sqlite-log.ts'
import { connectReader } from '../support/client.ts'
import { startServer } from '../support/server.ts'
import { until } from '../support/until.ts'
import { expectNothingLost } from './oracle.ts'
import { kept, post } from './stage.ts'

/** A log whose file fails and works again: its clients are refused or sent back, and come again with their cursors. */
async function setUp() {
  const memory = createMemoryLog({ rooms: 1 })
  let broken = false
  let refused = 0
  const fails = () => {
    refused++
    return Promise.reject(new Error('I/O error'))
  }
  const log: Log = {
    ...memory,
    append: (...asked) => (broken ? fails() : memory.append(...asked)),
    after: (...asked) => (broken ? fails() : memory.after(...asked)),
  }
  const server = await startServer({ log })
  onTestFinished(() => server.close())
  return {
    server,
    memory,
    refused: () => refused,
    breaks(yes: boolean) {
      broken = yes
      refused = 0
    },
    reader(name: (typeof transportNames)[number]) {
      const reader = connectReader(name, { url: server.url, wait: 0.1 })
      onTestFinished(() => reader.close())
      return reader
    },
  }
}

test.each(transportNames)(
  '%s: a reader whose first read fails comes back until it has its backlog',
  async (name) => {
    const { memory, breaks, refused, reader } = await setUp()
    const { receipt } = await memory.append('lobby', { text: 'hi' }, undefined)
    breaks(true)
    const ada = reader(name)
    await until('it was refused twice', () => refused() >= 2)
    expect(ada.entries).toEqual([])
    breaks(false)
    await ada.has(1)
    expectNothingLost(ada, [receipt])
  },
)

test.each(transportNames)(
  '%s: a live reader who can no longer be served comes back with its cursor',
  async (name) => {
    const { memory, breaks, refused, reader } = await setUp()
    const ada = reader(name)
    await ada.open()
    const append = async (room: string) => (await memory.append(room, { text: 'hi' }, undefined)).receipt
    const first = await append('lobby')
    await ada.has(1)
    breaks(true)
    // Its room is forgotten and born again: where the reader stands now only the log can say.
    for (const room of ['attic', 'attic', 'attic', 'cellar']) await append(room)
    const second = await append('lobby')
    await until('it was refused', () => refused() >= 1)
    await until('it is on its way back', () => ada.statuses.at(-1)?.state === 'reconnecting')
    expect(ada.entries).toHaveLength(1)
    breaks(false)
    await ada.has(2)
    expect(ada.heard.map(({ what }) => what)).toEqual(['entry', 'gap', 'entry'])
    expectNothingLost(ada, [first, second])
  },
)

test('with the disk full every transport refuses to publish and goes on reading, until there is room', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wireside-full-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  // The quota is SQLite's own: what it answers is what it answers when a disk is full.
  const log = await openSqliteLog(folder, { bytes: 400_000, rooms: 2 })
  const server = await startServer({ log })
  onTestFinished(() => server.close())
  const text = 'x'.repeat(4_000)
  for (let n = 0; n < 20; n++) await log.append('attic', { text }, undefined)
  await expect(
    (async () => {
      for (;;) await log.append('lobby', { text }, undefined)
    })(),
  ).rejects.toMatchObject({ code: 'log-unavailable' })

  const lanes = transportNames.map((name) =>
    connectReader(name, { url: server.url, after: '0', client: name }),
  )
  onTestFinished(() => {
    for (const lane of lanes) lane.close()
  })
  const stored = await kept(log)
  for (const lane of lanes) {
    await lane.has(stored.length)
    await expect(lane.publish({ id: 'late', text })).rejects.toMatchObject({ code: 'log-unavailable' })
    expect(lane.entries).toEqual(stored)
  }
  for (const path of ['short-polling', 'long-polling', 'sse']) {
    expect((await post(`${server.url}/${path}/lobby`, { text })).status).toBe(503)
  }

  // A third room takes the place of the quietest, which leaves its room on the disk to the others.
  await log.append('cellar', { text }, undefined)
  const receipts = []
  for (const lane of lanes) receipts.push(await lane.publish({ id: 'late', text }))
  for (const lane of lanes) {
    await lane.has(stored.length + lanes.length)
    expect(lane.seqs.slice(-lanes.length)).toEqual(receipts.map(({ seq }) => seq))
    expect(lane.gaps).toEqual([])
    expect(lane.entries).toEqual(await kept(log))
  }
})
