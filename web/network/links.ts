import type { Capture, Conditions, CutHow, LinkList, LinkState } from '../../server/contract/link.ts'
import { ask, Trouble } from './ask.ts'

/** What this page asks of the server's links. Everything here goes to the server itself, never through a link. */

/**
 * The port of a link with these conditions. Where every port is in use, the page lets go of what it does not need, and
 * links that nobody is connected to are freed. Rejects with a `Trouble`.
 */
export async function linkWith(conditions: Conditions, letGo: () => Promise<void>): Promise<number> {
  const make = async () => (await ask<LinkState>('POST', '/links', { conditions })).port
  try {
    return await make()
  } catch (error) {
    if (!(error instanceof Trouble) || error.code !== 'no-port') throw error
    await letGo()
    const { links } = await ask<LinkList>('GET', '/links')
    const idle = links.filter(({ open }) => open === 0)
    if (idle.length === 0) throw error
    // Somebody else may free the same one.
    await Promise.allSettled(idle.map(({ port }) => ask('DELETE', `/links/${port}`)))
    return make()
  }
}

/** How many connections of a client were cut. For `after` ms its new ones are refused. */
export async function cut(port: number, client: string, how: CutHow, after: number): Promise<number> {
  const body = { client, how, ...(after > 0 && { after }) }
  return (await ask<{ connections: number }>('POST', `/links/${port}/cut`, body)).connections
}

export async function stall(port: number, client: string, ms: number): Promise<number> {
  return (await ask<{ connections: number }>('POST', `/links/${port}/stall`, { client, ms })).connections
}

export async function dropResponse(port: number, client: string): Promise<void> {
  await ask('POST', `/links/${port}/drop-response`, { client })
}

/** What crossed the link of this client. */
export const captureOf = (port: number, client: string): Promise<Capture> =>
  ask('GET', `/links/${port}/capture?client=${client}`)

/** Whether a page can reach the server through a link: a firewall of the real world may let one port through only. */
export async function reaches(url: string, conditions: Conditions): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(slowest(conditions)),
    })
    return response.ok
  } catch {
    return false
  }
}

/** How long one small request over a new connection may take, in whole ms: longer, and there is no way through. */
export function slowest({ rtt = 0, jitter = 0, bandwidth = 1e9, buffer }: Conditions): number {
  return Math.ceil(5_000 + 3 * rtt + 4 * jitter + (buffer?.ms ?? 0) + (2_000 / bandwidth) * 1_000)
}

/** The server's clock less this page's, in ms, as far as one answer tells: wrong by half of `within` at most. */
export async function clockOffset(now: () => number): Promise<{ offset: number; within: number }> {
  const asked = now()
  const { now: server } = await ask<{ now: number }>('GET', '/time')
  const answered = now()
  return { offset: server - (asked + answered) / 2, within: answered - asked }
}
