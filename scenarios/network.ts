import type { Conditions } from '../server/contract/link.ts'
import { presets } from '../server/contract/presets.ts'
import type { Scenario, ScheduledFault } from './scenario.ts'

/** What a scenario says about the network, and how it is told. Pure functions, for the browser and the command. */

type OfNetwork = Pick<Scenario, 'conditions' | 'faults'>

/** The conditions that a scenario names or gives; undefined where it says nothing of the network. */
export function conditionsOf({ conditions }: Pick<Scenario, 'conditions'>): Conditions | undefined {
  if (typeof conditions !== 'string') return conditions
  return presets.find(({ name }) => name === conditions)?.conditions
}

/** Whether somebody must stand between load and server: for conditions, or for a fault that the network has. */
export const needsLink = ({ conditions, faults = [] }: OfNetwork): boolean =>
  conditions !== undefined || faults.some((fault) => fault.do !== 'restart' && fault.do !== 'pause-readers')

/** When a fault is over, in s from the beginning of what counts. A restart is over when the server says so. */
export const endOf = ({ at, seconds = 0 }: ScheduledFault): number => at + seconds

/** How long, in ms, what is on its way may take on top of what it takes without a link; a generous bound. */
export function detour({ rtt = 0, jitter = 0, buffer }: Conditions): number {
  return rtt + 2 * jitter + (buffer?.ms ?? 0)
}

/**
 * The network in words: `200 ms away: round trip + 200 ms`, or `none` without a link. Where the round trip is swept, all
 * its values are told.
 */
export function networkInWords(scenario: OfNetwork & Pick<Scenario, 'sweep'>): string {
  const { conditions, sweep } = scenario
  if (sweep?.of === 'rtt') {
    const { rtt: _, ...others } = conditionsOf(scenario) ?? {}
    const trips = `round trip + ${sweep.values.join(', ')} ms by case`
    return Object.keys(others).length === 0 ? trips : `${trips}, ${conditionsInWords(others)}`
  }
  if (!needsLink(scenario)) return 'none'
  const preset = presets.find(({ name }) => name === conditions)
  const words = conditionsInWords(conditionsOf(scenario) ?? {})
  return preset ? `${preset.title}: ${words}` : words
}

function conditionsInWords(conditions: Conditions): string {
  const { rtt, jitter, bandwidth, buffer, refuseUpgrade, idleCut } = conditions
  const said = [
    ...(rtt === undefined ? [] : [`round trip + ${rtt} ms`]),
    ...(jitter ? [`each chunk up to ${jitter} ms later, each way`] : []),
    ...(bandwidth === undefined ? [] : [`${bandwidth.toLocaleString('en-GB')} bytes a second each way`]),
    ...(buffer
      ? [`responses held until ${buffer.bytes.toLocaleString('en-GB')} bytes or ${buffer.ms} ms`]
      : []),
    ...(refuseUpgrade ? ['upgrades refused'] : []),
    ...(idleCut === undefined ? [] : [`connections cut after ${idleCut} s without a byte`]),
  ]
  return said.length > 0 ? said.join(', ') : 'nothing added'
}

/** A fault in words: `at 3 s: the readers’ connections are cut (rst) and refused for 5 s`. */
export function faultInWords({ at, do: what, how, seconds, readers = 1 }: ScheduledFault): string {
  const told: Record<ScheduledFault['do'], string> = {
    cut:
      `the readers’ connections are cut (${how ?? 'rst'})` +
      (seconds === undefined ? '' : ` and new ones refused for ${seconds} s`),
    refuse: `new connections of readers are refused for ${seconds} s`,
    stall: `nothing passes to or from readers for ${seconds} s`,
    'drop-response': 'the next response to a reader is lost and its connection reset',
    'pause-readers': `${readers === 1 ? 'one reader stops' : `${readers} readers stop`} reading for ${seconds} s`,
    restart: `the server ${how === 'kill' ? 'is killed' : 'is told to end'} and started again on the same log`,
  }
  return `at ${at} s: ${told[what]}`
}
