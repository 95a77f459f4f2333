import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { main } from '../scenarios/bench/main.ts'
import type { Boundary } from '../scenarios/bench/measure.ts'
import { scenario } from '../scenarios/define.ts'
import type { Report } from '../scenarios/report.ts'
import { startProxy } from './support/proxy.ts'
import { startServer } from './support/server.ts'
import { until } from './support/until.ts'

/** The benchmark as it is used: real processes, real sockets, real files. */
const root = join(import.meta.dirname, '..')
const cli = join(root, 'dist/scenarios/bench/cli.js')
const folder = mkdtempSync(join(tmpdir(), 'wireside-bench-'))
afterAll(() => rmSync(folder, { recursive: true }))
beforeAll(() => {
  if (!existsSync(cli)) throw new Error('The benchmark is not built. Type: npm run build')
})

const small = join(folder, 'small.json')
writeFileSync(
  small,
  JSON.stringify(
    scenario({
      name: 'small',
      title: 'Small',
      question: 'Does it work at all?',
      about: 'A few readers and a few messages.',
      readers: 3,
      traffic: { rate: 20, arrivals: 'even', payload: 'conversation' },
      warmUp: 0.5,
      seconds: 1,
      repeat: 1,
    }),
  ),
)

async function say(argv: string[], onBoundary?: (boundary: Boundary) => Promise<void>) {
  let out = ''
  let err = ''
  const code = await main(
    argv,
    {
      out: (text) => {
        out += text
      },
      err: (text) => {
        err += text
      },
      columns: 100,
      signal: new AbortController().signal,
    },
    { onBoundary },
  )
  return { code, out, err }
}

const readReport = (path: string): Report => JSON.parse(readFileSync(path, 'utf8'))

/** The JSON files of a folder that hold reports, by name. */
const reportsIn = (path: string) =>
  readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(path, name))

test('the bytes of a report are those that a proxy counted, and its files are what they should be', async () => {
  // Without short polling: its polls go on while everything else waits, so no two looks are at the same moment.
  const transports = ['long-polling', 'sse', 'websocket', 'socket-io']
  const server = await startServer()
  const proxy = await startProxy(server.port)
  const out = join(folder, 'proxied')
  const html = join(root, 'dist/report.html')

  const counted: { up: number; down: number }[] = []
  let begin = { up: 0, down: 0 }
  async function onBoundary({ at }: Boundary) {
    let last = -1
    let since = performance.now()
    await until('nothing passes the proxy any more', () => {
      if (proxy.up + proxy.down !== last) since = performance.now()
      last = proxy.up + proxy.down
      return performance.now() - since > 100
    })
    const { up, down } = proxy
    if (at === 'begin') begin = { up, down }
    else counted.push({ up: up - begin.up, down: down - begin.down })
  }

  const { code, out: text } = await say(
    [
      ...['run', small, '--transports', transports.join(','), '--against', proxy.url, '--out', out],
      ...['--threshold', 'sse.lost=0', '--threshold', 'websocket.cpu<1000000'],
    ],
    onBoundary,
  )

  const [file = ''] = reportsIn(out)
  const report = readReport(file)
  expect(report.runs.map(({ order }) => order)).toEqual([0, 1, 2, 3])
  expect(report.runs.map(({ transport }) => transport).sort()).toEqual([...transports].sort())
  for (const [order, run] of report.runs.entries()) {
    const { readersTally: readers, publishersTally: publishers } = run
    expect(run, run.transport).toMatchObject({ lost: 0, duplicated: 0, reordered: 0, readers: 3 })
    expect(run.delivered, run.transport).toBe(run.published * 3)
    expect(run.delivered).toBeGreaterThan(0)
    expect(
      { up: readers.bytesIn + publishers.bytesIn, down: readers.bytesOut + publishers.bytesOut },
      run.transport,
    ).toEqual(counted[order])
    // Somebody else's server keeps its CPU time to itself.
    expect(run.server).toBeUndefined()
  }

  const schema = JSON.parse(readFileSync(join(root, 'scenarios/report.schema.json'), 'utf8'))
  const ajv = new Ajv({ allowUnionTypes: true })
  expect(ajv.validate(schema, report), ajv.errorsText()).toBe(true)
  expect(readFileSync(file.replace(/json$/, 'csv'), 'utf8').split('\r\n')).toHaveLength(6)
  if (existsSync(html)) expect(readFileSync(file.replace(/json$/, 'html'), 'utf8')).toContain(report.id)
  expect(report.environment).toMatchObject({ server: proxy.url, sameHost: true, loopback: true, tls: false })
  expect(report.command).toMatch(/^npm run bench -- run \S+small\.json .*--seed 1$/)

  expect(text).toContain('sse.lost=0: ')
  // A load that was late on a busy machine makes its run invalid, which no threshold forgives either.
  expect(text).toMatch(
    /websocket\.cpu<1000000: broken, because (no run has this figure|the only run is invalid)/,
  )
  expect(code).toBe(99)

  await proxy.close()
  await server.close()
})

