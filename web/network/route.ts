import { type ReadonlySignal, signal } from '@preact/signals'
import type { Conditions } from '../../server/contract/link.ts'
import { Trouble } from './ask.ts'
import { CLEAR, conditionsOf, type Network, titleOf } from './conditions.ts'
import { cut, linkWith, reaches } from './links.ts'

/** How the lanes reach the server just now. */
export interface Way {
  network: Network
  conditions: Conditions
  /** The origin to connect to. */
  url: string
  /** The link's port; absent where there is no link. */
  port?: number
}

export interface Route {
  readonly way: ReadonlySignal<Way>
  /** A link is being asked for. */
  readonly asking: ReadonlySignal<boolean>
  /** Why the lanes are not where they were meant to be: a sentence or two. */
  readonly trouble: ReadonlySignal<string | undefined>
  /**
   * Takes the way of a network, and tells what it was in the end: where there is no such link, the direct one. Nothing
   * when another was asked for meanwhile.
   */
  take(network: Network): Promise<Way | undefined>
  /** Whether its link is another now: a server that was started anew has none, and others may have freed it. */
  isGone(): Promise<boolean>
  complain(why: string): void
}

/** Where the lanes of these clients go. `move` is called when that is another place than before. */
export function createRoute(origin: URL, clients: readonly string[], move: (way: Way) => void): Route {
  const direct: Way = { network: CLEAR, conditions: {}, url: origin.origin }
  const way = signal(direct)
  const asking = signal(false)
  const trouble = signal<string | undefined>(undefined)
  let turn = 0
  /** Links that the lanes have left. The browser keeps its idle connections to them for a while. */
  const left = new Set<number>()

  function go(next: Way): void {
    const before = way.peek()
    way.value = next
    if (before.port !== undefined) left.add(before.port)
    if (next.port !== undefined) left.delete(next.port)
    if (next.url !== before.url) move(next)
  }

  async function find(network: Network): Promise<Way> {
    const conditions = conditionsOf(network)
    if (network === CLEAR || !conditions) return direct
    const port = await linkWith(conditions, letGo)
    const url = new URL(origin)
    url.port = String(port)
    const found = { network, conditions, url: url.origin, port }
    if (port === way.peek().port || (await reaches(found.url, conditions))) return found
    throw new Trouble('unreachable', `This page cannot reach port ${port} of ${origin.hostname}.`)
  }

  /** Lets go of what is held of links that are left, so that they may be freed. */
  async function letGo(): Promise<void> {
    const cuts = [...left].flatMap((port) => clients.map((client) => cut(port, client, 'rst', 0)))
    left.clear()
    await Promise.allSettled(cuts)
  }

  async function take(network: Network): Promise<Way | undefined> {
    const mine = ++turn
    asking.value = true
    trouble.value = undefined
    try {
      const found = await find(network)
      if (mine !== turn) return undefined
      go(found)
    } catch (error) {
      if (mine !== turn) return undefined
      go(direct)
      const why = error instanceof Trouble ? error.message : 'The link could not be made.'
      trouble.value = `“${titleOf(network)}” is not to be had: ${why} The lanes talk to the server directly.`
    } finally {
      if (mine === turn) asking.value = false
    }
    return way.peek()
  }

  return {
    way,
    asking,
    trouble,
    take,

    async isGone() {
      const { conditions, port } = way.peek()
      if (port === undefined || asking.peek()) return false
      const mine = turn
      try {
        // The same conditions are the same link, as long as it is there.
        return (await linkWith(conditions, letGo)) !== port && mine === turn
      } catch {
        // The server is away; the lanes say so, and it is asked again.
        return false
      }
    },

    complain(why) {
      trouble.value = why
    },
  }
}
