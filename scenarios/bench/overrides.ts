import { checkScenario } from '../check.ts'
import type { Scenario } from '../scenario.ts'
import { UsageError } from './io.ts'

/** Fields of a scenario that the command line may set. */
export type Overrides = Partial<
  Pick<
    Scenario,
    'transports' | 'readers' | 'headers' | 'seconds' | 'warmUp' | 'interval' | 'repeat' | 'conditions'
  > &
    Pick<Scenario['traffic'], 'rate' | 'payload'>
>

/**
 * A scenario with some of its fields replaced, checked as a whole. Who sets the field that the scenario sweeps wants
 * that one case of it, so the sweep goes. Throws a usage error when what comes out cannot be run.
 */
export function override(scenario: Scenario, { rate, payload, ...fields }: Overrides): Scenario {
  const traffic = { ...scenario.traffic, ...given({ rate, payload }) }
  const { sweep, ...rest } = { ...scenario, ...given(fields), traffic }
  const set = given({ rate, payload, ...fields })
  const swept = sweep && (sweep.of === 'rtt' ? 'conditions' in set : sweep.of in set)
  try {
    return checkScenario(sweep && !swept ? { ...rest, sweep } : rest)
  } catch (error) {
    throw new UsageError(`${scenario.name} cannot be run like that.\n${(error as Error).message}`)
  }
}

const given = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
