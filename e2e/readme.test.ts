import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { freePorts } from './support/ports.ts'
import { startServer, type TestServer } from './support/server.ts'
import { until } from './support/until.ts'

/** What the README tells a newcomer to type is typed here, to the letter but for the port. */
const root = resolve(import.meta.dirname, '..')
const readme = readFileSync(resolve(root, 'README.md'), 'utf8')
/** The commands that stand under a heading, without the remark behind them. */
function commandsUnder(heading: string): string[] {
  const section = readme.split(/^## /m).find((text) => text.startsWith(heading)) ?? ''
  const lines = section.match(/^(curl|npx wscat) .*localhost:\d+.*$/gm) ?? []
  return lines.map((line) => line.replace(/\s+#.*$/, ''))
}

const commands = commandsUnder('Read the feed by hand')

let server: TestServer
/** The ports that stand for those of the README. */
let actual: Record<3000 | 3001, number>
const started: ChildProcess[] = []

beforeAll(async () => {
  const ports = await freePorts(1)
  server = await startServer({ links: { ports, host: '127.0.0.1' } })
  actual = { 3000: server.port, 3001: ports[0] ?? 0 }
})

afterEach(() => {
  for (const child of started.splice(0))
    if (child.pid !== undefined && child.exitCode === null) kill(child.pid)
})

afterAll(() => server.close())

/** A shell starts the command in a group of its own, so that it and what it starts can be ended together. */
function type(command: string) {
  const here = command.replaceAll(/3000|3001/g, (port) => String(actual[Number(port) as 3000 | 3001]))
  const child = spawn('sh', ['-c', here], {
    cwd: root,
    detached: true,
  })
  started.push(child)
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  let complaints = ''
  child.stderr.on('data', (chunk) => {
    complaints += chunk
  })
  return {
    child,
    output: () => output,
    shows: (text: string) =>
      until(`"${command}" shows ${text}`, () => {
        if (child.exitCode) throw new Error(`"${command}" ended with ${child.exitCode}: ${complaints}`)
        return output.includes(text)
      }),
  }
}

function kill(group: number) {
  try {
    process.kill(-group)
  } catch {
    // It has ended by itself.
  }
}

test('there are three one-liners', () => {
  expect(commands.map((command) => command.split(' ')[0])).toEqual(['curl', 'curl', 'npx'])
})

test('the first follows the room, the second writes to it, the third does both', async () => {
  const [follow = '', write = '', both = ''] = commands
  const stream = type(follow)
  await stream.shows('event: joined')

  await type(write).shows('"seq":1')
  await stream.shows('"text":"hi"')

  const socket = type(both)
  await socket.shows('"text":"hi"')
  socket.child.stdin?.write('{"publish":{"text":"hello"}}\n')
  await socket.shows('"receipt"')
  await stream.shows('"text":"hello"')
})

test('somebody comes and opens a room as the README shows', async () => {
  const [come = '', open = ''] = commandsUnder('People and rooms')
  const session = type(come)
  await session.shows('"token":"')
  const { token } = JSON.parse(session.output())
  await type(`TOKEN=${token}; ${open}`).shows('"room":"private-')
})

test('the network is bent as the README shows', async () => {
  const [bend = '', follow = '', cut = '', capture = ''] = commandsUnder('Bend the network')
  await type(bend).shows(`{"port":${actual[3001]},`)
  const stream = type(follow)
  await stream.shows('event: joined')
  await type(cut).shows('{"connections":1}')
  // The reader was cut, and curl says so.
  await until('curl has ended', () => stream.child.exitCode !== null)
  await type(capture).shows('"closedBy":"link"')
})
