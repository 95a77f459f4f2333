import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import Database from 'libsql/promise'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { until } from '../../e2e/support/until.ts'
import { formatCursor, parseCursor } from '../contract/cursor.ts'
import type { Log, Slice } from './log.ts'
import { keepsTheContract, rooms } from './log-suite.ts'
import { createMemoryLog } from './memory-log.ts'
import { openSqliteFile } from './sqlite-file.ts'
import { openSqliteLog, type SqliteLogOptions } from './sqlite-log.ts'

const all = Number.MAX_SAFE_INTEGER
const folders: string[] = []
const logs: Log[] = []

afterEach(async () => {
  for (const log of logs.splice(0)) await log.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wireside-log-'))
  folders.push(folder)
  return folder
}

async function open(folder: string, options?: SqliteLogOptions): Promise<Log> {
  const log = await openSqliteLog(folder, options)
  logs.push(log)
  return log
}

// Each run is a new file, and each of its publishes waits for the disk.
keepsTheContract((limits) => open(newFolder(), limits), 12)

const epochOf = async (log: Log) => parseCursor((await log.after('a', '0', 1)).cursor).epoch
const textsOf = ({ entries }: Slice) => entries.map(({ text }) => text)

describe('over a restart', () => {
  test('entries, seqs, the epoch and first receipts are what they were', async () => {
    const folder = newFolder()
    const before = await open(folder)
    const epoch = await epochOf(before)
    const { receipt } = await before.append('a', { id: '1', text: 'hi', sentAt: 1.5, name: 'Ada' }, 'ada')
    expect(receipt).toMatchObject({ id: '1', seq: 1, stored: 'disk' })
    const slice = await before.after('a', '0', all)
    await before.close()

    const after = await open(folder)
    expect(await after.after('a', '0', all)).toEqual(slice)
    expect(await epochOf(after)).toBe(epoch)
    expect(await after.append('a', { id: '1', text: 'hi' }, 'ada')).toEqual({ receipt, repeat: true })
    await expect(after.append('a', { id: '1', text: 'ho' }, 'ada')).rejects.toMatchObject({
      code: 'id-taken',
    })
    expect(await after.append('a', { text: 'next' }, undefined)).toMatchObject({ receipt: { seq: 2 } })
  })

  test('what was still under way when the log was closed is in it, and nothing after', async () => {
    const folder = newFolder()
    const before = await open(folder)
    const appended = Promise.all(
      Array.from({ length: 2_500 }, (_, n) => before.append('a', { text: `${n}` }, undefined)),
    )
    await before.close()
    expect((await appended).map(({ receipt }) => receipt.seq)).toEqual(
      Array.from({ length: 2_500 }, (_, n) => n + 1),
    )
    await expect(before.append('a', { text: 'late' }, undefined)).rejects.toMatchObject({
      code: 'log-unavailable',
    })
    const { entries } = await (await open(folder)).after('a', '0', all)
    expect(entries.map(({ text }) => text)).toEqual(Array.from({ length: 2_500 }, (_, n) => `${n}`))
  })

  test('a closed log is one file', async () => {
    const folder = newFolder()
    const log = await open(folder)
    await log.append('a', { text: 'hi' }, undefined)
    await log.close()
    expect(readdirSync(folder)).toEqual(['wireside.db'])
  })

  const steps = fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('publish' as const),
          drafts: fc.array(
            fc.record({
              room: fc.constantFrom(...rooms),
              id: fc.option(fc.integer({ max: 6, min: 0 }), { nil: undefined }),
              text: fc.constantFrom('hi', 'ho'),
            }),
            { minLength: 1, maxLength: 12 },
          ),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
    ),
    { maxLength: 12, size: 'max' },
  )

  test('a log with any restarts answers as one in memory without: receipts, repeats, pages and gaps', () =>
    fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        const limits = { entriesPerRoom: 4, rooms: 3 }
        const memory = createMemoryLog(limits)
        const folder = newFolder()
        let disk = await open(folder, limits)
        const heard = { memory: [] as string[], disk: [] as string[] }
        const listen = (log: Log, where: 'memory' | 'disk') =>
          log.follow(({ room, seq, text }, cursor) =>
            heard[where].push(`${room} ${seq} ${parseCursor(cursor).seq} ${text}`),
          )
        listen(memory, 'memory')
        listen(disk, 'disk')

        for (const step of steps) {
          if (step.do === 'restart') {
            await disk.close()
            disk = await open(folder, limits)
            listen(disk, 'disk')
            continue
          }
          const [one, other] = await Promise.all(
            [memory, disk].map((log) =>
              Promise.all(
                step.drafts.map(({ room, id, text }) =>
                  log.append(room, { text, ...(id !== undefined && { id: `${id}` }) }, 'ada').then(
                    ({ repeat, receipt: { seq } }) => ({ repeat, seq }),
                    (error) => error.code,
                  ),
                ),
              ),
            ),
          )
          expect(other).toEqual(one)
          for (const room of rooms) expect(await seenIn(disk, room)).toEqual(await seenIn(memory, room))
        }
        // A follower hears rooms of one batch in the order of their drafts, as in memory.
        expect(heard.disk).toEqual(heard.memory)
        await disk.close()
      }),
      { numRuns: 25 },
    ))

  /** Everything a reader of a room may be answered, in terms that do not depend on epoch, clock or chance. */
  async function seenIn(log: Log, room: string) {
    const epoch = await epochOf(log)
    const asked = [undefined, '0', `${epoch === 'zzzz' ? 'yyyy' : 'zzzz'}.2`]
    for (let seq = 0; seq <= 12; seq++) asked.push(formatCursor(epoch, seq))
    const seen = []
    for (const cursor of asked) {
      const { start, cursor: end, gap, more, entries } = await log.after(room, cursor, 2)
      const texts = entries.map(({ seq, text }) => `${seq} ${text}`)
      seen.push([parseCursor(start).seq, parseCursor(end).seq, gap, more, ...texts])
    }
    return seen
  }
})

