import type { IncomingMessage } from 'node:http'
import { pathOf, type TransportName, transportNames } from './contract/transports.ts'
import { compile } from './contract/validate.ts'
import { ClientName } from './contract/wire.ts'

/** What a request's URL says about it: the transport it names, and the lane (`client`) it belongs to. */
export interface Address {
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
  const transport = byPath.get(firstSegment(path)) ?? 'other'
  // GET /meter?client=a&client=b asks about lanes; it is none itself.
  if (question < 0 || path === '/meter') return { transport, client: undefined, error: undefined }

  // Most queries name nobody, and a look is cheaper than a parse; behind a % a name may be spelled with escapes.
  const query = url.slice(question + 1)
  const clients = /client|%/.test(query) ? clientsIn(query) : []
  if (clients.length === 0) return { transport, client: undefined, error: undefined }
  const error = checkClient(clients.length === 1 ? clients[0] : clients)
  return { transport, client: error ? undefined : clients[0], error }
}

/** Every value of `client`. Without escapes a query is what it looks like. */
function clientsIn(query: string): string[] {
  if (/[%+]/.test(query)) return new URLSearchParams(query).getAll('client')
  const fields = query.split('&').filter((field) => field === 'client' || field.startsWith('client='))
  return fields.map((field) => field.slice('client='.length))
}

const remembered = Symbol('address')

/** The address of a request, read once: the meter, the door and the transport all ask for it. */
export function addressIn(request: IncomingMessage & { [remembered]?: Address }): Address {
  request[remembered] ??= addressOf(request.url)
  return request[remembered]
}

function firstSegment(path: string): string {
  const end = path.indexOf('/', 1)
  const segment = end < 0 ? path : path.slice(0, end)
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
