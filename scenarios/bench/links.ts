import type { Conditions } from '../../server/contract/link.ts'
import { startChild } from './children.ts'
import type { FromLink, ToLink } from './link-protocol.ts'
import type { Usage } from './server-protocol.ts'

/** The network between the load and a server, for one run. */
export interface BenchLink {
  /** Where the load finds the server behind it, without a slash at the end. */
  url: string
  conditions: Conditions
  /** Does something to it; resolves with the instant at which it was done, in ms since 1970. */
  act(what: Exclude<ToLink, { ask: 'link' | 'usage' | 'forget' }>): Promise<number>
  usage(): Promise<Usage>
  /** Lateness of its event loop counts from now on. */
  forget(): Promise<void>
  stop(): Promise<void>
}

export interface LinkOptions {
  /** The server's origin. */
  to: string
  conditions: Conditions
  seed: number
  cores: readonly number[] | undefined
  signal: AbortSignal
}

/** How long it may take to answer, in s. */
const PATIENCE = 30

/** A link in a process of its own, in front of a server. */
export async function startBenchLink(options: LinkOptions): Promise<BenchLink> {
  const { to, conditions, seed, cores, signal } = options
  const child = startChild<ToLink, FromLink>({
    name: 'link',
    module: 'scenarios/bench/link-process',
    cores,
    signal,
  })
  async function ask<Said extends FromLink['said']>(question: ToLink, said: Said) {
    child.tell(question)
    const message = await child.hear(PATIENCE)
    if (message.said !== said) throw new Error(`The link said "${message.said}" where "${said}" was due.`)
    return message as Extract<FromLink, { said: Said }>
  }

  try {
    const { hostname, port } = new URL(to)
    const address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) }
    const linked = await ask({ ask: 'link', to: address, conditions, seed }, 'linked')
    return {
      url: `http://127.0.0.1:${linked.port}`,
      conditions,
      act: async (what) => (await ask(what, 'done')).at,
      usage: async () => (await ask({ ask: 'usage' }, 'usage')).usage,
      forget: async () => void (await ask({ ask: 'forget' }, 'done')),
      stop: child.stop,
    }
  } catch (error) {
    await child.stop()
    throw error
  }
}
