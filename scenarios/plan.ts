import { randomFrom } from '../server/contract/random.ts'
import type { TransportName } from '../server/contract/transports.ts'
import { conditionsOf } from './network.ts'
import type { Scenario } from './scenario.ts'

/** What of a scenario is executed: its cases, and in which order. Pure functions, for the browser and the command. */

export { randomFrom }

/** One case of a scenario: the sweep's field filled in. */
export interface Case {
  /** Like `rate=10`; `''` when the scenario has no sweep. */
  label: string
  scenario: Scenario
}

/** The cases of a scenario, in the order of its sweep. */
export function cases(scenario: Scenario): Case[] {
  const { sweep } = scenario
  if (!sweep) return [{ label: '', scenario }]
  return sweep.values.map((value) => ({
    label: `${sweep.of}=${value}`,
    scenario: withValue(scenario, value),
  }))
}

function withValue(scenario: Scenario, value: number | boolean): Scenario {
  const { sweep, ...rest } = scenario
  switch (sweep?.of) {
    case 'rate':
    case 'payload':
    case 'burst':
      return { ...rest, traffic: { ...rest.traffic, [sweep.of]: value } }
    case 'rtt':
      return { ...rest, conditions: { ...conditionsOf(rest), rtt: Number(value) } }
    default:
      return { ...rest, [sweep?.of ?? '']: value }
  }
}

/** One run to be made. */
export interface Planned {
  case: Case
  transport: TransportName
  /** From 1. */
  repetition: number
  /** Of the traffic: the same for every transport and case of one repetition. */
  seed: number
}

/**
 * All runs of a scenario, interleaved: each repetition makes every case over every transport once, in an order that the
 * seed shuffles, so that a machine that grows slower is not held against whoever came last.
 */
export function planned(scenario: Scenario, seed: number): Planned[] {
  const random = randomFrom(seed)
  return Array.from({ length: scenario.repeat }, (_, index) => {
    const trafficSeed = Math.floor(random() * 2 ** 31)
    const runs = cases(scenario).flatMap((of) =>
      scenario.transports.map((transport) => ({
        case: of,
        transport,
        repetition: index + 1,
        seed: trafficSeed,
      })),
    )
    return shuffled(runs, random)
  }).flat()
}

/** Fisher and Yates' shuffle, of a copy. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items]
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const kept = copy[last] as T
    copy[last] = copy[other] as T
    copy[other] = kept
  }
  return copy
}