describe('a receipt', () => {
  test('is given, and an entry heard, when a crash at that very moment could not take it back', async () => {
    const folder = newFolder()
    const log = await open(folder)
    const copies: { texts: string[]; folder: string }[] = []
    const crash = (texts: string[]) => {
      const copy = join(newFolder(), 'copy')
      cpSync(folder, copy, { recursive: true })
      copies.push({ texts, folder: copy })
    }
    log.follow(({ text }) => crash([text]))
    for (let n = 0; n < 5; n++) {
      const together = [`${n} one`, `${n} two`]
      await Promise.all(
        together.map((text) => log.append('a', { text }, undefined).then(() => crash([text]))),
      )
    }
    expect(copies).toHaveLength(20)
    for (const { texts, folder } of copies) {
      const restarted = await open(folder)
      expect(textsOf(await restarted.after('a', '0', all))).toEqual(expect.arrayContaining(texts))
      await restarted.close()
    }
  })

  test('means that it was synced', async () => {
    const folder = newFolder()
    const file = await openSqliteFile(folder)
    expect(await file.all('PRAGMA synchronous')).toEqual([{ synchronous: 2 }])
    expect(await file.all('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }])
    await file.close()
  })
})

test('the database works while the event loop does', async () => {
  const file = await openSqliteFile(newFolder())
  const long =
    'SELECT count(*) FROM (WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 1000000) SELECT n FROM n)'
  for (const work of [() => file.all(long), () => file.transact([[long]])]) {
    let turns = 0
    let done = false
    const count = () => {
      turns++
      if (!done) setImmediate(count)
    }
    setImmediate(count)
    await work()
    done = true
    // Were it done on the event loop there would be one or two.
    expect(turns).toBeGreaterThan(50)
  }
  await file.close()
})

describe('reading', () => {
  test('pages go from the file into memory without a seam', async () => {
    const folder = newFolder()
    const texts = Array.from({ length: 2_300 }, (_, n) => `${n}`)
    const first = await open(folder)
    for (const text of texts.slice(0, 1_500)) void first.append('a', { text }, undefined)
    await first.close()
    const log = await open(folder)
    await Promise.all(texts.slice(1_500).map((text) => log.append('a', { text }, undefined)))
    for (const limit of [200, 333, all]) {
      const seen: string[] = []
      let cursor = '0'
      for (let more = true; more; ) {
        const slice = await log.after('a', cursor, limit)
        expect(slice.gap).toBe(false)
        seen.push(...textsOf(slice))
        ;({ cursor, more } = slice)
      }
      expect(seen).toEqual(texts)
    }
  })

  test('many readers of old entries at once, while others publish, are all answered', async () => {
    const folder = newFolder()
    const before = await open(folder)
    for (let n = 0; n < 400; n++) void before.append('a', { text: `${n}` }, undefined)
    await before.close()
    const log = await open(folder)
    const epoch = await epochOf(log)
    const reads = Array.from({ length: 300 }, (_, n) => log.after('a', formatCursor(epoch, n), 50))
    const writes = Array.from({ length: 300 }, (_, n) => log.append('a', { text: `new ${n}` }, undefined))
    for (const [n, { entries, gap }] of (await Promise.all(reads)).entries()) {
      expect(gap).toBe(false)
      expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, m) => n + m + 1))
    }
    expect((await Promise.all(writes)).map(({ receipt }) => receipt.seq)).toEqual(
      writes.map((_, n) => 401 + n),
    )
  })
})

