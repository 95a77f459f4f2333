import type { IncomingMessage } from 'node:http'
import { pathOf, type TransportName, transportNames } from './contract/transports.ts'
import { compile } from './contract/validate.ts'
import { ClientName } from './contract/wire.ts'

/** What a request's URL says about it: the transport it names, and the lane (`client`) it belongs to. */
export interface Address {
  /** The path up to its second slash, as it was spelled; empty where the target does not begin with its path. */
  segment: string
  transport: TransportName | 'other'
  client: string | undefined
  /** Why the `client` in the query cannot be taken, where it cannot. */
  error: ReturnType<typeof checkClient>
}

const checkClient = compile(ClientName)

const byPath = new Map<string, TransportName>(transportNames.map((name) => [pathOf[name], name]))

/** Reads the target of an HTTP request (RFC 9112 §3.2); what is not there is absent, never a throw. */
export function addressOf(target = '/'): Address {
  // Absolute form: allowed of any client, though only those that talk to proxies use it.
  const url = target.startsWith('/') ? target : target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
  const question = url.indexOf('?')
  const path = question < 0 ? url : url.slice(0, question)
  const end = path.indexOf('/', 1)
  const first = end < 0 ? path : path.slice(0, end)
  const transport = byPath.get(first.includes('%') ? decoded(first) : first) ?? 'other'
  // The path as it stands here, where it is spelled so, not a copy from each URL.
  const usual = transport === 'other' ? first : pathOf[transport]
  const segment = url !== target ? '' : first === usual ? usual : first
  // GET /meter?client=a&client=b asks about lanes; it is none itself.
  if (question < 0 || path === '/meter') return { segment, transport, client: undefined, error: undefined }

  // Most queries name nobody, and a look is cheaper than a parse; behind a % a name may be spelled with escapes.
  const query = url.slice(question + 1)
  const clients = /client|%/.test(query) ? clientsIn(query) : []
  if (clients.length === 0) return { segment, transport, client: undefined, error: undefined }
  const error = checkClient(clients.length === 1 ? clients[0] : clients)
  return { segment, transport, client: error ? undefined : clients[0], error }
}

/** Every value of `client`. Without escapes a query is what it looks like. */
function clientsIn(query: string): string[] {
  if (/[%+]/.test(query)) return new URLSearchParams(query).getAll('client')
  const fields = query.split('&').filter((field) => field === 'client' || field.startsWith('client='))
  return fields.map((field) => field.slice('client='.length))
}

const remembered = Symbol('address')

/** A request, and its address once that is read. */
export interface Addressed {
  [remembered]?: Address
}

/** The address of a request, read once: the meter, the door and the transport all ask for it. */
export function addressIn(request: IncomingMessage & Addressed): Address {
  request[remembered] ??= known(request.url ?? '/')
  return request[remembered]
}

/** Makes something that has no URL a request with the address of another. */
export function addressAs(request: IncomingMessage, to: Addressed) {
  to[remembered] = addressIn(request)
}

/** While nothing is new, a poll is asked for by the same URL again and again: the latest few need not be read anew. */
const latest = new Map<string, Address>()
const MAX_KNOWN = 256
const isPolled = (transport: string) => transport === 'short-polling' || transport === 'long-polling'

function known(url: string): Address {
  const found = latest.get(url)
  if (found) return found
  const address = addressOf(url)
  // Whoever asks once and stays would only be remembered until it is in the old generation.
  if (!isPolled(address.transport)) return address
  if (latest.size >= MAX_KNOWN) latest.clear()
  latest.set(url, address)
  return address
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
