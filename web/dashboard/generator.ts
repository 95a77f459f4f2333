import type { Scenario } from '../../scenarios/scenario.ts'
import { lineOf } from '../experiments/texts.ts'
import { now } from '../ui/clock.ts'
import { type Arrivals, type Beat, createBeat } from './arrivals.ts'

/** A line and the instant the schedule asked for it. */
export type Say = (line: { name: string; text: string }, sentAt: number) => void

/** What is said: as much of a scenario's traffic as a page without an end can follow. */
export interface Pace {
  /** Messages a second; 0 is silence. */
  rate: number
  arrivals: Arrivals
  /** How many fall due at the same instant, with arrivals `bursts`. */
  burst: number
  payload: Scenario['traffic']['payload']
}

/** A page that was this far behind was asleep, not slow: it goes on from now. In ms. */
const ASLEEP = 5_000

/**
 * Says sample lines at a given pace, open loop: the schedule does not wait for answers, and a line that is said late
 * still carries the instant it was due.
 */
export function createGenerator(say: Say, random: () => number = Math.random) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let line = 0

  function wake(pace: Pace, beat: Beat, due: number): void {
    const time = now()
    let next = time - due > ASLEEP ? beat.from(time) : due
    for (; next <= time; next = beat.next()) {
      const together = pace.arrivals === 'bursts' ? pace.burst : 1
      for (let spoken = 0; spoken < together; spoken++) say(lineOf(pace.payload, line++), next)
    }
    // Whole milliseconds: woken a fraction too early, the page would have to wait for four more (HTML, timers).
    timer = setTimeout(() => wake(pace, beat, next), Math.ceil(next - time))
  }

  function stop(): void {
    clearTimeout(timer)
    timer = undefined
  }

  return {
    /** Starts, or goes on at another pace. */
    start(pace: Pace): void {
      stop()
      const { rate, arrivals, burst } = pace
      if (rate <= 0) return
      const period = (1000 * (arrivals === 'bursts' ? burst : 1)) / rate
      const beat = createBeat(arrivals, period, random)
      wake(pace, beat, beat.from(now()))
    },
    stop,
  }
}
