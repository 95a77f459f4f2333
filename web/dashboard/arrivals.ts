import type { Traffic } from '../../scenarios/scenario.ts'

/**
 * When messages come: as a scenario says it, or `slots`, one at a random instant in each slot of 1/rate seconds. That
 * is the dashboard's own, for it keeps the rate as steady as a beat does, and never keeps step with a poll's interval.
 */
export const arrivalNames = ['slots', 'even', 'poisson', 'bursts'] as const
export type Arrivals = (typeof arrivalNames)[number] & (Traffic['arrivals'] | 'slots')

/** Instants without end, one after the other, in the unit of `period`. */
export interface Beat {
  /** The first instant from `start` on. */
  from(start: number): number
  next(): number
}

/** A beat of `period` on average. */
export function createBeat(arrivals: Arrivals, period: number, random: () => number): Beat {
  switch (arrivals) {
    case 'slots': {
      let slot = 0
      const within = (start: number) => {
        slot = start
        return slot + random() * period
      }
      return { from: within, next: () => within(slot + period) }
    }
    case 'even':
    case 'bursts':
      return stepping(random() * period, () => period)
    case 'poisson':
      // Exponential gaps, by the inverse of their distribution.
      return stepping(-Math.log(1 - random()) * period, () => -Math.log(1 - random()) * period)
  }
}

function stepping(first: number, gap: () => number): Beat {
  let at = 0
  return {
    from(start) {
      at = start + first
      return at
    },
    next() {
      at += gap()
      return at
    },
  }
}
