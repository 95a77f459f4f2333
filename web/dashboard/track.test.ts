import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createTrack, SPAN } from './track.ts'

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
    expect(track.lines.at(-1)).toEqual({ at: 31.5, event: '● entry 30', detail: '1.5 ms after it was due' })
  })
})
