import { expect, test } from 'vitest'
import { distributionOf, runOf } from '../../e2e/support/reports.ts'
import { emptyTally } from '../../server/contract/meter.ts'
import { type FigureId, figureOf, figures } from './figures.ts'

const run = runOf({
  readers: 1_000,
  delivered: 4_000,
  latency: distributionOf(10),
  lost: 3,
  readersTally: {
    ...emptyTally(),
    connections: 7,
    requests: 2_000,
    emptyResponses: 500,
    bytesIn: 200_000,
    bytesOut: 800_000,
    headBytesIn: 190_000,
    headBytesOut: 210_000,
    controlBytesIn: 1_000,
    controlBytesOut: 79_000,
    entriesIn: 10,
    payloadBytesIn: 400,
    entriesOut: 4_000,
    payloadBytesOut: 480_000,
  },
  server: {
    cpuSeconds: 0.5,
    rssBefore: 50 * 1024 * 1024,
    rssConnected: 60 * 1024 * 1024,
    rssAfter: 0,
    eventLoopDelayP99: 0,
    eventLoopDelayMax: 0,
  },
})

const worth = Object.fromEntries(figures.map(({ id, value }) => [id, value(run)]))

test.each<[FigureId, number]>([
  ['latency.p50', 10],
  ['latency.p95', 17],
  ['latency.p99', 20],
  ['latency.max', 30],
  ['bytes', 250],
  ['overhead', (1_000_000 - 480_400) / 4_000],
  ['heads', 100],
  ['control', 20],
  ['framing', (1_000_000 - 480_400 - 400_000 - 80_000) / 4_000],
  ['requests', 0.5],
  ['empty-share', 25],
  ['connections', 7],
  ['cpu', 125],
  ['deliveries-per-cpu-second', 8_000],
  ['memory', 10.24],
  ['lost', 3],
])('%s of a run worked out by hand is %d', (id, expected) => {
  expect(worth[id]).toBeCloseTo(expected, 9)
})

test('what is not payload is heads, control and framing, to the byte', () => {
  const { overhead = 0, heads = 0, control = 0, framing = 0 } = worth
  expect(heads + control + framing).toBeCloseTo(overhead, 9)
})

test('a run in which nothing was said has no figure of a delivery, rather than a division by nothing', () => {
  const silent = runOf({
    delivered: 0,
    latency: { n: 0, curve: [] },
    readersTally: { ...emptyTally(), bytesOut: 500 },
  })
  for (const id of ['bytes', 'requests', 'empty-share', 'cpu', 'deliveries-per-cpu-second', 'latency.p50'])
    expect([id, figureOf(id).value(silent)]).toEqual([id, undefined])
})

test('of a server that is somebody else’s there is neither CPU nor memory', () => {
  const { server: _, ...foreign } = run
  for (const id of ['cpu', 'memory', 'deliveries-per-cpu-second'])
    expect(figureOf(id).value(foreign)).toBeUndefined()
})

test('memory is not divided among fewer than 1,000 readers', () => {
  expect(figureOf('memory').value({ ...run, readers: 999 })).toBeUndefined()
  expect(figureOf('memory').value({ ...run, readers: 1_000 })).toBeCloseTo(10.24)
})

test('every figure has an id of its own and says in a sentence what it is', () => {
  expect(new Set(figures.map(({ id }) => id)).size).toBe(figures.length)
  for (const { formula } of figures) expect(formula).toMatch(/^[A-Z].{20,}\.$/)
})

test('an unknown figure is an error that names those there are', () => {
  expect(() => figureOf('latency.p42')).toThrow('There is no figure "latency.p42". There are: latency.p50,')
})
