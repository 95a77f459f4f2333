import { expect, onTestFinished, test } from 'vitest'
import { parseCursor } from '../../server/contract/cursor.ts'
import { transportNames } from '../../server/contract/transports.ts'
import { createMemoryLog } from '../../server/feed/memory-log.ts'
import { connectReader } from '../support/client.ts'
import { startServer } from '../support/server.ts'
import { until } from '../support/until.ts'
import { expectNothingLost } from './oracle.ts'

/** The log is new after a restart, and so is its epoch: the seqs of before must not pass for those of after. */
test.each([
  ['fewer', 2],
  ['more', 9],
])(
  'a server that restarts with a fresh log of %s entries: all clients come back, hear gap, and get what is new',
  async (_, count) => {
    const first = await startServer({ log: createMemoryLog() })
    const readers = transportNames.map((name) => connectReader(name, { url: first.url }))
    onTestFinished(() => {
      for (const reader of readers) reader.close()
    })
    await Promise.all(readers.map((reader) => reader.open()))
    const writer = connectReader('short-polling', { url: first.url })
    const before = []
    for (let n = 0; n < 5; n++) before.push(await writer.publish({ id: `before-${n}`, text: 'hi' }))
    writer.close()
    await Promise.all(readers.map((reader) => reader.has(5)))
    const old = parseCursor(readers[0]?.cursor ?? '').epoch

    await first.close()
    const log = createMemoryLog()
    const after = []
    for (let n = 0; n < count; n++)
      after.push((await log.append('lobby', { id: `after-${n}`, text: 'ho' }, undefined)).receipt)
    const second = await startServer({ log, port: first.port })
    onTestFinished(() => second.close())

    const { epoch } = parseCursor((await log.after('lobby', '0', 1)).cursor)
    expect(epoch).not.toBe(old)
    for (const reader of readers) {
      await reader.has(5 + count)
      expect(reader.heard.map(({ what, cursor }) => `${what} ${cursor}`)).toEqual([
        ...before.map(({ seq }) => `entry ${old}.${seq}`),
        `gap ${epoch}.0`,
        ...after.map(({ seq }) => `entry ${epoch}.${seq}`),
      ])
      expectNothingLost(reader, [...before, ...after])
      await until('the lane is open again', () => reader.statuses.at(-1)?.state === 'open')
    }
    // They go on reading, and publishing.
    for (const reader of readers) await reader.publish({ text: 'back again' })
    for (const reader of readers) {
      await reader.has(10 + count)
      expect(reader.gaps).toHaveLength(1)
    }
  },
)
