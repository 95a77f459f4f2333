import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { CLEAR, type Network, readNetwork } from '../network/conditions.ts'
import { type Theme, themes } from '../ui/theme.ts'
import { type Arrivals, arrivalNames } from './arrivals.ts'
import { scenarioNames, taken } from './scenarios.ts'

/** Everything that makes an experiment, so that its link is the experiment. */
export interface Settings {
  room: string
  /** The scenario that the settings below come from, as far as nobody changed them; empty is free play. */
  scenario: string
  /** Messages a second that this page sends while it runs. */
  rate: number
  arrivals: Arrivals
  /** How many messages fall due at once, with arrivals `bursts`. */
  burst: number
  /** Lines of a conversation, or texts of so many bytes. */
  payload: 'conversation' | number
  /** Seconds between two short polls. */
  every: number
  /** The lane that publishes; `each` takes them in turn. */
  over: TransportName | 'each'
  /** What lies between the lanes and the server. */
  network: Network
  theme: Theme
  projector: boolean
  running: boolean
}

/** What the controls offer. A scenario, or a link, may say what lies between. */
export const rates: readonly number[] = [0, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 50]
export const intervals: readonly number[] = [0.25, 0.5, 1, 2, 5]

export const defaults: Settings = {
  room: 'lobby',
  scenario: '',
  rate: 0,
  arrivals: 'slots',
  burst: 2,
  payload: 'conversation',
  every: 1,
  over: 'each',
  network: CLEAR,
  theme: 'auto',
  projector: false,
  running: false,
}

const among =
  <T extends string>(choices: readonly T[]) =>
  (text: string): T | undefined =>
    choices.find((choice) => choice === text)

const between =
  (least: number, most: number, whole = false) =>
  (text: string): number | undefined => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    return value >= least && value <= most && (!whole || Number.isInteger(value)) ? value : undefined
  }

const yes = (text: string) => (text === '1' ? true : undefined)

/** How each setting is read; `undefined` is no good value, and the default stands. */
const readers: { [Key in keyof Settings]: (text: string) => Settings[Key] | undefined } = {
  room: (text) => (/^[a-z0-9][a-z0-9-]{0,63}$/.test(text) ? text : undefined),
  scenario: among(scenarioNames),
  rate: between(0, 50),
  arrivals: among(arrivalNames),
  burst: between(2, 50, true),
  payload: (text) => (text === 'conversation' ? text : between(1, 4_000, true)(text)),
  every: between(0.1, 60),
  over: among<TransportName | 'each'>([...transportNames, 'each']),
  network: readNetwork,
  theme: among(themes),
  projector: yes,
  running: yes,
}

const keys = Object.keys(defaults) as (keyof Settings)[]

/**
 * Reads `#room=lobby&rate=2`. A value that makes no sense falls back quietly: a link must always open. `remembered` is
 * what holds where the link says nothing.
 */
export function readHash(hash: string, remembered: Partial<Settings> = {}): Settings {
  const given = new URLSearchParams(hash.replace(/^#/, ''))
  const base = baseOf(readers.scenario(given.get('scenario') ?? '') ?? '')
  const read = <Key extends keyof Settings>(key: Key): Settings[Key] =>
    readers[key](given.get(key) ?? '') ?? remembered[key] ?? base[key]
  return Object.fromEntries(keys.map((key) => [key, read(key)])) as unknown as Settings
}

/** What a link need not say: what its scenario sets, and the defaults. */
const baseOf = (scenario: string): Settings => ({ ...defaults, ...taken(scenario) })

/** Writes only what is special about an experiment: what its scenario, or the default, would not have said. */
export function writeHash(settings: Settings): string {
  const base = { ...baseOf(settings.scenario), scenario: '' }
  const special = keys.filter((key) => settings[key] !== base[key])
  const text = (value: Settings[keyof Settings]) => (value === true ? '1' : String(value))
  const query = new URLSearchParams(special.map((key) => [key, text(settings[key])])).toString()
  return query && `#${query}`
}
