import { expect, test } from 'vitest'
import type { TransportName } from '../../server/contract/transports.ts'
import { type Cost, choose, type Needs } from './choosing.ts'

const anything: Needs = {
  delay: 300,
  readers: 100,
  clientsSpeak: false,
  binary: false,
  upgradesRefused: false,
  manyTabs: false,
  anyClient: false,
}

/** As a quiet feed costs: a poll is late and dear, a push is neither. */
const quiet: readonly Cost[] = [
  { transport: 'short-polling', p95: 950, n: 20, bytes: 1_500, requests: 1 },
  { transport: 'long-polling', p95: 12, n: 20, bytes: 900, requests: 0.5 },
  { transport: 'sse', p95: 8, n: 20, bytes: 220, requests: 0 },
  { transport: 'websocket', p95: 8, n: 20, bytes: 200, requests: 0 },
  { transport: 'socket-io', p95: 9, n: 20, bytes: 210, requests: 0 },
]
/** As a busy one does: many entries share the heads of one poll. */
const busy = quiet.map((cost) => (cost.transport === 'short-polling' ? { ...cost, bytes: 260 } : cost))

const table: readonly [
  title: string,
  needs: Partial<Needs>,
  costs: readonly Cost[],
  transport: TransportName | undefined,
][] = [
  ['a feed that only the server writes', {}, quiet, 'sse'],
  ['a chat', { clientsSpeak: true }, quiet, 'websocket'],
  ['a chat in many tabs', { clientsSpeak: true, manyTabs: true }, quiet, 'websocket'],
  ['bytes', { binary: true }, quiet, 'websocket'],
  ['a feed in many tabs', { manyTabs: true }, quiet, 'websocket'],
  ['a chat behind a firewall', { clientsSpeak: true, upgradesRefused: true }, quiet, 'socket-io'],
  ['a feed behind a firewall', { upgradesRefused: true }, quiet, 'sse'],
  [
    'bytes behind a firewall for clients of others',
    { binary: true, upgradesRefused: true, anyClient: true },
    quiet,
    'long-polling',
  ],
  ['busy, and nobody is in a hurry', { delay: 10_000 }, busy, 'short-polling'],
  ['quiet, and nobody is in a hurry: empty polls are dear', { delay: 10_000 }, quiet, 'sse'],
  ['busy, and in a hurry', {}, busy, 'sse'],
  [
    'busy, no hurry, and as many readers as may ask',
    { delay: 10_000, readers: 1_000 },
    busy,
    'short-polling',
  ],
  ['busy, no hurry, and one reader more', { delay: 10_000, readers: 1_001 }, busy, 'sse'],
  ['sooner than anything can', { delay: 1 }, quiet, undefined],
  ['many tabs behind a firewall, at once', { manyTabs: true, upgradesRefused: true }, quiet, undefined],
]

for (const [title, needs, costs, transport] of table) {
  test(`${title}: ${transport ?? 'nothing'}`, () => {
    const choice = choose({ ...anything, ...needs }, costs)
    expect(choice.transport).toBe(transport)
    // Whatever was not chosen is told why.
    expect(Object.keys(choice.against)).toHaveLength(transport ? 4 : 5)
    expect(choice.reasons.length).toBeGreaterThan(0)
  })
}

test('each of the five can be chosen', () => {
  expect(new Set(table.map(([, , , transport]) => transport)).size).toBe(6)
})

test('it says with the measured figures why, and which need by itself would change the answer', () => {
  const { reasons, against, otherwise } = choose(anything, quiet)
  expect(reasons.join(' ')).toContain('Of 20 messages 95 % took at most 8 ms')
  expect(reasons.join(' ')).toContain('220 B')
  expect(against['short-polling']).toContain('950 ms')
  expect(otherwise).toContainEqual({ need: 'the messages were bytes', transport: 'websocket' })
  expect(otherwise).not.toContainEqual(expect.objectContaining({ transport: 'sse' }))
})

test('of fewer than twenty messages it names the slowest, and no percentile', () => {
  const few = quiet.map((cost) => ({ ...cost, n: 19 }))
  const { reasons, against } = choose(anything, few)
  expect(reasons.join(' ')).toContain('The slowest of 19 messages took 8 ms')
  expect(against['short-polling']).toContain('The slowest of 19 messages')
})

test('too many requests are told with their number', () => {
  const { against } = choose({ ...anything, delay: 10_000, readers: 5_000 }, busy)
  expect(against['short-polling']).toContain('5,000 readers would ask 5,000 times a second')
})

test('what was not measured is not chosen', () => {
  expect(choose({ ...anything, clientsSpeak: true }, quiet.slice(0, 3)).transport).toBe('sse')
  const { transport, against } = choose(anything, [])
  expect(transport).toBeUndefined()
  expect(against.sse).toBe('It was not measured.')
})
