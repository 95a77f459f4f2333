import { describe, expect, test } from 'vitest'
import { catalogue } from '../../scenarios/catalogue/index.ts'
import { scenario } from '../../scenarios/define.ts'
import type { Scenario } from '../../scenarios/scenario.ts'
import { forBrowser, pageLimits } from './for-browser.ts'

const small = scenario({
  name: 'small',
  title: 'Small',
  question: 'Does it fit?',
  about: 'It does.',
  traffic: { rate: 2, arrivals: 'even', payload: 'conversation' },
})
const fitted = (changes: Partial<Scenario>) => {
  const result = forBrowser({ ...small, ...changes })
  if ('reason' in result) throw new Error(result.reason)
  return result
}
const reason = (changes: Partial<Scenario>) => {
  const result = forBrowser({ ...small, ...changes })
  return 'reason' in result ? result.reason : 'it can'
}

test('what fits is left as it is', () => {
  expect(fitted({})).toEqual({ scenario: small, changed: [] })
})

test('what is only too large is made smaller, and each change is said', () => {
  const { scenario, changed } = fitted({
    readers: 50,
    publishers: 5,
    traffic: { rate: 100, arrivals: 'bursts', burst: 200, payload: 10 },
    seconds: 60,
    warmUp: 10,
    interval: 0,
    headers: 'minimal',
  })
  expect(scenario).toMatchObject({
    readers: 4,
    publishers: 2,
    traffic: { rate: 50, arrivals: 'bursts', burst: 50, payload: 10 },
    seconds: 30,
    warmUp: 2,
    interval: 0.1,
  })
  expect(changed).toEqual([
    '4 readers a transport instead of 50',
    '2 publishers instead of 5',
    '50 messages a second instead of 100',
    'bursts of 50 messages instead of 200',
    '30 seconds a run instead of 60',
    '2 seconds of warm-up instead of 10',
    'a poll every 0.1 s instead of every 0 s',
    'this browser’s headers instead of minimal ones',
  ])
})

test('the values of a sweep are brought to what a page can do, and the others named', () => {
  const { scenario, changed } = fitted({ sweep: { of: 'rate', values: [0.1, 10, 100, 1_000] } })
  expect(scenario.sweep).toEqual({ of: 'rate', values: [0.1, 10, 50] })
  expect(changed).toEqual(['rate 50 instead of 100 and 1000'])
  expect(fitted({ sweep: { of: 'interval', values: [0, 1, 2] } }).scenario.sweep?.values).toEqual([0.1, 1, 2])
  expect(fitted({ sweep: { of: 'payload', values: [10, 4_000] } }).changed).toEqual([])
})

describe('what a page cannot do is refused with the reason', () => {
  test.each<[Partial<Scenario>, RegExp]>([
    [{ notInBrowser: 'It needs a thousand hands.' }, /^It needs a thousand hands\.$/],
    [{ keepAlive: false }, /new connection with each request/],
    [{ sweep: { of: 'keepAlive', values: [true, false] } }, /new connection with each request/],
    [{ cookieBytes: 500 }, /Cookie header/],
    [{ sweep: { of: 'cookieBytes', values: [0, 500] } }, /Cookie header/],
    [{ history: 100 }, /log/],
    [{ faults: [{ at: 1, do: 'restart' }] }, /restart the server/],
    [{ faults: [{ at: 1, do: 'pause-readers', seconds: 1 }] }, /stop reading/],
    [{ faults: [{ at: 1, do: 'refuse', seconds: 1 }] }, /only together with a cut/],
    [{ sweep: { of: 'otherRooms', values: [0, 500] } }, /log/],
    [{ sweep: { of: 'readers', values: [10, 100, 1_000] } }, /Too few of the values/],
  ])('%j', (changes, sentence) => {
    expect(reason(changes)).toMatch(sentence)
  })
})

test('a network, and faults that a link makes, are taken as they are', () => {
  const faults = [{ at: 1, do: 'cut' as const, seconds: 2 }]
  const { scenario, changed } = fitted({ conditions: '200-ms-away', faults })
  expect(scenario).toMatchObject({ conditions: '200-ms-away', faults })
  expect(changed).toEqual([])
})

test('a run that is made shorter keeps the faults that fall within it, or is refused', () => {
  expect(reason({ seconds: 60, faults: [{ at: 40, do: 'cut' }] })).toMatch(/after 30 s/)
})

test('whatever of the catalogue runs here stays within what a page can do', () => {
  const fitted = catalogue.flatMap((each) => {
    const result = forBrowser(each)
    return 'reason' in result ? [] : result.scenario
  })
  expect(fitted.length).toBeGreaterThan(3)
  for (const { readers, traffic, seconds, sweep } of fitted) {
    expect(readers).toBeLessThanOrEqual(pageLimits.readers)
    expect(traffic.rate).toBeLessThanOrEqual(pageLimits.rate)
    expect(seconds).toBeLessThanOrEqual(pageLimits.seconds)
    if (sweep?.of === 'rate')
      expect(Math.max(...sweep.values.map(Number))).toBeLessThanOrEqual(pageLimits.rate)
  }
})
