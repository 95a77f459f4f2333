import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { conversation } from './conversation.ts'
import { createGenerator, type Say } from './generator.ts'

const clock = vi.hoisted(() => ({ time: 0 }))
vi.mock('../ui/clock.ts', () => ({ now: () => clock.time }))

describe('the generator', () => {
  beforeEach(() => {
    clock.time = 0
    vi.useFakeTimers()
  })
  afterEach(() => vi.useRealTimers())

  /** Lets time pass evenly, as it does on an idle page. */
  function pass(ms: number) {
    for (let step = 0; step < ms; step += 5) {
      clock.time += 5
      vi.advanceTimersByTime(5)
    }
  }

  /** The page is busy: the clock goes on but no timer fires. */
  function stall(ms: number) {
    clock.time += ms
    vi.advanceTimersByTime(1000)
  }

  const due = (say: ReturnType<typeof vi.fn<Say>>) => say.mock.calls.map(([, sentAt]) => sentAt)

  it('says one line in each slot, at the instant the schedule asked for', () => {
    const say = vi.fn<Say>()
    createGenerator(say, () => 0.25).start(10)
    pass(1000)
    expect(due(say)).toEqual([25, 125, 225, 325, 425, 525, 625, 725, 825, 925])
  })

  it('gives a line said late the instant it was due, and leaves none out', () => {
    const say = vi.fn<Say>()
    createGenerator(say, () => 0).start(1)
    stall(3500)
    expect(due(say)).toEqual([0, 1000, 2000, 3000])
  })

  it('goes on from now after a sleep, instead of saying everything at once', () => {
    const say = vi.fn<Say>()
    createGenerator(say, () => 0).start(50)
    stall(3_600_000)
    expect(say.mock.calls.length).toBeLessThan(5)
  })

  it('is silent at 0 a second and after stop', () => {
    const say = vi.fn<Say>()
    const generator = createGenerator(say)
    generator.start(0)
    pass(5000)
    expect(say).not.toHaveBeenCalled()
    generator.start(50)
    generator.stop()
    pass(5000)
    expect(say.mock.calls.length).toBeLessThan(2)
  })

  it('says the conversation from its beginning and begins again at its end', () => {
    const say = vi.fn<Say>()
    createGenerator(say, () => 0).start(50)
    pass(20 * conversation.length)
    expect(say.mock.calls[0]?.[0]).toBe(conversation[0])
    expect(say.mock.calls[conversation.length]?.[0]).toBe(conversation[0])
  })
})

describe('the conversation', () => {
  it('has a hundred lines that any feed accepts', () => {
    expect(conversation).toHaveLength(100)
    for (const { name, text } of conversation) {
      expect(name).toMatch(/^.{1,40}$/u)
      expect(text).toMatch(/^.{1,300}$/u)
    }
  })
})
