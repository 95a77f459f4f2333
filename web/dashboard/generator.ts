import { now } from '../ui/clock.ts'
import { conversation } from './conversation.ts'

/** A line of the conversation and the instant the schedule asked for it. */
export type Say = (line: { name: string; text: string }, sentAt: number) => void

/** A page that was this far behind was asleep, not slow: it goes on from now. In ms. */
const ASLEEP = 5_000

/**
 * Says the conversation at a given rate, open loop: the schedule does not wait for answers, and a line that is said
 * late still carries the instant it was due. Each slot of 1/rate seconds holds one line at a random instant, because a
 * steady beat would meet a poll's interval always in the same phase and measure nothing but that phase.
 */
export function createGenerator(say: Say, random: () => number = Math.random) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let period = 0
  let slot = 0
  let due = 0
  let next = 0

  function plan(start: number): void {
    slot = start
    due = slot + random() * period
  }

  function wake(): void {
    const time = now()
    if (time - due > ASLEEP) plan(time)
    while (due <= time) {
      const line = conversation[next++ % conversation.length]
      if (line) say(line, due)
      plan(slot + period)
    }
    timer = setTimeout(wake, due - time)
  }

  function stop(): void {
    clearTimeout(timer)
    timer = undefined
  }

  return {
    /** Starts, or goes on at another rate; 0 a second is silence. */
    start(rate: number): void {
      stop()
      if (rate <= 0) return
      period = 1000 / rate
      plan(now())
      wake()
    },
    stop,
  }
}
