import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import { parseCursor } from '../server/contract/cursor.ts'
import { transportNames } from '../server/contract/transports.ts'
import type { Entry, Page, Receipt } from '../server/contract/wire.ts'
import { expectNothingLost } from './conformance/oracle.ts'
import { connectReader, type TestReader } from './support/client.ts'
import { freePorts } from './support/ports.ts'
import { type Program, start } from './support/process.ts'
import { until } from './support/until.ts'

/** Promises 1 and 3 when the server dies: a receipt outlives it, a draft is one entry, and readers go on. */
const programs: Program[] = []

beforeAll(async () => {
  // The first start after a change builds; the tests are about those that follow.
  expect(await started(start(['--build-only'])).exited()).toBe(0)
}, 240_000)

afterEach(() => {
  for (const program of programs.splice(0)) program.kill()
})

function started(program: Program): Program {
  programs.push(program)
  return program
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wireside-durability-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

const KILLS = 20
/** Drafts that a lane has under way at once, and publishes in a burst: all rooms of a log keep 10,000 entries. */
const ABREAST = 4
const BURST = 80

test('kill -9 in mid-burst 20 times, five transports publishing and reading: nothing acknowledged is lost or doubled', async () => {
  const folder = newFolder()
  const serve = (port: number) => started(start(['--port', `${port}`, '--data', folder, '--links', 'none']))
  let program = serve(0)
  const url = await program.ready()
  const port = Number(new URL(url).port)
  const lanes = transportNames.map((name) => ({
    name,
    reader: connectReader(name, { url, after: '0', client: `lane-${name}`, wait: 1 }),
  }))
  onTestFinished(() => {
    for (const { reader } of lanes) reader.close()
  })

  const receipts: Receipt[] = []
  let interrupted = 0
  const { epoch } = parseCursor((await everything(url)).cursor)
  for (let kill = 1; kill <= KILLS; kill++) {
    await Promise.all(lanes.map(({ reader }) => reader.open()))
    const before = receipts.length
    const all = BURST * lanes.length
    const burst = Promise.all(
      lanes.map(({ name, reader }) =>
        publishBurst(reader, `${name}-${kill}`, (receipt) => receipts.push(receipt)),
      ),
    )
    // Each time at another place of the burst, and never after its end.
    const place = before + Math.round((kill / (KILLS + 1)) * all * 0.8)
    await until(`${place} receipts are there`, () => receipts.length >= place)
    program.signal('SIGKILL')
    interrupted += before + all - receipts.length
    await program.exited()
    program = serve(port)
    await program.ready()
    await burst
    expect(receipts).toHaveLength(before + all)
  }
  // Had the bursts been over by then, the kills would have tested nothing.
  expect(interrupted).toBeGreaterThan(KILLS * ABREAST)

  const { entries, cursor } = await everything(url)
  expect(parseCursor(cursor).epoch).toBe(epoch)
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, n) => n + 1))
  const bySeq = new Map(entries.map(({ seq, id, at }) => [seq, { id, at }]))
  expect(
    receipts.filter(({ id, seq, at }) => bySeq.get(seq)?.id !== id || bySeq.get(seq)?.at !== at),
  ).toEqual([])
  expect(receipts.every(({ stored }) => stored === 'disk')).toBe(true)
  // Every draft was acknowledged in the end, so what is there beside them would be a draft that became two.
  expect(entries).toHaveLength(receipts.length)
  for (const { reader } of lanes) {
    await reader.has(receipts.length)
    expectNothingLost(reader, receipts)
    expect(reader.gaps).toEqual([])
    expect(reader.entries).toEqual(entries)
  }

  // Repeats get their first receipts, over any transport, also after one more restart, this one in peace.
  program.signal('SIGTERM')
  expect(await program.exited()).toBe(0)
  expect(program.stderr).toBe('')
  program = serve(port)
  await program.ready()
  for (const { name, reader } of lanes) {
    await reader.open()
    const id = `${name}-${KILLS}-0`
    expect(await reader.publish({ id, text: `draft ${id}` })).toEqual(
      receipts.find((receipt) => receipt.id === id),
    )
    await expect(reader.publish({ id, text: 'another' })).rejects.toMatchObject({ code: 'id-taken' })
  }
  expect((await everything(url)).entries).toHaveLength(receipts.length)
}, 300_000)

/** Publishes a lane's burst, some drafts abreast, each again and again until it has its receipt. */
async function publishBurst(reader: TestReader, name: string, onReceipt: (receipt: Receipt) => void) {
  let next = 0
  await Promise.all(
    Array.from({ length: ABREAST }, async () => {
      while (next < BURST) {
        const id = `${name}-${next++}`
        onReceipt(await publishUntilAcknowledged(reader, id))
      }
    }),
  )
}

