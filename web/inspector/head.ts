import { latin1, utf8 } from './bytes.ts'
import type { Segment } from './message.ts'
import { acceptFor } from './websocket.ts'

/** An HTTP/1.1 head (RFC 9112 §2.1): a first line, fields, an empty line. */
export interface Head {
  start: number
  /** After the empty line. */
  end: number
  first: string
  /** By lower-case name; the values of a repeated field are joined with a comma (RFC 9110 §5.3). */
  fields: ReadonlyMap<string, string>
  segments: Segment[]
}

/** The head that begins at `start`; nothing while its empty line has not come. `key` is that of the handshake it answers. */
export function headAt(bytes: Uint8Array, start: number, end: number, key?: string): Head {
  const fields = new Map<string, string>()
  const segments: Segment[] = []
  let first = ''
  for (let at = start; at < end; ) {
    const lineFeed = bytes.indexOf(0x0a, at)
    const next = lineFeed < 0 || lineFeed >= end ? end : lineFeed + 1
    const line = latin1(bytes, at, next).replace(/\r?\n$/, '')
    if (at === start) {
      first = line
      segments.push(firstLine(at, next, line))
    } else if (line === '') {
      segments.push({
        start: at,
        end: next,
        kind: 'head',
        name: 'empty line',
        about: 'The head ends here; what follows is the body, if there is one.',
        rfc: 'RFC 9112 §2.1',
      })
    } else {
      const colon = line.indexOf(':')
      const name = colon < 0 ? line : line.slice(0, colon)
      const value = colon < 0 ? '' : utf8(bytes, at + colon + 1, next).trim()
      const known = fields.get(name.toLowerCase())
      fields.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`)
      segments.push({
        start: at,
        end: next,
        kind: 'head',
        name,
        value,
        ...aboutField(name.toLowerCase(), value, key),
      })
    }
    at = next
  }
  return { start, end, first, fields, segments }
}

function firstLine(start: number, end: number, line: string): Segment {
  const isResponse = line.startsWith('HTTP/')
  return {
    start,
    end,
    kind: 'head',
    name: isResponse ? 'status line' : 'request line',
    value: line,
    about: isResponse
      ? 'The version of HTTP, a number that says how it went, and the same in words.'
      : 'What is to be done, with what, and the version of HTTP.',
    rfc: isResponse ? 'RFC 9112 §4' : 'RFC 9112 §3',
  }
}

function aboutField(name: string, value: string, key?: string): { about: string; rfc: string } {
  if (name === 'sec-websocket-accept' && key !== undefined) {
    const computed = acceptFor(key)
    return {
      about: `Proves that the server read the handshake: base64(SHA-1("${key}" + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) is computed here as ${computed}, which ${computed === value ? 'is the same' : 'is not what the server says'}.`,
      rfc: 'RFC 6455 §4.2.2',
    }
  }
  const [about, rfc] = fieldsKnown[name] ?? ['A field of the head.', 'RFC 9110 §5']
  return { about, rfc }
}

/** What the fields are for that browsers, Node and this server send. */
const fieldsKnown: Record<string, [about: string, rfc: string]> = {
  host: ['The name the client asked for: one server may have many.', 'RFC 9110 §7.2'],
  connection: [
    'What this hop does with the connection: keep it, close it, or make something else of it.',
    'RFC 9110 §7.6.1',
  ],
  'keep-alive': ['How long the server keeps an idle connection, in seconds.', 'RFC 2068 §19.7.1.1'],
  upgrade: ['The protocol this connection is to speak from here on.', 'RFC 9110 §7.8'],
  'user-agent': ['Which program asks: often the longest line of a poll.', 'RFC 9110 §10.1.5'],
  accept: ['The formats the client takes.', 'RFC 9110 §12.5.1'],
  'accept-encoding': ['The compressions the client takes.', 'RFC 9110 §12.5.3'],
  'accept-language': ['The languages somebody reads.', 'RFC 9110 §12.5.4'],
  'cache-control': ['Who may keep a copy, and for how long; no-store is nobody.', 'RFC 9111 §5.2'],
  pragma: ['The same for caches of HTTP/1.0.', 'RFC 9111 §5.4'],
  'content-type': ['The format of the body.', 'RFC 9110 §8.3'],
  'content-length': [
    'How many bytes the body has: so the next message begins right after it.',
    'RFC 9112 §6.2',
  ],
  'transfer-encoding': [
    'The body comes in chunks, each with its length, because nobody knows yet how long it gets.',
    'RFC 9112 §6.1',
  ],
  date: ['The server’s clock, in whole seconds.', 'RFC 9110 §6.6.1'],
  origin: ['The page that asks: the server decides whether it may.', 'RFC 6454 §7'],
  referer: ['The page the request comes from.', 'RFC 9110 §10.1.3'],
  cookie: ['What the server once asked the browser to say every time.', 'RFC 6265 §5.4'],
  'set-cookie': ['What the browser is to say with every request from here on.', 'RFC 6265 §4.1'],
  etag: ['A name for this version of the body.', 'RFC 9110 §8.8.3'],
  'if-none-match': ['Send it only if it is no longer this version.', 'RFC 9110 §13.1.2'],
  'last-modified': ['When the body last changed.', 'RFC 9110 §8.8.2'],
  vary: ['The request fields that this answer depends on.', 'RFC 9110 §12.5.5'],
  prefer: ['What the client would like, such as how long a poll may wait.', 'RFC 7240 §2'],
  'retry-after': ['How long to wait before asking again.', 'RFC 9110 §10.2.3'],
  'last-event-id': ['The id of the last event that came: the stream goes on after it.', 'WHATWG HTML §9.2.4'],
  'x-accel-buffering': ['Asks nginx to pass on every piece at once.', 'nginx, ngx_http_proxy_module'],
  'sec-websocket-key': [
    '16 random bytes in base64; the server must answer with a hash of them.',
    'RFC 6455 §4.1',
  ],
  'sec-websocket-accept': [
    'The hash of the key: proves that the server read this handshake.',
    'RFC 6455 §4.2.2',
  ],
  'sec-websocket-version': ['The version of WebSocket: 13 is the only one in use.', 'RFC 6455 §4.1'],
  'sec-websocket-extensions': ['Extensions, such as compression, that this end can do.', 'RFC 6455 §9.1'],
  'sec-websocket-protocol': ['The protocol spoken inside the WebSocket.', 'RFC 6455 §11.3.4'],
  'access-control-allow-origin': [
    'The pages of other origins that may read this answer.',
    'WHATWG Fetch §3.2',
  ],
  'access-control-allow-methods': ['The methods that pages of other origins may use.', 'WHATWG Fetch §3.2'],
  'access-control-allow-headers': ['The fields that pages of other origins may send.', 'WHATWG Fetch §3.2'],
  'access-control-max-age': ['For how many seconds the browser need not ask again.', 'WHATWG Fetch §3.2'],
  'access-control-request-method': ['A preflight asks first: may this method be used?', 'WHATWG Fetch §3.2'],
  'access-control-request-headers': [
    'A preflight asks first: may these fields be sent?',
    'WHATWG Fetch §3.2',
  ],
  'sec-fetch-site': ['Whether the request goes to the page’s own site.', 'W3C Fetch Metadata §2.3'],
  'sec-fetch-mode': ['How the request was made.', 'W3C Fetch Metadata §2.2'],
  'sec-fetch-dest': ['What the answer is for.', 'W3C Fetch Metadata §2.1'],
}
