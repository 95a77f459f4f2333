import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, readdirSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Snippet, snippets } from '../scenarios/lessons/snippets/index.ts'
import type { Page } from '../server/contract/wire.ts'
import { freePorts } from './support/ports.ts'
import { type CountingProxy, startProxy } from './support/proxy.ts'
import { startServer, type TestServer } from './support/server.ts'
import { until } from './support/until.ts'

/**
 * The programs of /learn/other-languages, run as its reader runs them, against a real server whose connections are cut.
 * One is tested where its tool is; what was not found is printed.
 */
const folder = resolve(import.meta.dirname, '../scenarios/lessons/snippets')
const GREETING = 'hi "there", 日本'

const found = snippets.filter(({ tools }) => tools.every(isHere))
const missing = snippets.filter((snippet) => !found.includes(snippet))
for (const { file, tools } of missing)
  console.log(`${file} is not run: there is no ${tools.filter((tool) => !isHere(tool)).join(', ')} here.`)

let server: TestServer
let proxy: CountingProxy | undefined
const running: ChildProcess[] = []

beforeAll(async () => {
  server = await startServer({ links: { ports: await freePorts(4), host: '127.0.0.1' } })
})

afterEach(async () => {
  for (const { pid } of running.splice(0)) if (pid !== undefined) end(pid)
  await proxy?.close()
  proxy = undefined
})

afterAll(() => server.close())

test('every file of the folder is on the page, and no other', () => {
  const files = readdirSync(folder).filter((file) => file !== 'index.ts')
  expect(snippets.map(({ file }) => file).sort()).toEqual(files.sort())
})

describe('a reader that is cut loses nothing and hears nothing twice', () => {
  for (const snippet of found.filter(({ follows }) => follows)) {
    test(snippet.file, async () => {
      const room = roomOf(snippet)
      proxy = await startProxy(server.port)
      const { port } = proxy
      const { heard } = run(snippet, port, room)
      await say(room, 1)
      await until(`${snippet.file} shows the first`, () => heard().length === 1)

      // More than the latest fifty are said while it is away: without its cursor it could not hear them all.
      await proxy.close()
      await say(room, 2, 61)
      proxy = await startProxy(server.port, port)
      await until(`${snippet.file} has come back`, () => heard().length === 61)

      // Cut once more, in the middle of a burst.
      await say(room, 62, 90)
      proxy.cut()
      await say(room, 91, 121)
      await until(`${snippet.file} shows the last`, () => heard().includes(121))
      expect(heard()).toEqual(Array.from({ length: 121 }, (_, index) => index + 1))
    })
  }
})

describe('a draft whose answer is lost is in the room once, and has its receipt', () => {
  for (const snippet of found.filter(({ draft }) => draft !== undefined)) {
    test(snippet.file, async () => {
      const room = `${roomOf(snippet)}-once`
      // So far away that the answer is still on its way when the draft is in the room.
      const { port } = await call('/links', { conditions: { rtt: 500 } })
      const program = run(snippet, port, room)
      // Only a receipt says how safe it is.
      const receipt = /["']stored["']: ?["']memory["']/
      await until('the draft is in the room', async () => (await textsIn(room)).length > 0)
      expect(await call(`/links/${port}/cut`, { how: 'rst' })).toMatchObject({ connections: 1 })
      expect(program.output()).not.toMatch(receipt)

      await until(`${snippet.file} has its receipt`, () => receipt.test(program.output()))
      expect(await textsIn(room)).toEqual([GREETING])
    })
  }
})

for (const snippet of found.filter(({ file }) => file === 'socket_io.sh')) {
  test('Socket.IO by hand opens a session, enters the namespace, joins, and hears what is kept', async () => {
    const room = roomOf(snippet)
    await say(room, 1)
    const program = run(snippet, server.port, room)
    await until('it has closed the session', () => program.output().endsWith('> 1\n'))
    const packets = program.output().split('\n')
    for (const [index, shape] of [
      /^< 0{"sid":/,
      /^> 40\/chat,$/,
      /^< 40\/chat,{"sid":/,
      /^> 42\/chat,0\["join"/,
      /^< 43\/chat,0\[{"room":.*"cursor":/,
      /^42\/chat,\["entry",.*line-1/,
    ].entries())
      expect(packets[index]).toMatch(shape)
  })
}

const roomOf = ({ file }: Snippet) => `snippet-${file.toLowerCase().replaceAll(/[^a-z]/g, '-')}`

async function call(path: string, body: object) {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.ok, `${path} is answered ${response.status}`).toBe(true)
  return response.json()
}

/** Publishes lines of these numbers, one after the other. */
async function say(room: string, from: number, to = from) {
  for (let line = from; line <= to; line++) await call(`/short-polling/${room}`, { text: `line-${line}` })
}

async function textsIn(room: string): Promise<string[]> {
  const { entries } = (await (await fetch(`${server.url}/short-polling/${room}?after=0`)).json()) as Page
  return entries.map(({ text }) => text)
}

/** Starts it with the address of a port and a room, in a group of its own so that what it starts can be ended with it. */
function run({ file, command, scheme = 'http', draft }: Snippet, port: number, room: string) {
  const [tool, ...args] = command
  const words = [...args, file, `${scheme}://127.0.0.1:${port}`, room, ...(draft?.(GREETING) ?? [])]
  const child = spawn(tool, words, { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  running.push(child)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    output += chunk
  })
  return {
    output: () => output,
    /** The numbers of the lines that were heard, as they came. */
    heard: () => [...output.matchAll(/line-(\d+)/g)].map(([, number]) => Number(number)),
  }
}

function end(group: number) {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

/** Whether a tool is on the path. */
function isHere(tool: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(resolve(directory, tool), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
