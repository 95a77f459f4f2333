import { describe, expect, test } from 'vitest'
import { quietRoom } from '../catalogue/quiet-room.ts'
import { invalidated, reportOf } from '../claims/reports.ts'
import { judge, parseThreshold } from './thresholds.ts'

describe('a threshold', () => {
  test.each([
    [
      'websocket.latency.p99<50',
      { transport: 'websocket', figure: 'latency.p99', operator: '<', number: 50 },
    ],
    ['sse.lost=0', { transport: 'sse', figure: 'lost', operator: '=', number: 0 }],
    [
      'sse.rate=0.1.lost<=0',
      { transport: 'sse', case: 'rate=0.1', figure: 'lost', operator: '<=', number: 0 },
    ],
    ['socket-io.bytes >= 1e3', { transport: 'socket-io', figure: 'bytes', operator: '>=', number: 1000 }],
    [
      'short-polling.keepAlive=true.cpu>.5',
      { case: 'keepAlive=true', figure: 'cpu', operator: '>', number: 0.5 },
    ],
  ])('%s is read', (text, parts) => expect(parseThreshold(text)).toMatchObject(parts))

  test.each([
    ['websocket.latency.p99', 'compares with no number'],
    ['websocket.latency.p99<', 'compares with no number'],
    ['websocket.latency.p99<fast', 'compares with no number'],
    ['websockt.latency.p99<50', 'Did you mean "websocket"?'],
    ['websocket.latency.p98<50', 'Did you mean "latency.p'],
    ['websocket.zzzzzzzzzzz<50', 'There are: latency.p50'],
    ['latency.p99<50', '"latency" in "latency.p99<50" is no transport'],
    ['', 'compares with no number'],
  ])('"%s" is refused: %s', (text, why) => expect(() => parseThreshold(text)).toThrow(why))
})

describe('judging', () => {
  const scenario = { ...quietRoom, transports: ['sse' as const], repeat: 3 }
  const p50s = [10, 90, 20]
  let at = 0
  const report = reportOf(scenario, () => ({ latency: { p50: p50s[at++ % 3] ?? 0 } }))
  const judged = (text: string, of = report) => judge(of, parseThreshold(text))

  test('looks at the median over the valid runs', () => {
    expect(judged('sse.latency.p50<21')).toMatchObject({
      holds: true,
      because: expect.stringContaining('20 ms'),
    })
    expect(judged('sse.latency.p50<20')).toMatchObject({
      holds: false,
      because: 'sse.latency.p50<20: broken, because the median of 3 valid runs is 20 ms.',
    })
  })

  test('leaves invalid runs out', () => {
    const spoiled = {
      ...report,
      runs: report.runs.map((run, n) => (n === 1 ? run : { ...run, invalid: 'late' })),
    }
    expect(judged('sse.latency.p50=90', spoiled).holds).toBe(true)
  })

  test.each([
    ['websocket.lost=0', 'no run answers it'],
    ['sse.rate=7.lost=0', 'no run answers it'],
    ['sse.cpu>0', 'no run has this figure'],
  ])('%s is broken, because %s', (text, why) => {
    const { holds, because } = judged(text)
    expect(holds).toBe(false)
    expect(because).toContain(why)
  })

  test('is broken where all runs are invalid', () => {
    expect(judged('sse.lost=0', invalidated(report))).toMatchObject({
      holds: false,
      because: expect.stringContaining('all 3 runs are invalid'),
    })
  })

  test('without a case it must hold in every one of a sweep', () => {
    const swept = { ...scenario, sweep: { of: 'rate' as const, values: [1, 10] } }
    const of = reportOf(swept, ({ traffic }) => ({ lost: traffic.rate === 10 ? 2 : 0 }))
    expect(judged('sse.lost=0', of)).toMatchObject({
      holds: false,
      because: expect.stringContaining('rate=10'),
    })
    expect(judged('sse.rate=1.lost=0', of).holds).toBe(true)
  })
})
