import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { conversation } from './conversation.ts'
import { createGenerator, type Pace, type Say } from './generator.ts'

const clock = vi.hoisted(() => ({ time: 0 }))
vi.mock('../ui/clock.ts', () => ({ now: () => clock.time }))

const pace = (rate: number, changes: Partial<Pace> = {}): Pace => ({
  rate,
  arrivals: 'slots',
  burst: 2,
  payload: 'conversation',
  ...changes,
})

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
    createGenerator(say, () => 0.25).start(pace(10))
    pass(1000)
    expect(due(say)).toEqual([25, 125, 225, 325, 425, 525, 625, 725, 825, 925])
  })

  it('gives a line said late the instant it was due, and leaves none out', () => {
    const say = vi.fn<Say>()
    createGenerator(say, () => 0).start(pace(1))
    stall(3500)
    expect(due(say)).toEqual([0, 1000, 2000, 3000])
  })

  it('goes on from now after a sleep, instead of saying everything at once', () => {
    const say = vi.fn<Say>()
    createGenerator(say, () => 0).start(pace(50))
    stall(3_600_000)
    expect(say.mock.calls.length).toBeLessThan(5)
  })

  it('is silent at 0 a second and after stop', () => {
    const say = vi.fn<Say>()
    const generator = createGenerator(say)
    generator.start(pace(0))
    pass(5000)
    expect(say).not.toHaveBeenCalled()
    generator.start(pace(50))
    generator.stop()
    pass(5000)
    expect(say.mock.calls.length).toBeLessThan(2)
  })

  it('keeps an even beat, begun somewhere in its first period', () => {
    const say = vi.fn<Say>()
    createGenerator(say, () => 0.5).start(pace(10, { arrivals: 'even' }))
    pass(500)
    expect(due(say)).toEqual([50, 150, 250, 350, 450])
  })

  it('says a burst at one instant, and keeps the rate on average', () => {
    const say = vi.fn<Say>()
    createGenerator(say, () => 0.5).start(pace(10, { arrivals: 'bursts', burst: 3 }))
    pass(900)
    expect(due(say)).toEqual([150, 150, 150, 450, 450, 450, 750, 750, 750])
  })

  it('lets strangers come with exponential gaps', () => {
    const say = vi.fn<Say>()
    const draws = [0, 0.5, 1 - Math.exp(-2), 0]
    createGenerator(say, () => draws.shift() ?? 0.999).start(pace(10, { arrivals: 'poisson' }))
    pass(1_000)
    // −ln(1 − draw) of a mean of 100 ms: 0, 69.3 and 200 ms.
    expect(due(say).map(Math.round).slice(0, 3)).toEqual([0, 69, 269])
  })

  it('says texts of the length that was asked for', () => {
    const say = vi.fn<Say>()
    createGenerator(say).start(pace(20, { payload: 333 }))
    pass(1_000)
    expect(say.mock.calls.length).toBeGreaterThan(10)
    for (const [{ text }] of say.mock.calls) expect(new TextEncoder().encode(text)).toHaveLength(333)
  })

  it('says the conversation from its beginning and begins again at its end', () => {
    const say = vi.fn<Say>()
    createGenerator(say, () => 0).start(pace(50))
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
