import { expect, test } from 'vitest'
import { quietRoom } from '../../catalogue/quiet-room.ts'
import { rateLadder } from '../../catalogue/rate-ladder.ts'
import { reportOf } from '../../claims/reports.ts'
import { tableOf } from './table.ts'

const fast: Record<string, number> = { websocket: 2, sse: 3 }
const served = (transport: string) => ({
  latency: { p50: fast[transport] ?? 500, p95: 950, p99: 1000.5 },
  readersTally: { bytesIn: 20_000, bytesOut: 123_456, requests: 1_234 },
  server: { cpuSeconds: 0.0123456 },
})
const report = reportOf(quietRoom, (_, transport) => served(transport))
const lineOf = (name: string, text: string) =>
  text.split('\n').find((line) => line.startsWith(name) && /^ +\d/.test(line.slice(name.length))) ?? ''

test.each([80, 100, 120, 400])('no line is longer than a terminal of %d columns', (columns) => {
  for (const text of [
    tableOf(report, columns),
    tableOf(
      reportOf(rateLadder, (_, t) => served(t)),
      columns,
    ),
  ]) {
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns)
  }
})

test('the fastest is 1.00 and the others are so many times slower', () => {
  const text = tableOf(report, 100)
  expect(lineOf('WebSocket', text)).toMatch(/ 1\.00$/)
  expect(lineOf('SSE', text)).toMatch(/ 1\.50$/)
  expect(lineOf('Short polling', text)).toMatch(/ 250\.00$/)
})

test('medians, bytes and requests a delivery, CPU and losses stand beside each other, also in 80 columns', () => {
  const text = tableOf(report, 80)
  expect(text).toMatch(/transport +runs +p50 ms +p99 ms +bytes +requests +CPU µs +lost +× fastest/)
  expect(lineOf('WebSocket', text)).toMatch(/WebSocket +5 +2 +1,001 +1,435 +12\.3 +123 +0 +1\.00/)
})

test('below ten runs the least and the greatest are shown, from ten on an interval', () => {
  let run = 0
  const spread = () => ({ ...served('sse'), latency: { p50: 10 + (run++ % 10) } })
  const few = tableOf(reportOf({ ...quietRoom, transports: ['sse'], repeat: 5 }, spread), 100)
  expect(few).toContain('10–14')
  expect(few.replaceAll(/\s+/g, ' ')).toContain('too few for an interval')
  run = 0
  const many = tableOf(reportOf({ ...quietRoom, transports: ['sse'], repeat: 10 }, spread), 100)
  expect(many).toMatch(/\[1\d(\.\d)?–1\d(\.\d)?\]/)
})

test('an invalid run is named with its reason, and is in no median', () => {
  let run = 0
  const spoiled = reportOf({ ...quietRoom, transports: ['sse'], repeat: 2 }, () =>
    run++ === 0 ? { latency: { p50: 4 } } : { latency: { p50: 900 }, invalid: 'The load was late.' },
  )
  const text = tableOf(spoiled, 100)
  expect(text).toContain('Not valid: SSE, repetition 2. The load was late.')
  expect(lineOf('SSE', text)).toMatch(/^SSE +1 +4 /)
})

test('a network that is made, what went wrong on it and who was back stand beneath the table', () => {
  const cut = { ...quietRoom, faults: [{ at: 1, do: 'cut' as const, seconds: 5 }] }
  const draw = () => ({ ...served('sse'), refused: 2, recovery: { cuts: 3, n: 2, p50: 1_234, max: 2_345 } })
  const plain = reportOf({ ...cut, transports: ['sse', 'websocket'], repeat: 1 }, draw)
  const unreached = [{ transport: 'socket-io' as const, case: '', why: 'It was answered 403.' }]
  const bent = { ...plain, unreached, environment: { ...plain.environment, network: 'round trip + 80 ms' } }
  const text = tableOf(bent, 120)
  expect(text).toMatch(/back p50 +back max/)
  expect(lineOf('SSE', text)).toMatch(/1,234 +2,345/)
  const said = text.replaceAll(/\s+/g, ' ')
  expect(said).toContain('Network: round trip + 80 ms; made by a link in a process of its own')
  expect(said).toContain('the handshake of a new connection is modelled')
  expect(said).toContain('Faults: at 1 s: the readers’ connections are cut (rst)')
  expect(said).toContain('Readers were cut 6 times, and back 4 times')
  expect(said).toContain('nobody is owed: SSE 2 of 100, WebSocket 2 of 100.')
  expect(said).toContain('Socket.IO did not get through. It was answered 403.')
  expect(tableOf(report, 120)).not.toMatch(/Network|back p50/)
})