test('entries that are too old are deleted, and the cursors of their readers stay good', async () => {
  const folder = newFolder()
  const log = await open(folder, { maxAge: 300 })
  for (let n = 1; n <= 3; n++) await log.append('a', { text: 'secret' }, 'ada')
  const { cursor } = await log.after('a', '0', all)
  await until('they are gone', async () => (await log.after('a', '0', all)).entries.length === 0)
  expect(await log.after('a', cursor, all)).toMatchObject({ gap: false, cursor, entries: [] })
  expect(await log.after('a', formatCursor(cursor.slice(0, 4), 2), all)).toMatchObject({ gap: true })
  await log.close()
  const after = await open(folder)
  expect(await after.after('a', '0', all)).toMatchObject({ start: cursor, cursor, entries: [] })
  expect(await after.append('a', { text: 'hi' }, undefined)).toMatchObject({ receipt: { seq: 4 } })
})

describe('without room', () => {
  test('a publish is refused, reading goes on, and publishing works again when there is room', async () => {
    const said: string[] = []
    const folder = newFolder()
    const log = await open(folder, { bytes: 400_000, rooms: 2, onTrouble: (sentence) => said.push(sentence) })
    const heard: string[] = []
    log.follow(({ room, seq }) => heard.push(`${room} ${seq}`))
    const publish = (room: string, text = 'x'.repeat(4_000)) => log.append(room, { text }, 'ada')
    const seqs: number[] = []
    const fill = async () => {
      for (;;) seqs.push((await publish(seqs.length % 2 ? 'a' : 'b')).receipt.seq)
    }
    await expect(fill()).rejects.toMatchObject({ code: 'log-unavailable', status: 503 })
    const stored = seqs.length
    expect(stored).toBeGreaterThan(50)
    expect(said).toEqual([expect.stringMatching(/^Entries cannot be stored: .*full.* Publishing is refused/)])

    // Several at once are all refused, none is heard, and what was there is read, from memory and file.
    const refused = await Promise.allSettled(['a', 'b', 'a'].map((room) => publish(room)))
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(said).toHaveLength(1)
    expect(heard).toHaveLength(stored)
    const kept = async (log: Log) =>
      [...(await log.after('a', '0', all)).entries, ...(await log.after('b', '0', all)).entries].length
    expect(await kept(log)).toBe(stored)

    // A third room takes the place of the quietest, and with it its room on the disk.
    expect(await publish('c')).toMatchObject({ repeat: false, receipt: { stored: 'disk' } })
    expect(said.slice(1)).toEqual(['Entries are stored again.'])
    // What was refused has left no hole in the room that stayed.
    const stayed = seqs.length % 2 ? 'b' : 'a'
    const { entries } = await log.after(stayed, '0', all)
    expect((await publish(stayed)).receipt.seq).toBe((entries.at(-1)?.seq ?? 0) + 1)
    const slices = await Promise.all(rooms.map((room) => log.after(room, '0', all)))
    await log.close()
    const restarted = await open(folder)
    expect(await Promise.all(rooms.map((room) => restarted.after(room, '0', all)))).toEqual(slices)
  })
})

