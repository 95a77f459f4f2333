import type { Conditions } from '../../../server/contract/link.ts'
import { type Link, startLink } from '../../../server/link/link.ts'

/** A link in front of a server of ours, and the address behind which it is to be found. */
export async function linkTo(url: string, conditions: Conditions): Promise<{ link: Link; url: string }> {
  const { protocol, hostname, port } = new URL(url)
  if (protocol !== 'http:') throw new Error('A link stands in front of an http:// server only.')
  const to = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || 80 }
  const link = await startLink({ to, conditions })
  return { link, url: `http://127.0.0.1:${link.port}` }
}