test('a server that dies is named with its transport, and the other runs are kept', async () => {
  const out = join(folder, 'crashed')
  const { code, err } = await say(
    ['run', small, '--transports', 'sse,websocket', '--out', out],
    async ({ at, transport, serverPid }) => {
      if (at === 'begin' && transport === 'sse' && serverPid) process.kill(serverPid, 'SIGKILL')
    },
  )
  expect(err).toContain(
    'A run failed and is not in the report (sse, repetition 1): The server was ended by SIGKILL',
  )
  const [file = ''] = reportsIn(out)
  const { runs, environment, interrupted } = readReport(file)
  expect(runs.map(({ transport }) => transport)).toEqual(['websocket'])
  expect(runs[0]?.server?.cpuSeconds).toBeGreaterThan(0)
  expect(environment.notes.join()).toContain('The server was ended by SIGKILL')
  expect(interrupted).toBe(false)
  expect(code).toBe(1)
})

test.each(['meter-cost', 'log-cost', 'presence', 'slow-reader', 'rivals/rivals'])(
  'what %s cannot read it says in a sentence',
  (script) => {
    const file = join(root, `dist/scenarios/bench/${script}.js`)
    const type = (...argv: string[]) => spawnSync(process.execPath, [file, ...argv], { encoding: 'utf8' })
    const hint = '(add --help for what can be said)'

    const unknown = type('--nonsense')
    expect(unknown.status).toBe(2)
    expect(unknown.stderr.trim().split('\n')).toEqual(["error: unknown option '--nonsense'", hint])
    const flag = script === 'presence' ? 'people' : 'rounds'
    const wrong = type(`--${flag}`, 'many')
    expect(wrong.status).toBe(2)
    expect(wrong.stderr.trim().split('\n')).toEqual([
      `error: option '--${flag} <n>' argument 'many' is invalid. It must be a number from 1.`,
      hint,
    ])
    const help = type('--help')
    expect(help.status).toBe(0)
    expect(help.stdout).toContain(`--${flag} <n>`)
  },
)

const spawned: ChildProcess[] = []
afterAll(() => {
  for (const child of spawned) child.kill('SIGKILL')
})

test('Ctrl-C keeps what was measured, and leaves no process behind', async () => {
  const out = join(folder, 'interrupted')
  const child = spawn(
    process.execPath,
    [cli, 'run', small, '--transports', 'sse', '--repeat', '50', '--out', out],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  spawned.push(child)
  const said = listen(child)
  await until('the first run is done', () => said.err.includes('[1/50]') || said.over)
  await until('a server and a load are at work again', () => childrenOf(child.pid).length === 2 || said.over)
  const started = childrenOf(child.pid)
  child.kill('SIGINT')
  await until('it has ended', () => said.over)

  expect(child.exitCode, said.err).toBe(1)
  expect(said.err).toContain('Interrupted: what was measured so far is kept.')
  expect(said.out).toContain('It was ended early')
  const [file = ''] = reportsIn(out)
  const report = readReport(file)
  expect(report.interrupted).toBe(true)
  expect(report.runs.length).toBeGreaterThan(0)
  expect(report.runs.length).toBeLessThan(50)
  expect(started).toHaveLength(2)
  await until('what it started has ended', () => started.every((pid) => !isAlive(pid)))
})

function listen(child: ChildProcess) {
  const said = { out: '', err: '', over: false }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said.out += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said.err += text
  })
  child.on('close', () => {
    said.over = true
  })
  return said
}

function childrenOf(pid: number | undefined): number[] {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n')
  return processes
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .flatMap(([child]) => child ?? [])
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
