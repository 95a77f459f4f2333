import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import { transportNames } from '../server/contract/transports.ts'
import type { Page, Receipt } from '../server/contract/wire.ts'
import { expectNothingLost } from './conformance/oracle.ts'
import { connectReader, type TestReader } from './support/client.ts'
import { type Program, start, startUnder } from './support/process.ts'
import { until } from './support/until.ts'

/**
 * Disks that really are full, to the program and to SQLite under it: a process that may write so much to a file and no
 * more, and a small file system that belongs to the process alone, where the kernel lets us make one.
 */
const programs: Program[] = []
let lanes: TestReader[] = []

beforeAll(async () => {
  expect(await start(['--build-only']).exited()).toBe(0)
}, 240_000)

afterEach(() => {
  for (const lane of lanes.splice(0)) lane.close()
  for (const program of programs.splice(0)) program.kill()
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wireside-full-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

async function serve(program: Program): Promise<{ program: Program; url: string }> {
  programs.push(program)
  return { program, url: await program.ready() }
}

const flags = (folder: string, port = 0) => ['--port', `${port}`, '--data', folder, '--links', 'none']

async function openLanes(url: string) {
  lanes = transportNames.map((name) => connectReader(name, { url, after: '0', client: name, wait: 1 }))
  await Promise.all(lanes.map((lane) => lane.open()))
}

/** Publishes over each transport in turn until the disk takes no more: the receipts until then. */
async function fill(): Promise<Receipt[]> {
  const receipts: Receipt[] = []
  for (let n = 0; ; n++) {
    const draft = { id: `fill-${n}`, text: 'x'.repeat(4_000) }
    try {
      receipts.push(await (lanes[n % lanes.length] as TestReader).publish(draft))
    } catch (error) {
      expect(error).toMatchObject({ code: 'log-unavailable' })
      return receipts
    }
  }
}

/** Everybody is refused, by 503 where there are statuses; nothing new is there, and what has a receipt is. */
async function refusesAndReadsOn(url: string, receipts: Receipt[]) {
  expect(receipts.length).toBeGreaterThan(20)
  expect(receipts.every(({ stored }) => stored === 'disk')).toBe(true)
  const draft = { id: 'late', text: 'x'.repeat(4_000) }
  for (const lane of lanes) {
    await expect(lane.publish(draft)).rejects.toMatchObject({ code: 'log-unavailable' })
    await lane.has(receipts.length)
    expect(lane.entries).toHaveLength(receipts.length)
    expectNothingLost(lane, receipts)
    expect(lane.statuses.at(-1)?.state).toBe('open')
  }
  for (const path of ['short-polling', 'long-polling', 'sse']) {
    const headers = { 'Content-Type': 'application/json' }
    const body = JSON.stringify(draft)
    // By a client, as those of the lanes: a draft that nobody can repeat takes a page less.
    const posted = await fetch(`${url}/${path}/lobby?client=late`, { method: 'POST', headers, body })
    expect(posted.status).toBe(503)
  }
  // Who comes now reads it all, too.
  const late = connectReader('sse', { url, after: '0' })
  await late.has(receipts.length)
  late.close()
}

test('a file that may grow no further: 503, no receipt, reading goes on; elsewhere all of it is there', async () => {
  const folder = newFolder()
  // 512 or 1,024 bytes each, as the shell has it.
  const { program, url } = await serve(
    startUnder(['sh', '-c', 'ulimit -f 1536; exec "$@"', 'sh'], flags(folder)),
  )
  await openLanes(url)
  const receipts = await fill()
  await refusesAndReadsOn(url, receipts)
  await until('it has said so', () => program.stderr.includes('Entries cannot be stored'))
  expect(program.stderr).not.toMatch(/\n\s+at /)
  const before = (await (await fetch(`${url}/short-polling/lobby`)).json()) as Page
  program.signal('SIGKILL')
  await program.exited()

  const again = await serve(start(flags(folder, Number(new URL(url).port))))
  const page = (await (await fetch(`${again.url}/short-polling/lobby`)).json()) as Page
  expect(page.cursor).toBe(before.cursor)
  for (const [n, lane] of lanes.entries()) {
    await lane.open()
    receipts.push(await lane.publish({ id: `after-${n}`, text: 'hi' }))
  }
  for (const lane of lanes) {
    await lane.has(receipts.length)
    expect(lane.gaps).toEqual([])
    expectNothingLost(lane, receipts)
  }
})

/** What gives a command a world of mounts of its own: as root, or as anybody where that is allowed. */
const ownMounts = [
  ['unshare', '-m'],
  ['unshare', '-Urm'],
].find(([command = '', ...args]) => {
  const { status } = spawnSync(command, [...args, 'sh', '-c', 'mount -t tmpfs -o size=1m tmpfs /tmp'])
  return status === 0
})

if (ownMounts) {
  test('a small file system that fills up: 503, no receipt, reading goes on; with room again, so does writing', async () => {
    const folder = newFolder()
    const mount =
      'mount -t tmpfs -o size=2m tmpfs "$0" && head -c 1000000 /dev/zero > "$0/ballast" && exec "$@"'
    const { program, url } = await serve(
      startUnder([...ownMounts, 'sh', '-c', mount, folder], flags(join(folder, 'data'))),
    )
    await openLanes(url)
    const receipts = await fill()
    await refusesAndReadsOn(url, receipts)

    rmSync(`/proc/${program.pid}/root${folder}/ballast`)
    for (const [n, lane] of lanes.entries()) {
      receipts.push(await lane.publish({ id: `after-${n}`, text: 'hi' }))
    }
    for (const lane of lanes) {
      await lane.has(receipts.length)
      expect(lane.gaps).toEqual([])
      expectNothingLost(lane, receipts)
    }
    expect(program.stderr).toMatch(/^Entries cannot be stored: .*\nEntries are stored again\.\n$/)
  })
}