async function publishUntilAcknowledged(reader: TestReader, id: string): Promise<Receipt> {
  for (;;) {
    try {
      return await reader.publish({ id, text: `draft ${id}` })
    } catch (error) {
      const { code } = error as { code?: string }
      if (!['network', 'too-many', 'overloaded', 'unavailable', 'log-unavailable'].includes(code ?? ''))
        throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

test('a receipt that was lost, and then the server too: the draft again is a repeat, over each transport', async () => {
  const folder = newFolder()
  const [linkPort] = await freePorts(1)
  const flags = (port: number) => ['--port', `${port}`, '--data', folder, '--links', `${linkPort}`]
  let program = started(start(flags(0)))
  const url = await program.ready()
  const call = (path: string, body: object) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  const kept: Entry[] = []
  for (const [n, name] of transportNames.entries()) {
    expect((await call('/links', { conditions: {} })).status).toBe(201)
    // It asks once a minute, so that the response that is lost is the draft's.
    const target = { client: `lane-${name}`, interval: 60, wait: 60 }
    const lossy = connectReader(name, { url: `http://127.0.0.1:${linkPort}`, ...target })
    await until('it is open, and Socket.IO on its WebSocket', () => {
      const status = lossy.statuses.at(-1)
      return status?.state === 'open' && status.via !== 'polling'
    })
    const drop = { client: target.client, method: 'POST' }
    expect((await call(`/links/${linkPort}/drop-response`, drop)).status).toBe(204)
    const draft = { id: `lost-${n}`, text: 'hi' }
    await expect(lossy.publish(draft)).rejects.toMatchObject({ code: 'network' })
    const entry = (await everything(url)).entries.at(-1)
    expect(entry).toMatchObject(draft)
    if (entry) kept.push(entry)

    program.signal('SIGKILL')
    await program.exited()
    lossy.close()
    program = started(start(flags(Number(new URL(url).port))))
    await program.ready()
    const again = connectReader(name, { url, ...target })
    await again.open()
    const receipts = [again.publish(draft), again.publish(draft), again.publish(draft)]
    for (const receipt of await Promise.all(receipts)) {
      expect(receipt).toEqual({ id: draft.id, seq: entry?.seq, at: entry?.at, stored: 'disk' })
    }
    again.close()
  }
  expect((await everything(url)).entries).toEqual(kept)
})

/** All that the room keeps, page by page, and where its end is. */
async function everything(url: string): Promise<{ entries: Entry[]; cursor: string }> {
  const entries: Entry[] = []
  for (let after = '0'; ; ) {
    const page = (await (await fetch(`${url}/short-polling/lobby?after=${after}`)).json()) as Page
    expect(page.gap).toBe(false)
    entries.push(...page.entries)
    after = page.cursor
    if (!page.more) return { entries, cursor: after }
  }
}

test('in memory a restart is a new epoch', async () => {
  const epochs: string[] = []
  for (let n = 0; n < 2; n++) {
    const program = started(start(['--port', '0', '--data', 'memory', '--links', 'none']))
    epochs.push(parseCursor((await everything(await program.ready())).cursor).epoch)
    program.signal('SIGKILL')
    await program.exited()
  }
  expect(epochs[0]).not.toBe(epochs[1])
})

test('a file that is not ours ends the start with 1 and a sentence, and is left as it is', async () => {
  const folder = newFolder()
  const file = join(folder, 'wireside.db')
  writeFileSync(file, 'my diary\n'.repeat(100))
  const program = started(start(['--port', '0', '--data', folder, '--links', 'none']))
  expect(await program.exited()).toBe(1)
  expect(program.stdout).toBe('')
  expect(program.stderr).toBe(
    `${file} is no database. It was left as it is. Choose another folder with --data, or --data memory.\n`,
  )
  expect(readFileSync(file, 'utf8')).toBe('my diary\n'.repeat(100))
})

test('a second server on the same folder ends with 1 and says why, and the first goes on', async () => {
  const folder = newFolder()
  const first = started(start(['--port', '0', '--data', folder, '--links', 'none']))
  const url = await first.ready()
  const second = started(start(['--port', '0', '--data', folder, '--links', 'none']))
  expect(await second.exited()).toBe(1)
  expect(second.stderr).toMatch(/^\S+wireside\.db is in use by another process\. .*--data\.\n$/)
  const published = await fetch(`${url}/short-polling/lobby`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"text":"hi"}',
  })
  expect(await published.json()).toMatchObject({ seq: 1, stored: 'disk' })
})
