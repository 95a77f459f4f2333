import type { Conditions } from '../../server/contract/link.ts'
import type { Usage } from './server-protocol.ts'

/** What the benchmark asks of the process in which its link runs; each is answered once, in order. */
export type ToLink =
  | { ask: 'link'; to: { host: string; port: number }; conditions: Conditions; seed: number }
  /** New connections of this client are refused for `ms` besides. */
  | { ask: 'cut'; client: string; how: 'rst' | 'fin'; ms: number }
  | { ask: 'refuse'; client: string; ms: number }
  | { ask: 'stall'; client: string; ms: number }
  | { ask: 'drop-response'; client: string }
  | { ask: 'usage' }
  /** Forget how late the event loop was. */
  | { ask: 'forget' }

export type FromLink =
  | { said: 'linked'; port: number }
  /** When, in ms since 1970. */
  | { said: 'done'; at: number }
  | { said: 'usage'; usage: Usage }
