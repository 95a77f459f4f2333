import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { type Theme, themes } from '../ui/theme.ts'

/** Everything that makes an experiment, so that its link is the experiment. */
export interface Settings {
  room: string
  /** Messages a second that this page sends while it runs. */
  rate: number
  /** Seconds between two short polls. */
  every: number
  /** The lane that publishes; `each` takes them in turn. */
  over: TransportName | 'each'
  theme: Theme
  projector: boolean
  running: boolean
}

export const rates: readonly number[] = [0, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 50]
export const intervals: readonly number[] = [0.25, 0.5, 1, 2, 5]

export const defaults: Settings = {
  room: 'lobby',
  rate: 0,
  every: 1,
  over: 'each',
  theme: 'auto',
  projector: false,
  running: false,
}

const among =
  <T>(choices: readonly T[], parse: (text: string) => unknown = (text) => text) =>
  (text: string): T | undefined =>
    choices.find((choice) => choice === parse(text))

const yes = (text: string) => (text === '1' ? true : undefined)

/** How each setting is read; `undefined` is no good value, and the default stands. */
const readers: { [Key in keyof Settings]: (text: string) => Settings[Key] | undefined } = {
  room: (text) => (/^[a-z0-9][a-z0-9-]{0,63}$/.test(text) ? text : undefined),
  rate: among(rates, Number),
  every: among(intervals, Number),
  over: among<TransportName | 'each'>([...transportNames, 'each']),
  theme: among(themes),
  projector: yes,
  running: yes,
}

const keys = Object.keys(defaults) as (keyof Settings)[]

/** Reads `#room=lobby&rate=2`. A value that makes no sense falls back quietly: a link must always open. */
export function readHash(hash: string): Settings {
  const given = new URLSearchParams(hash.replace(/^#/, ''))
  const read = <Key extends keyof Settings>(key: Key): Settings[Key] =>
    readers[key](given.get(key) ?? '') ?? defaults[key]
  return Object.fromEntries(keys.map((key) => [key, read(key)])) as unknown as Settings
}

/** Writes only what differs from the default: a short link says what is special about an experiment. */
export function writeHash(settings: Settings): string {
  const special = keys.filter((key) => settings[key] !== defaults[key])
  const text = (value: Settings[keyof Settings]) => (value === true ? '1' : String(value))
  const query = new URLSearchParams(special.map((key) => [key, text(settings[key])])).toString()
  return query && `#${query}`
}
