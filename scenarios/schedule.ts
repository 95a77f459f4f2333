import { randomFrom } from './plan.ts'
import type { Traffic } from './scenario.ts'

/**
 * When each message falls due: in ms from the start, rising, all before `seconds` have passed. It is known before
 * anything is sent, so a server that is slow cannot make the load wait for it (no coordinated omission). The same seed
 * gives the same instants, in a page and on the command line alike. With a rate above 0 at least one message of an
 * even or bursty schedule falls due, however short the time; strangers (`poisson`) may all stay silent.
 */
export function instants({ rate, arrivals, burst = 1 }: Traffic, seconds: number, seed: number): number[] {
  if (rate <= 0 || seconds <= 0) return []
  const random = randomFrom(seed)
  switch (arrivals) {
    case 'even':
      return beats(1000 / rate, seconds * 1000, random())
    case 'bursts':
      return beats((1000 * burst) / rate, seconds * 1000, random()).flatMap((at) =>
        Array.from({ length: burst }, () => at),
      )
    case 'poisson':
      return strangers(1000 / rate, seconds * 1000, random)
  }
}

/**
 * A beat every `period`, begun at a random place in it: one that always began at 0 would meet a poll's interval in the
 * same phase run after run, and measure that phase.
 */
function beats(period: number, end: number, phase: number): number[] {
  const first = phase * Math.min(period, end)
  const count = Math.ceil((end - first) / period)
  return Array.from({ length: count }, (_, index) => first + index * period)
}

/** A Poisson process: gaps are exponential, because whoever comes knows nothing of who came before. */
function strangers(mean: number, end: number, random: () => number): number[] {
  const due: number[] = []
  for (let at = gap(mean, random); at < end; at += gap(mean, random)) due.push(at)
  return due
}

/** By the inverse of the distribution; 1 − random, because random may be 0 and a logarithm of 0 has no end. */
const gap = (mean: number, random: () => number) => -Math.log(1 - random()) * mean
