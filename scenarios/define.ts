import { transportNames } from '../server/contract/transports.ts'
import type { Scenario } from './scenario.ts'

/** Apart from the schemas, so that a page which offers scenarios does not load a validator with them. */

/** What a scenario leaves unsaid. */
export const defaults = {
  transports: [...transportNames],
  readers: 1,
  publishers: 1,
  readersPublish: false,
  interval: 1,
  wait: 25,
  headers: 'chrome',
  cookieBytes: 0,
  keepAlive: true,
  warmUp: 2,
  seconds: 10,
  repeat: 5,
} as const satisfies Partial<Scenario>

/** A scenario as its file says it: what it leaves out takes its default. */
export type Said = Omit<Scenario, keyof typeof defaults> & Partial<Pick<Scenario, keyof typeof defaults>>

/** Fills in what a scenario leaves unsaid. */
export function scenario(said: Said): Scenario {
  return { ...defaults, transports: [...defaults.transports], ...said }
}