describe('a file that cannot be used is said so, and left as it is', () => {
  /** A database made by hand. */
  async function make(folder: string, sql: string) {
    const database = new Database(join(folder, 'wireside.db'), {})
    await database.exec(sql)
    database.close()
  }
  /** A log with something in it. */
  async function fill(folder: string) {
    const log = await open(folder)
    for (let n = 0; n < 300; n++) void log.append('a', { text: `entry ${n}`.padEnd(300) }, 'ada')
    await log.close()
  }
  function overwrite(folder: string, at: number, bytes: Buffer) {
    const file = join(folder, 'wireside.db')
    const whole = readFileSync(file)
    bytes.copy(whole, at)
    writeFileSync(file, whole)
  }

  test.each<[string, (folder: string) => void | Promise<void>, RegExp]>([
    [
      'of text',
      (folder) => writeFileSync(join(folder, 'wireside.db'), 'my diary\n'.repeat(500)),
      /is no database/,
    ],
    ['of nothing', (folder) => writeFileSync(join(folder, 'wireside.db'), ''), /is no database/],
    ['of another program', (folder) => make(folder, 'CREATE TABLE entries (a)'), /of another program/],
    [
      'of a newer Wireside',
      async (folder) => {
        await fill(folder)
        await make(folder, 'PRAGMA user_version = 99')
      },
      /by a newer Wireside: its format is 99/,
    ],
    [
      'with a torn page',
      async (folder) => {
        await fill(folder)
        overwrite(folder, 8 * 4096, Buffer.alloc(4096, 0xa5))
      },
      /is damaged \(.+\)/,
    ],
    [
      'cut in half',
      async (folder) => {
        await fill(folder)
        const file = join(folder, 'wireside.db')
        const whole = readFileSync(file)
        writeFileSync(file, whole.subarray(0, whole.length / 2))
      },
      /is damaged \(.+\)/,
    ],
  ])('one %s', async (_, prepare, sentence) => {
    const folder = newFolder()
    await prepare(folder)
    const before = readFileSync(join(folder, 'wireside.db'))
    await expect(openSqliteLog(folder)).rejects.toMatchObject({
      name: 'UnusableFile',
      message: expect.stringMatching(sentence),
    })
    expect(readFileSync(join(folder, 'wireside.db')).equals(before)).toBe(true)
    expect(readdirSync(folder)).toEqual(['wireside.db'])
  })

  test('one that another process has open', async () => {
    const folder = newFolder()
    const log = await open(folder)
    const { receipt } = await log.append('a', { text: 'hi' }, undefined)
    await log.close()
    const holder = spawn(
      process.execPath,
      [
        '-e',
        `const database = new (require('libsql'))(${JSON.stringify(join(folder, 'wireside.db'))})
         database.exec('BEGIN EXCLUSIVE')
         console.log('held')
         setInterval(() => {}, 1000)`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    onTestFinished(() => void holder.kill('SIGKILL'))
    await new Promise((resolve) => holder.stdout.once('data', resolve))
    await expect(openSqliteLog(folder)).rejects.toThrow(/is in use by another process/)
    const gone = new Promise((resolve) => holder.once('exit', resolve))
    holder.kill('SIGKILL')
    await gone
    const after = await open(folder)
    expect((await after.after('a', '0', all)).entries).toMatchObject([{ seq: receipt.seq }])
  })

  test('one that this process has open', async () => {
    const folder = newFolder()
    const log = await open(folder)
    await expect(openSqliteLog(folder)).rejects.toThrow(/is in use/)
    expect(await log.append('a', { text: 'hi' }, undefined)).toMatchObject({ receipt: { seq: 1 } })
  })

  test('a folder that is a file', async () => {
    const file = join(newFolder(), 'data')
    writeFileSync(file, 'hi')
    await expect(openSqliteLog(file)).rejects.toThrow(/cannot be used: EEXIST.*--data memory/)
    expect(readFileSync(file, 'utf8')).toBe('hi')
  })
})

test('the folder is made, and two that begin a log in it at once do not make two', async () => {
  const folder = join(newFolder(), 'deep', 'data')
  const [one, other] = await Promise.allSettled([open(folder), open(folder)])
  expect([one.status, other.status].sort()).toEqual(['fulfilled', 'rejected'])
  expect(existsSync(join(folder, 'wireside.db'))).toBe(true)
})
