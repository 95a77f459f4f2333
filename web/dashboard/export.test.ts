import { describe, expect, it } from 'vitest'
import { emptyTally } from '../../server/contract/meter.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import { createDeliveries } from './delivery.ts'
import type { Disturbance } from './disturbances.ts'
import { toCsv, toJson } from './export.ts'
import { figureNames, type Row } from './figures.ts'
import { defaults } from './hash.ts'

function row(transport: TransportName, times: number[], bytes = 0): Row {
  const deliveries = createDeliveries()
  for (const ms of times) deliveries.add(ms)
  return {
    transport,
    deliveries,
    sinceServer: createDeliveries(),
    sequence: { delivered: times.length, missed: 0, duplicated: 0, reordered: 0 },
    reconnects: 0,
    lastSeq: times.length,
    tally: { ...emptyTally(), bytesOut: bytes, payloadBytesOut: bytes / 2, entriesOut: times.length },
  }
}

const about = {
  settings: { ...defaults, scenario: 'quiet-room', rate: 2 },
  oneClock: true,
  since: Date.UTC(2025, 0, 2, 3, 4, 5),
  until: Date.UTC(2025, 0, 2, 3, 5, 5),
  lateness: 1.5,
  mixed: ['poll interval'],
  way: { network: 'clear', conditions: {}, url: 'http://localhost:3000' },
  disturbances: [],
  page: 'http://localhost:3000/#rate=2',
  userAgent: 'Browser "9", with, commas',
}
const disturbances: Disturbance[] = [
  {
    id: 1,
    title: 'All lanes: cut by RST',
    at: Date.UTC(2025, 0, 2, 3, 4, 30),
    network: '200 ms away',
    connections: 3,
    movedFirst: true,
    live: false,
    recoveries: [
      {
        transport: 'sse',
        wasOpen: true,
        lost: true,
        after: 421.5,
        delivered: 7,
        missed: 1,
        duplicated: 0,
        gaps: 0,
      },
      {
        transport: 'websocket',
        wasOpen: true,
        lost: true,
        after: undefined,
        delivered: 0,
        missed: 0,
        duplicated: 0,
        gaps: 0,
      },
    ],
  },
]
const away = { network: '200-ms-away', conditions: { rtt: 200 }, url: 'http://localhost:3001', port: 3001 }
const rows = [row('short-polling', [500, 700, 900], 900), row('websocket', [1, 2, 2.5], 300)]

describe('the CSV', () => {
  const lines = toCsv(rows, about).trimEnd().split('\r\n')

  it('has a line for every figure of every lane', () => {
    expect(lines).toHaveLength(1 + rows.length * figureNames.length)
  })

  it('gives each figure its unit, its ratio to the best, its n and its origin', () => {
    const [head, ...figures] = lines
    expect(head).toMatch(/^transport,figure,value,unit,timesBest,n,origin,by,/)
    expect(figures.find((line) => line.startsWith('short-polling,p50'))).toMatch(
      /^short-polling,p50,700,ms,350,3,measured,"by this page's clock/,
    )
    expect(figures.find((line) => line.startsWith('websocket,p50'))).toMatch(
      /^websocket,p50,2,ms,1,3,measured/,
    )
  })

  it('has a time between two clocks only where they are one machine’s', () => {
    const names = (oneClock: boolean) =>
      toCsv(rows, { ...about, oneClock }).match(/sinceServer/g)?.length ?? 0
    expect(names(true)).toBe(rows.length)
    expect(names(false)).toBe(0)
    expect(JSON.parse(toJson(rows, { ...about, oneClock: false })).lanes[0].figures).not.toHaveProperty(
      'sinceServer',
    )
  })

  it('leaves empty what cannot be known yet', () => {
    expect(lines.find((line) => line.startsWith('websocket,p99'))).toMatch(/^websocket,p99,,ms,,3,/)
  })

  it('quotes what would break a line (RFC 4180)', () => {
    expect(lines[1]).toMatch(/"Browser ""9"", with, commas"$/)
  })

  it('says under which circumstances it was measured, and that it is no benchmark', () => {
    expect(lines[1]).toContain('a demonstration, not a benchmark')
    expect(lines[1]).toContain(
      ',lobby,quiet-room,2,slots,conversation,each lane in turn,1,2025-01-02T03:04:05.000Z,2025-01-02T03:05:05.000Z,1.5,poll interval,http://localhost:3000/#rate=2,',
    )
  })
})

describe('the JSON', () => {
  it('holds the same numbers', () => {
    const { lanes, pollInterval, room } = JSON.parse(toJson(rows, about))
    expect({ pollInterval, room }).toEqual({ pollInterval: 1, room: 'lobby' })
    expect(lanes[0].transport).toBe('short-polling')
    expect(lanes[0].figures.p50).toMatchObject({ value: 700, timesBest: 350, n: 3, origin: 'measured' })
    expect(lanes[0].figures.perEntry).toMatchObject({ value: 300, unit: 'bytes', timesBest: 3 })
    expect(lanes[1].figures.p99.value).toBeUndefined()
  })
})

describe('on another network', () => {
  const far = rows.map((each) => ({ ...each, handshake: 200, tally: { ...each.tally, connections: 2 } }))

  it('both exports name it, and say who made it', () => {
    const json = JSON.parse(toJson(far, { ...about, way: away }))
    expect(json.network).toMatch(/^200 ms away: round trip \+ 200 ms; made by a proxy/)
    expect(JSON.parse(toJson(rows, about)).network).toBe('direct')
    expect(toCsv(far, { ...about, way: away })).toMatch(/made by a proxy/)
  })

  it('times that hold a modelled handshake say so, and nothing else does', () => {
    const [lane] = JSON.parse(toJson(far, { ...about, way: away })).lanes
    expect(lane.figures.p50.origin).toBe('measured; modelled: 2 new connections')
    expect(lane.figures.bytes.origin).toBe('measured')
    // Without a new connection there is no handshake in them.
    const [quiet] = JSON.parse(toJson([{ ...rows[0], handshake: 200 } as Row], about)).lanes
    expect(quiet.figures.p50.origin).toBe('measured')
  })

  it('how each lane came through a cut is in both, with n and origin', () => {
    const { disturbances: told } = JSON.parse(toJson(far, { ...about, disturbances }))
    expect(told).toMatchObject([
      {
        title: 'All lanes: cut by RST',
        connections: 3,
        movedFirst: true,
        origin: 'measured',
        lanes: [
          { transport: 'sse', backAfterMs: 421.5, delivered: 7, missed: 1, duplicated: 0 },
          { lost: true },
        ],
      },
    ])
    const lines = toCsv(far, { ...about, disturbances }).split('\r\n')
    expect(lines.find((line) => line.startsWith('sse,backAfter'))).toMatch(
      /^sse,backAfter since “All lanes: cut by RST” at 2025-01-02T03:04:30.000Z,421.5,ms,,1,measured,/,
    )
    expect(lines.find((line) => line.startsWith('sse,missed since'))).toMatch(/Z,1,count,,7,measured,/)
    expect(lines.find((line) => line.startsWith('websocket,backAfter'))).toMatch(/Z,,ms,,1,measured,/)
  })
})
