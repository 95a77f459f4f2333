import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { AppOptions } from '../../server/app.ts'
import { transportNames } from '../../server/contract/transports.ts'
import { connectReader, type TestReader } from './client.ts'
import { startServer, type TestServer } from './server.ts'
import { until } from './until.ts'

/**
 * A server with one well-behaved reader per transport beside whatever a file's tests do to it. After each test one
 * more entry is published in their room and must reach all five, as its next: nothing that was refused became an
 * entry, nobody was cut off, nothing was thrown where nobody caught it.
 */
export function bystanders(options: AppOptions = {}) {
  let server: TestServer
  let readers: TestReader[] = []
  let published = 0
  const accidents: unknown[] = []
  const accident = (error: unknown) => accidents.push(error)

  beforeAll(async () => {
    process.on('uncaughtException', accident).on('unhandledRejection', accident)
    server = await startServer(options)
    readers = transportNames.map((name) => connectReader(name, { url: server.url, room: BYSTANDERS_ROOM }))
    await Promise.all(readers.map((reader) => reader.open()))
    const socketIo = readers.at(-1)
    await until('Socket.IO has left polling', () => {
      const status = socketIo?.statuses.at(-1)
      return status?.state === 'open' && status.via === 'websocket'
    })
  })

  afterEach(async () => {
    // Each wire publishes in its turn.
    const author = readers[published % readers.length]
    published++
    const receipt = await author?.publish({ text: `line ${published}` })
    expect(receipt?.seq).toBe(published)
    await Promise.all(readers.map((reader) => reader.has(published)))
    for (const reader of readers) {
      expect(reader.seqs).toHaveLength(published)
      expect(reader.entries.at(-1)).toMatchObject({ seq: published, text: `line ${published}` })
      expect(reader.gaps).toEqual([])
      expect(reader.statuses.map(({ state }) => state)).not.toContain('reconnecting')
      expect(reader.statuses.map(({ state }) => state)).not.toContain('closed')
    }
    expect(accidents).toEqual([])
  })

  afterAll(async () => {
    for (const reader of readers) reader.close()
    let ended = false
    void server.close().then(() => {
      ended = true
    })
    // A connection that was refused and yet kept would hold it up.
    await until('the server has closed', () => ended)
    process.off('uncaughtException', accident).off('unhandledRejection', accident)
    expect(accidents).toEqual([])
  })

  return {
    get port() {
      return server.port
    },
    get url() {
      return server.url
    },
  }
}

/** Where bad input is aimed at, so that an entry made of it would be seen. */
export const BYSTANDERS_ROOM = 'lobby'
