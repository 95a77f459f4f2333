import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from './support/server.ts'
import { until } from './support/until.ts'

/** What the README tells a newcomer to type is typed here, to the letter but for the port. */
const root = resolve(import.meta.dirname, '..')
const readme = readFileSync(resolve(root, 'README.md'), 'utf8')
const commands = readme.match(/^(curl|npx wscat) .*localhost:3000.*$/gm) ?? []

let server: TestServer
const started: ChildProcess[] = []

beforeAll(async () => {
  server = await startServer()
})

afterEach(() => {
  for (const child of started.splice(0))
    if (child.pid !== undefined && child.exitCode === null) kill(child.pid)
})

afterAll(() => server.close())

/** A shell starts the command in a group of its own, so that it and what it starts can be ended together. */
function type(command: string) {
  const child = spawn('sh', ['-c', command.replace('localhost:3000', `localhost:${server.port}`)], {
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
