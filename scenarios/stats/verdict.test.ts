import { expect, test } from 'vitest'
import { noisyReport, reportOf, runOf, scenarioOf, type Truth } from '../../e2e/support/reports.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import type { Report } from '../report.ts'
import { verdictOf } from './verdict.ts'

const truths: Record<TransportName, Truth> = {
  'short-polling': { p50: 512, bytes: 1_400, cpu: 90 },
  'long-polling': { p50: 3.1, bytes: 1_200, cpu: 110 },
  sse: { p50: 1.2, bytes: 180, cpu: 21 },
  websocket: { p50: 1, bytes: 150, cpu: 20 },
  'socket-io': { p50: 1.4, bytes: 168, cpu: 30 },
}

const of = (repeat: number, noise: number, changes: Partial<Record<TransportName, Truth>> = {}) =>
  noisyReport(scenarioOf({ repeat }), 1, noise, (transport) => ({ ...truths, ...changes })[transport])

test('who is best, by how much, and that times less than 2 ms apart on one machine are a tie', () => {
  expect(verdictOf(of(5, 0))).toEqual([
    'All 25,000 deliveries came, each once and in order.',
    'WebSocket, SSE and Socket.IO tie for the lowest latency p50, 1–1.4 ms: on one machine, less than 2 ms cannot be told apart; add distance.',
    'Against WebSocket, Long polling takes 2.1 ms longer (points only, n = 5: 2.1 ms); Short polling takes 511 ms longer (points only, n = 5: 511 ms).',
    'WebSocket has the fewest bytes a delivery, 150 B.',
    'Socket.IO takes ×1.12 (points only, n = 5: ×1.12); SSE takes ×1.2 (points only, n = 5: ×1.2); Long polling takes ×8 (points only, n = 5: ×8); Short polling takes ×9.33 (points only, n = 5: ×9.33).',
    'WebSocket has the least server CPU a delivery, 20 µs.',
    'SSE takes ×1.05 (points only, n = 5: ×1.05); Socket.IO takes ×1.5 (points only, n = 5: ×1.5); Short polling takes ×4.5 (points only, n = 5: ×4.5); Long polling takes ×5.5 (points only, n = 5: ×5.5).',
  ])
})

test('with 10 repetitions the distance has its interval', () => {
  expect(verdictOf(of(10, 0.01)).join('\n')).toMatch(
    /Short polling takes 51\d ms longer \(95 % interval 50\d–51\d ms, n = 10\)/,
  )
})

test('over a network times are told apart when the order is the same every time', () => {
  const report = of(5, 0)
  const far = { ...report, environment: { ...report.environment, sameHost: false } }
  expect(verdictOf(far).slice(1, 3)).toEqual([
    'WebSocket has the lowest latency p50, 1 ms.',
    expect.stringMatching(
      /^SSE takes 0.2 ms longer \(points only, n = 5: 0.2 ms\); Socket.IO takes 0.4 ms longer/,
    ),
  ])
})

test('who is not better every time ties', () => {
  const noisy = verdictOf(of(9, 0.2, { sse: { p50: 1, bytes: 152, cpu: 20 } })).join('\n')
  expect(noisy).toMatch(
    /(SSE.* and WebSocket|WebSocket.* and SSE|SSE.* and Socket\.IO).* tie for the least server CPU a delivery/,
  )
})

test('transports are compared repetition by repetition: a minute in which the machine was slow is slow for all', () => {
  const took = (transport: TransportName, cpu: number) =>
    [1, 2.5, 1.1].map((slower, index) => {
      const run = runOf({ transport, repetition: index + 1 })
      return { ...run, ...(run.server && { server: { ...run.server, cpuSeconds: (cpu * slower) / 1_000 } }) }
    })
  expect(verdictOf(reportOf([...took('sse', 12), ...took('websocket', 10)])).slice(-2)).toEqual([
    'WebSocket has the least server CPU a delivery, 11 µs.',
    'SSE takes ×1.2 (points only, n = 3: ×1.2).',
  ])
})

