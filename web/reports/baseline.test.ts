import { describe, expect, test } from 'vitest'
import { reportOf, runOf } from '../../e2e/support/reports.ts'
import { figureOf } from '../../scenarios/stats/figures.ts'
import { summarise } from '../../scenarios/stats/summary.ts'
import { ratioTo, shadeOf } from './baseline.ts'

const run = runOf()
const server = { ...run.server, cpuSeconds: 0.01 } as NonNullable<typeof run.server>
const all = summarise(
  reportOf([
    runOf({
      transport: 'long-polling',
      latency: { ...run.latency, p50: 3 },
      server: { ...server, cpuSeconds: 0.04 },
    }),
    runOf({ transport: 'sse', latency: { ...run.latency, p50: 2 }, server: { ...server, cpuSeconds: 0.01 } }),
    runOf({ transport: 'websocket', latency: { ...run.latency, p50: 4 }, lost: 2, server }),
  ]),
)
const [long, sse, websocket] = all as [(typeof all)[0], (typeof all)[0], (typeof all)[0]]
const p50 = figureOf('latency.p50')

describe('a ratio', () => {
  test('to the best is 1 for the best, and says how many times it the others are', () => {
    expect([long, sse, websocket].map((each) => ratioTo('best', p50, each, all))).toEqual([1.5, 1, 2])
  })

  test('to a transport is 1 for that one, and below 1 for what is better', () => {
    expect([long, sse, websocket].map((each) => ratioTo('websocket', p50, each, all))).toEqual([0.75, 0.5, 1])
  })

  test('to the best of what should be high is to the highest', () => {
    const perCpu = figureOf('deliveries-per-cpu-second')
    expect([long, sse].map((each) => ratioTo('best', perCpu, each, all))).toEqual([0.25, 1])
  })

  test('to nothing is none, but for what is nothing too', () => {
    const lost = figureOf('lost')
    expect(ratioTo('best', lost, websocket, all)).toBeUndefined()
    expect(ratioTo('best', lost, sse, all)).toBe(1)
  })

  test('to a transport that was not run is none', () => {
    expect(ratioTo('socket-io', p50, sse, all)).toBeUndefined()
  })
})

test.each([
  [undefined, 'lower', 0],
  [1, 'lower', 0],
  [0.5, 'lower', 0],
  [1.5, 'lower', 1],
  [3, 'lower', 2],
  [10, 'lower', 3],
  [0.2, 'higher', 2],
  [5, 'higher', 0],
  [99, 'neither', 0],
] as const)('%s where %s is better has shade %i', (ratio, better, shade) => {
  expect(shadeOf(ratio, better)).toBe(shade)
})
