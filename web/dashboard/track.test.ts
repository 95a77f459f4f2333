import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createTrack, nearestCrossing, SPAN } from './track.ts'

const clock = vi.hoisted(() => ({ time: 0 }))
vi.mock('../ui/clock.ts', () => ({ now: () => clock.time }))

beforeEach(() => {
  clock.time = 0
})

describe('the track of a lane', () => {
  it('tells polls that brought something from those that did not', () => {
    const track = createTrack()
    track.cross({ kind: 'request', exchange: 1, method: 'GET', at: 0 })
    track.cross({ kind: 'response', exchange: 1, status: 200, at: 2 })
    track.cross({ kind: 'request', exchange: 2, method: 'GET', at: 1000 })
    track.cross({ kind: 'response', exchange: 2, status: 200, at: 1003 })
    track.deliver(7, 1004, 400)
    track.deliver(8, 1004)
    expect(track.exchanges).toMatchObject([
      { start: 0, end: 2, brought: 0 },
      { start: 1000, end: 1003, brought: 2 },
    ])
  })

  it('does not credit an entry to a publish that came between', () => {
    const track = createTrack()
    track.cross({ kind: 'request', exchange: 1, method: 'GET', at: 0 })
    track.cross({ kind: 'request', exchange: 2, method: 'POST', at: 1 })
    track.cross({ kind: 'response', exchange: 1, at: 5 })
    track.deliver(1, 5)
    expect(track.exchanges.map(({ brought }) => brought)).toEqual([1, 0])
  })

  it('forgets what has left the window, but nothing that is still open or pending', () => {
    const track = createTrack()
    track.cross({ kind: 'request', exchange: 1, method: 'GET', at: 0 })
    track.cross({ kind: 'response', exchange: 1, at: 1 })
    track.cross({ kind: 'request', exchange: 2, method: 'GET', at: 2 })
    track.cross({ kind: 'open', pipe: 3, carrier: 'WebSocket', at: 2 })
    track.cross({ kind: 'in', text: 'hello', at: 3 })
    track.deliver(1, 4)
    clock.time = SPAN + 10
    track.trim()
    expect(track.exchanges.map(({ id }) => id)).toEqual([2])
    expect(track.pipes.map(({ id }) => id)).toEqual([3])
    expect(track.arrows).toEqual([])
    expect(track.arrivals).toEqual([])
  })

  it('writes the latest events down in words, twenty at most', () => {
    const track = createTrack()
    for (let seq = 1; seq <= 30; seq++) track.deliver(seq, seq + 1.5, seq)
    expect(track.lines).toHaveLength(20)
    expect(track.lines.at(-1)).toEqual({
      at: 31.5,
      event: '● entry 30',
      detail: '1.5 ms after it was due',
      direction: 'in',
    })
  })

  it('keeps when the network was disturbed as long as it is in sight, and says so in the list', () => {
    const track = createTrack()
    track.mark(0)
    track.note('✂ cut', 'RST')
    expect(track.lines.at(-1)).toEqual({ at: 0, event: '✂ cut', detail: 'RST', direction: undefined })
    clock.time = SPAN
    track.trim()
    expect(track.marks).toEqual([0])
    clock.time = SPAN + 1
    track.trim()
    expect(track.marks).toEqual([])
  })
})

describe('what a click on a timeline means', () => {
  const track = createTrack()
  track.cross({ kind: 'request', exchange: 1, method: 'GET', at: 100 })
  track.cross({ kind: 'response', exchange: 1, status: 200, at: 200 })
  track.cross({ kind: 'request', exchange: 2, method: 'GET', at: 300 })
  track.cross({ kind: 'failed', exchange: 2, at: 400 })
  track.cross({ kind: 'open', pipe: 3, carrier: 'WebSocket', at: 500 })
  track.cross({ kind: 'out', text: 'hi', at: 600 })

  it.each([
    [110, { at: 100, direction: 'out' }],
    [190, { at: 200, direction: 'in' }],
    [310, { at: 300, direction: 'out' }],
    [495, { at: 500, direction: 'in' }],
    [620, { at: 600, direction: 'out' }],
    // A request that failed brought nothing back.
    [400, undefined],
    [700, undefined],
  ])('at %i ms', (instant, crossing) => {
    expect(nearestCrossing(track, instant, 50)).toEqual(crossing)
  })
})
