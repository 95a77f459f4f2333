import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { main } from '../scenarios/bench/main.ts'
import { scenario } from '../scenarios/define.ts'
import type { Report } from '../scenarios/report.ts'
import type { Scenario } from '../scenarios/scenario.ts'

/** The benchmark on a network that is bent and broken: real processes, real sockets, real files. */
const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'wireside-bench-network-'))
afterAll(() => rmSync(folder, { recursive: true }))
beforeAll(() => {
  if (!existsSync(join(root, 'dist/scenarios/bench/link-process.js')))
    throw new Error('The benchmark is not built. Type: npm run build')
})

const tiny = scenario({
  name: 'tiny',
  title: 'Tiny',
  question: 'Does it come through?',
  about: 'A few readers and a few messages.',
  readers: 3,
  publishers: 1,
  interval: 0.2,
  traffic: { rate: 20, arrivals: 'even', payload: 'conversation' },
  warmUp: 0.5,
  seconds: 3,
  repeat: 1,
})

async function run(of: Scenario, ...argv: string[]) {
  const file = join(folder, `${of.name}.json`)
  const places = join(folder, of.name)
  writeFileSync(file, JSON.stringify(of))
  let out = ''
  let err = ''
  const signal = new AbortController().signal
  const io = {
    out: (text: string) => {
      out += text
    },
    err: (text: string) => {
      err += text
    },
    columns: 100,
    signal,
  }
  await main(['run', file, ...argv, '--out', places], io)
  const [written] = existsSync(places) ? readdirSync(places).filter((name) => name.endsWith('.json')) : []
  const report: Report | undefined = written && JSON.parse(readFileSync(join(places, written), 'utf8'))
  return { out, err, report }
}

test('with 40 ms of round trip and a cut, every reader is back and has all of it, and the report says how it was', async () => {
  const cut: Scenario = { ...tiny, name: 'cut', faults: [{ at: 0.5, do: 'cut', how: 'rst', seconds: 0.5 }] }
  const transports = ['long-polling', 'sse', 'websocket', 'socket-io']
  const { out, err, report } = await run(
    cut,
    ...['--transports', transports.join(','), '--conditions', '{"rtt":40}'],
  )
  if (!report) throw new Error(err)
  expect(report.runs.map(({ transport }) => transport).sort()).toEqual(transports.sort())
  for (const one of report.runs) {
    expect(one, one.transport).toMatchObject({ lost: 0, duplicated: 0, reordered: 0, refused: 0, readers: 3 })
    expect(one.delivered).toBe(one.published * 3)
    expect(one.delivered).toBeGreaterThan(0)
    // Half a round trip up to the server, half of it down.
    expect(one.latency.min).toBeGreaterThanOrEqual(20)
    expect(one.latency.p50).toBeGreaterThanOrEqual(20)
    expect(one.recovery).toMatchObject({ cuts: 3, n: 3 })
    expect(one.recovery?.max).toBeGreaterThan(0)
    expect(one.reconnects).toBe(3)
    expect(one.link?.cpuSeconds).toBeGreaterThan(0)
    expect(one.server?.cpuSeconds).toBeGreaterThan(0)
  }
  const { environment, scenario: ran } = report
  expect(ran).toMatchObject({ conditions: { rtt: 40 }, faults: cut.faults })
  expect(environment.network).toBe('round trip + 40 ms')
  expect(environment.notes.join()).toContain('Its CPU time is not the server’s')
  expect(environment.notes.join()).toMatch(/each new connection wait one round trip more.*are modelled/)
  expect(environment.notes.join()).not.toContain('There is no distance')
  expect(out.replaceAll(/\s+/g, ' ')).toContain('Network: round trip + 40 ms; made by a link')
  expect(out).toContain('Readers were cut 12 times, and back 12 times')

  const schema = JSON.parse(readFileSync(join(root, 'scenarios/report.schema.json'), 'utf8'))
  const ajv = new Ajv({ allowUnionTypes: true })
  expect(ajv.validate(schema, report), ajv.errorsText()).toBe(true)
})

test('a server that is killed and started again on its log has lost nothing, and is one server in the figures', async () => {
  const { err, report } = await run({
    ...tiny,
    name: 'killed',
    transports: ['websocket'],
    faults: [{ at: 0.5, do: 'restart', how: 'kill' }],
    seconds: 5,
  })
  const [one] = report?.runs ?? []
  if (!one) throw new Error(err)
  expect(one).toMatchObject({ lost: 0, duplicated: 0, reordered: 0 })
  expect(one.published + one.refused).toBe(one.scheduled)
  expect(one.published).toBeGreaterThan(0)
  expect(one.recovery?.cuts).toBeGreaterThanOrEqual(3)
  expect(one.recovery?.n).toBe(one.recovery?.cuts)
  // Counted in both processes: more than the second one can have seen, less only what the kill swallowed.
  expect(one.readersTally.entriesOut).toBeGreaterThan(0)
  for (const [field, count] of Object.entries(one.readersTally))
    expect(count, field).toBeGreaterThanOrEqual(0)
  expect(one.server?.cpuSeconds).toBeGreaterThan(0)
})

test('behind a firewall a WebSocket is said not to get through, which is a finding and no failure', async () => {
  const { out, report } = await run(
    { ...tiny, name: 'firewall', transports: ['websocket', 'socket-io'], seconds: 1 },
    ...['--conditions', 'school-firewall'],
  )
  expect(report?.runs.map(({ transport }) => transport)).toEqual(['socket-io'])
  expect(report?.runs[0]).toMatchObject({ lost: 0, readersTally: { upgrades: 0 } })
  expect(report?.unreached).toEqual([
    { transport: 'websocket', case: '', why: expect.stringContaining('the handshake was answered 403') },
  ])
  expect(out).toContain('WebSocket did not get through.')
  expect(report?.environment.network).toBe('School firewall: round trip + 10 ms, upgrades refused')
})

test('what is no network is said before anything runs, and so is a server that is not ours to restart', async () => {
  expect((await run({ ...tiny, name: 'misspelt' }, '--conditions', '200ms-away')).err).toContain(
    '"200ms-away" is no network. Did you mean "200-ms-away"?',
  )
  expect((await run({ ...tiny, name: 'wrong' }, '--conditions', '{"rrt":1}')).err).toContain(
    'Did you mean "rtt"?',
  )
  const restart: Scenario = { ...tiny, name: 'theirs', faults: [{ at: 1, do: 'restart' }] }
  expect((await run(restart, '--against', 'http://127.0.0.1:9')).err).toContain('is not ours to restart')
})
