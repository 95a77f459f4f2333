import { describe, expect, it } from 'vitest'
import { emptyTally } from '../../server/contract/meter.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import { createDeliveries } from './delivery.ts'
import type { Row } from './figures.ts'
import { verdict } from './verdict.ts'

interface Measured {
  p50: number
  n?: number
  perEntry?: number
  missed?: number
}

function row(transport: TransportName, { p50, n = 20, perEntry = 100, missed = 0 }: Measured): Row {
  const deliveries = createDeliveries()
  for (let i = 0; i < n; i++) deliveries.add(p50)
  return {
    transport,
    deliveries,
    sinceServer: createDeliveries(),
    sequence: { delivered: n, missed, duplicated: 0, reordered: 0 },
    reconnects: 0,
    lastSeq: n,
    tally: { ...emptyTally(), bytesOut: perEntry * n, entriesOut: n },
  }
}

const says = (rows: Row[], oneMachine = true) => verdict(rows, { oneMachine }).join(' ')

describe('the verdict', () => {
  it('is silent before anything was measured', () => {
    expect(verdict([row('sse', { p50: 0, n: 0 })], { oneMachine: true })).toEqual([])
  })

  it('asks for more where a lane has few deliveries', () => {
    expect(says([row('sse', { p50: 1 }), row('websocket', { p50: 1, n: 4 })])).toMatch(
      /needs 10.*there are 4/,
    )
  })

  it('calls lanes less than 2 ms apart a tie, and suggests distance', () => {
    const rows = [
      row('short-polling', { p50: 500 }),
      row('sse', { p50: 2.1 }),
      row('websocket', { p50: 1.2 }),
    ]
    expect(says(rows)).toMatch(
      /WebSocket and SSE tie at a p50 of 1\.2–2\.1 ms: on one machine .* Add distance/,
    )
    expect(says(rows)).toMatch(/Short polling takes 498\.8 ms longer: its entries wait for the next poll\./)
  })

  it('does not ask for distance where there is some', () => {
    const rows = [row('sse', { p50: 201 }), row('websocket', { p50: 200 })]
    const text = verdict(rows, { oneMachine: true, distant: true }).join(' ')
    expect(text).toMatch(/WebSocket and SSE tie at a p50 of 200\.0–201\.0 ms: at this distance/)
    expect(text).not.toMatch(/Add distance/)
  })

  it('calls 2 ms a difference', () => {
    const rows = [row('sse', { p50: 3 }), row('websocket', { p50: 1 })]
    expect(says(rows)).toMatch(/WebSocket delivers soonest/)
    expect(says(rows)).not.toMatch(/tie/)
  })

  it('does not speak of one machine when the server is another', () => {
    const rows = [row('sse', { p50: 1 }), row('websocket', { p50: 1 })]
    expect(says(rows, false)).toMatch(/further away/)
    expect(says(rows, false)).not.toMatch(/one machine/)
  })

  it('says where polling wins', () => {
    const rows = [
      row('short-polling', { p50: 500, perEntry: 180 }),
      row('websocket', { p50: 1, perEntry: 170 }),
      row('socket-io', { p50: 1, perEntry: 195 }),
    ]
    expect(says(rows)).toMatch(
      /Here polling wins: Short polling needs fewer bytes per entry than Socket\.IO,/,
    )
  })

  it('does not say so where polling does not', () => {
    const rows = [row('short-polling', { p50: 500, perEntry: 900 }), row('websocket', { p50: 1 })]
    expect(says(rows)).not.toMatch(/polling wins/)
    expect(says(rows)).toMatch(
      /WebSocket needs the fewest bytes, 100 B per entry; Short polling needs 9\.0 times that/,
    )
  })

  it('admits that the page itself was late, if it was', () => {
    const rows = [row('sse', { p50: 30 }), row('websocket', { p50: 30 })]
    expect(verdict(rows, { oneMachine: true, lateness: 25 }).join()).toMatch(
      /one message in twenty left 25\.0 ms/,
    )
    expect(verdict(rows, { oneMachine: true, lateness: 3 }).join()).not.toMatch(/busy/)
  })

  it('begins with a broken promise, even if little was measured', () => {
    expect(verdict([row('sse', { p50: 1, n: 1, missed: 2 })], { oneMachine: true })[0]).toBe(
      'SSE broke its promise: 2 missed.',
    )
  })
})
