import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { quietRoom } from '../catalogue/quiet-room.ts'
import { reportOf } from '../claims/reports.ts'
import { main } from './main.ts'

const folder = mkdtempSync(join(tmpdir(), 'wireside-bench-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: string) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const broken = file('broken.json', '{"name":')
const wrong = file(
  'wrong.json',
  JSON.stringify({ ...quietRoom, traffic: { ...quietRoom.traffic, rate: 'fast' } }),
)
const report = file(
  'report.json',
  JSON.stringify(reportOf(quietRoom, () => ({ readersTally: { bytesOut: 30_000 } }))),
)

async function say(...argv: string[]) {
  let out = ''
  let err = ''
  const code = await main(argv, {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    columns: 100,
    signal: new AbortController().signal,
  })
  return { code, out, err }
}

test.each<[string[], string | RegExp]>([
  [['run'], 'missing required argument'],
  [['walk'], /unknown command 'walk'/],
  [['run', 'quit-room'], 'Did you mean "quiet-room"?'],
  [['run', 'zzzzzz'], 'There are: quiet-room'],
  [['run', './nowhere.json'], 'there is no such file'],
  [['run', `${folder}/`], 'it is a folder'],
  [['run', broken], 'is not JSON'],
  [['run', wrong], '"traffic.rate" must be the number of messages a second'],
  [['run', report], 'is no field of a scenario'],
  [['run', 'quiet-room', '--wings', '2'], "unknown option '--wings'"],
  [['run', 'quiet-room', '--readers', 'many'], 'It must be a number'],
  [['run', 'quiet-room', '--readers', '-4'], '"readers" must be'],
  [['run', 'quiet-room', '--readers', '1', '--clients', '2'], 'cannot be used with'],
  [['run', 'quiet-room', '--rate', '1e9'], '"traffic.rate" must be'],
  [['run', 'quiet-room', '--payload', '0'], '"traffic.payload" must be'],
  [['run', 'quiet-room', '--seconds', '0'], '"seconds" must be'],
  [['run', 'quiet-room', '--repeat', '1.5'], '"repeat" must be'],
  [['run', 'quiet-room', '--seed', '-1'], 'It must be a whole number'],
  [['run', 'quiet-room', '--seed', 'seven'], 'It must be a whole number'],
  [['run', 'quiet-room', '--transports', 'sse,websockets'], 'Did you mean "websocket"?'],
  [['run', 'quiet-room', '--transports', ','], 'Name at least one of'],
  [['run', 'quiet-room', '--publish-over', 'carrier-pigeon'], 'is no transport. There are: short-polling'],
  [['run', 'quiet-room', '--headers', 'firefox'], 'Allowed choices are chrome, minimal'],
  [['run', 'quiet-room', '--against', 'localhost'], 'It must be like http://127.0.0.1:3000'],
  [['run', 'quiet-room', '--against', 'https://localhost'], 'does not speak TLS'],
  [['run', 'quiet-room', '--threshold', 'fast'], 'compares with no number'],
  [['run', 'quiet-room', '--threshold', 'sse.lst=0'], 'Did you mean "lost"?'],
  [['run', 'quiet-room', '--out', broken], 'is a file, not a folder'],
  [['run', 'quiet-room', '--json', folder], 'is a folder, not a file'],
  [['run', 'quiet-room', '--csv', join(folder, 'no', 'where.csv')], 'Nothing can be written to the folder'],
  [['compare', report], 'missing required argument'],
  [['compare', report, './nowhere.json'], 'There is no such file'],
  [['compare', report, broken], 'This is not JSON'],
  [['compare', report, wrong], 'This is no report: it has no "version"'],
  [['compare', report, report, '--smallest', '300%'], 'It must be a share like 3%'],
  [['report', wrong], 'This is no report'],
  [['claims', 'ws-low-latancy'], 'Did you mean "ws-low-latency"?'],
])('%j is refused with exit code 2 and a sentence, and nothing on stdout', async (argv, sentence) => {
  const { code, out, err } = await say(...argv)
  expect(err).toMatch(sentence)
  expect(code).toBe(2)
  expect(out).toBe('')
})

test('help is an answer', async () => {
  const { code, out } = await say('run', '--help')
  expect(code).toBe(0)
  expect(out).toContain('--threshold')
})

test('where no server answers is an error that says what to do', async () => {
  // Port 1 needs more rights than a server here would have.
  const { code, err } = await say('run', 'quiet-room', '--out', folder, '--against', 'http://127.0.0.1:1')
  expect(err).toContain('No Wireside answers at http://127.0.0.1:1')
  expect(err).toContain('npm start')
  expect(code).toBe(1)
})

test('the list has every question', async () => {
  const { code, out } = await say('list')
  expect(code).toBe(0)
  expect(out).toContain(quietRoom.question)
  expect(out).toContain('scale-readers')
})

test('a report is shown again and written in another form', async () => {
  const csv = join(folder, 'again.csv')
  const { code, out, err } = await say('report', report, '--csv', csv)
  expect([code, err]).toEqual([0, `Written: ${csv}\n`])
  expect(out).toContain('WebSocket')
})

test('a report does not differ from itself', async () => {
  const { code, out } = await say('compare', report, report, '--smallest', '5%')
  expect(code).toBe(0)
  expect(out).toMatch(/^No detectable difference in \d+ comparisons/)
  expect(out).toContain('5 %')
})