test('where polling wins, it says so', () => {
  const busy = of(5, 0, { 'short-polling': { p50: 512, bytes: 120, cpu: 4 } })
  const says = verdictOf(busy)
  expect(says).toContain('Here polling wins: Short polling has the fewest bytes a delivery, 120 B.')
  expect(says).toContain('Here polling wins: Short polling has the least server CPU a delivery, 4 µs.')
  expect(verdictOf(of(5, 0)).join()).not.toContain('polling wins')
})

test('losses come first, invalid runs next', () => {
  const { runs, ...rest } = of(5, 0)
  const broken: Report = {
    ...rest,
    interrupted: true,
    runs: runs
      .slice(1)
      .map((run) =>
        run.transport === 'sse'
          ? { ...run, lost: 2, duplicated: run.repetition === 1 ? 1 : 0, invalid: 'The generator was late.' }
          : run,
      ),
  }
  const says = verdictOf(broken)
  expect(says.slice(0, 3)).toEqual([
    'SSE broke its promise: of 5,000 deliveries 10 lost and 1 duplicated.',
    '5 of 24 runs are invalid and left out: The generator was late.',
    'It was ended early: 24 of 25 runs were made.',
  ])
  expect(says.slice(3).join()).not.toContain('SSE')
})

test('without a valid run nothing is said of speed', () => {
  const spoilt = reportOf([runOf({ invalid: 'The generator was late by 40 ms.' })])
  expect(verdictOf(spoilt)).toEqual([
    'All 1,000 deliveries came, each once and in order.',
    '1 of 1 runs is invalid and left out: The generator was late by 40 ms.',
    'There is no valid run, so nothing can be said.',
  ])
})

test('all lanes at once are called a demonstration', () => {
  const report = of(1, 0)
  const together = { ...report, environment: { ...report.environment, together: true } }
  expect(verdictOf(together)).toContain(
    'All lanes ran at once and took from each other: a demonstration, not a benchmark.',
  )
})

test('one run of each is said to be one', () => {
  expect(verdictOf(of(1, 0)).join('\n')).toContain('Short polling takes 511 ms longer (one run only)')
})

test('a sweep says who is best in which cases, and where polling wins', () => {
  const scenario = scenarioOf({
    repeat: 5,
    transports: ['short-polling', 'sse', 'websocket'],
    sweep: { of: 'rate', values: [1, 10, 1_000] },
  })
  const report = noisyReport(scenario, 1, 0, (transport, label) =>
    transport === 'short-polling' && label === 'rate=1000'
      ? { p50: 500, bytes: 110, cpu: 3 }
      : truths[transport],
  )
  expect(verdictOf(report)).toEqual([
    'All 45,000 deliveries came, each once and in order.',
    'Who has the lowest latency p50 (points only, n = 5): WebSocket and SSE (a tie) 1–1.2 ms, at rate=1, rate=10 and rate=1000.',
    'Who has the fewest bytes a delivery (points only, n = 5): WebSocket 150 B, at rate=1 and rate=10; Short polling 110 B, at rate=1000.',
    'Here polling wins: the fewest bytes a delivery at rate=1000.',
    'Who has the least server CPU a delivery (points only, n = 5): WebSocket 20 µs, at rate=1 and rate=10; Short polling 3 µs, at rate=1000.',
    'Here polling wins: the least server CPU a delivery at rate=1000.',
  ])
})

test('of one transport alone it says what it took in each case', () => {
  const scenario = scenarioOf({
    repeat: 2,
    transports: ['short-polling'],
    sweep: { of: 'interval', values: [1, 2] },
  })
  const report = noisyReport(scenario, 1, 0, (_, label) => ({
    ...truths['short-polling'],
    p50: label === 'interval=1' ? 510 : 1_020,
  }))
  expect(verdictOf(report)[1]).toBe(
    'Short polling: Latency p50 510 ms at interval=1 (n = 2) and 1,020 ms at interval=2 (n = 2).',
  )
})
