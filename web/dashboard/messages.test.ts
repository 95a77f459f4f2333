import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Entry } from '../../server/contract/wire.ts'
import { createMessages } from './messages.ts'

const entry = (seq: number): Entry => ({
  room: 'lobby',
  seq,
  kind: 'text',
  id: `x-${seq}`,
  from: { name: 'Ada' },
  text: `line ${seq}`,
  at: 0,
})

describe('the messages', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('show an entry once, with the lanes on which it has arrived, in the order they did', () => {
    const messages = createMessages()
    messages.arrive(entry(1), 'websocket')
    messages.arrive(entry(1), 'short-polling')
    vi.runAllTimers()
    expect(messages.list.value).toEqual([
      { seq: 1, name: 'Ada', text: 'line 1', lanes: ['websocket', 'short-polling'] },
    ])
  })

  it('stand in the order of the feed, whichever lane was first', () => {
    const messages = createMessages()
    for (const seq of [2, 4, 1, 3]) messages.arrive(entry(seq), 'sse')
    vi.runAllTimers()
    expect(messages.list.value.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  })

  it('change at most ten times a second', () => {
    const messages = createMessages()
    const seen: number[] = []
    messages.list.subscribe(({ length }) => seen.push(length))
    for (let seq = 1; seq <= 50; seq++) {
      messages.arrive(entry(seq), 'sse')
      vi.advanceTimersByTime(10)
    }
    expect(seen.length).toBeLessThanOrEqual(1 + 5)
  })

  it('are bounded: the oldest go, and a slow lane does not bring them back', () => {
    const messages = createMessages()
    for (let seq = 1; seq <= 100; seq++) messages.arrive(entry(seq), 'sse')
    messages.arrive(entry(1), 'short-polling')
    vi.runAllTimers()
    expect(messages.list.value.map(({ seq }) => seq)).toEqual(Array.from({ length: 60 }, (_, i) => 41 + i))
  })

  it('begin anew with a new log, but not for a gap in the same one', () => {
    const messages = createMessages()
    messages.follow('aaaa.7')
    messages.arrive(entry(8), 'sse')
    messages.follow('aaaa.9')
    vi.runAllTimers()
    expect(messages.list.value).toHaveLength(1)
    messages.follow('bbbb.0')
    messages.arrive(entry(1), 'sse')
    vi.runAllTimers()
    expect(messages.list.value.map(({ seq }) => seq)).toEqual([1])
  })
})
