import { describe, expect, it } from 'vitest'
import { emptyTally } from '../../server/contract/meter.ts'
import { add, bytesOf } from './tally.ts'

const tally = (bytesIn: number, requests: number, open = 0) => ({ ...emptyTally(), bytesIn, requests, open })

describe('what a lane has cost since Run or Reset', () => {
  it('grows by what the meter shows more than before', () => {
    expect(add(tally(10, 1), tally(500, 7), tally(800, 9))).toMatchObject({ bytesIn: 310, requests: 3 })
  })

  it('loses nothing when the server was restarted and its meter counts from zero', () => {
    expect(add(tally(310, 3), tally(800, 9), tally(40, 1))).toMatchObject({ bytesIn: 350, requests: 4 })
  })

  it('shows the connections that are open, not their sum', () => {
    expect(add(tally(0, 0, 2), tally(0, 0, 2), tally(0, 0, 1)).open).toBe(1)
  })
})

describe('the parts of its bytes', () => {
  it('add up to the whole: framing is what is left', () => {
    const parts = bytesOf({
      ...emptyTally(),
      bytesIn: 400,
      bytesOut: 600,
      headBytesIn: 300,
      headBytesOut: 200,
      payloadBytesIn: 50,
      payloadBytesOut: 250,
      controlBytesOut: 80,
      emptyBytesIn: 100,
    })
    expect(parts).toEqual({ total: 1000, payload: 300, heads: 500, control: 80, framing: 120, empty: 100 })
  })
})
