import { find, latin1 } from './bytes.ts'
import { type Head, headAt } from './head.ts'
import type { Run } from './layer.ts'

/** HTTP/1.1 messages (RFC 9112): where head and body lie, and what of the body is framing. */

export interface HttpMessage {
  start: number
  end: number
  head: Head
  /** The body as it came, in stream order; chunk headers are framing. */
  body: Run[]
  /** Whether everything of it has come. */
  isWhole: boolean
  isChunked: boolean
}

const requestLine = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^\s]+ HTTP\/1\.[01]\r\n/
const statusLine = /^HTTP\/1\.[01] \d{3}(?: [^\r\n]*)?\r\n/
/** A first line that has not come to its end yet. Ours are short; a longer one is told when it is whole. */
const LONGEST_LINE = 65_536

/** The request at `start`; nothing when these bytes are none. */
export function requestAt(bytes: Uint8Array, start: number): HttpMessage | undefined {
  if (!requestLine.test(lineAt(bytes, start))) return undefined
  const head = headWithin(bytes, start)
  if (!head.isWhole) return partial(head)
  return withBody(bytes, head, framingOf(head, 'none'))
}

/** The response at `start`, to a request of this method, with this handshake key. */
export function responseAt(
  bytes: Uint8Array,
  start: number,
  method: string | undefined,
  key: string | undefined,
): (HttpMessage & { status: number }) | undefined {
  if (!statusLine.test(lineAt(bytes, start))) return undefined
  const head = headWithin(bytes, start, key)
  const status = Number(head.first.slice(9, 12))
  if (!head.isWhole) return { ...partial(head), status }
  const isBodiless = method === 'HEAD' || status < 200 || status === 204 || status === 304
  return { ...withBody(bytes, head, isBodiless ? 'none' : framingOf(head, 'close')), status }
}

const lineAt = (bytes: Uint8Array, start: number) => {
  const end = bytes.indexOf(0x0a, start)
  return end < 0 || end - start > LONGEST_LINE ? '' : latin1(bytes, start, end + 1)
}

function headWithin(bytes: Uint8Array, start: number, key?: string): Head & { isWhole: boolean } {
  const end = find(bytes, '\r\n\r\n', start)
  return { ...headAt(bytes, start, end < 0 ? bytes.length : end + 4, key), isWhole: end >= 0 }
}

const partial = (head: Head): HttpMessage => ({
  start: head.start,
  end: head.end,
  head,
  body: [],
  isWhole: false,
  isChunked: false,
})

/** How long the body is (RFC 9112 §6.3): in chunks, so many bytes, until the connection closes, or there is none. */
type Framing = 'chunked' | 'close' | 'none' | number

function framingOf({ fields }: Head, otherwise: 'close' | 'none'): Framing {
  if (/\bchunked\s*$/i.test(fields.get('transfer-encoding') ?? '')) return 'chunked'
  const length = fields.get('content-length')
  if (length === undefined) return otherwise
  return /^\d{1,15}$/.test(length) ? Number(length) : 'none'
}

function withBody(bytes: Uint8Array, head: Head, framing: Framing): HttpMessage {
  const { start, end } = head
  if (framing === 'chunked') {
    const { runs, end: bodyEnd, isWhole } = chunksAt(bytes, end)
    return { start, end: bodyEnd, head, body: runs, isWhole, isChunked: true }
  }
  const length = framing === 'none' ? 0 : framing === 'close' ? bytes.length - end : framing
  const bodyEnd = Math.min(end + length, bytes.length)
  return {
    start,
    end: bodyEnd,
    head,
    body: bodyEnd > end ? [{ start: end, end: bodyEnd }] : [],
    isWhole: end + length <= bytes.length,
    isChunked: false,
  }
}

const RFC = 'RFC 9112 §7.1'

/** The chunked body at `start` (§7.1), as far as it has come, or as far as it is one. */
export function chunksAt(bytes: Uint8Array, start: number): { runs: Run[]; end: number; isWhole: boolean } {
  const runs: Run[] = []
  let at = start
  const frame = (end: number, name: string, about: string, value?: string) => {
    if (end > at) runs.push({ start: at, end, frame: { name, about, rfc: RFC, ...(value && { value }) } })
    at = end
  }
  while (at < bytes.length) {
    const lineEnd = bytes.indexOf(0x0a, at)
    const line = latin1(bytes, at, lineEnd < 0 ? Math.min(bytes.length, at + 256) : lineEnd + 1)
    const [, digits] = /^([0-9a-f]{1,12})(?:[ \t]*;[^\r\n]*)?\r\n$/i.exec(line) ?? []
    if (digits === undefined) {
      // What could still become one is shown as one; anything else is no chunk.
      if (lineEnd >= 0 || !/^[0-9a-f]{1,12}(?:[ \t]*;[^\r\n]*)?\r?$/i.test(line)) break
      frame(bytes.length, 'chunk size', 'The length of the next chunk, not whole yet.')
      break
    }
    const size = Number.parseInt(digits, 16)
    if (size === 0) {
      frame(lineEnd + 1, 'last chunk', 'A chunk of no bytes: the body ends here.', '0')
      return trailersAt(bytes, runs, at)
    }
    frame(
      lineEnd + 1,
      'chunk size',
      'How many bytes the next chunk has, in hexadecimal.',
      `${digits}: ${size} bytes`,
    )
    const end = Math.min(at + size, bytes.length)
    if (end > at) runs.push({ start: at, end })
    const isWhole = at + size <= bytes.length
    at = end
    if (!isWhole) break
    if (bytes[at] !== CR || (at + 1 < bytes.length && bytes[at + 1] !== LF)) break
    frame(Math.min(at + 2, bytes.length), 'end of chunk', 'Every chunk ends with CR LF.')
  }
  return { runs, end: at, isWhole: false }
}

/** Fields after the last chunk (§7.1.2), mostly none, and the empty line. */
function trailersAt(bytes: Uint8Array, runs: Run[], start: number) {
  for (let at = start; at < bytes.length; ) {
    const lineFeed = bytes.indexOf(LF, at)
    const end = lineFeed < 0 ? bytes.length : lineFeed + 1
    const isEmpty = end - at === 2 && bytes[at] === CR
    const name = isEmpty ? 'end of chunks' : 'trailer field'
    const about = isEmpty ? 'The body ends here.' : 'A field that came after the body.'
    runs.push({ start: at, end, frame: { name, about, rfc: RFC } })
    at = end
    if (isEmpty) return { runs, end, isWhole: true }
  }
  return { runs, end: bytes.length, isWhole: false }
}

const [CR, LF] = [0x0d, 0x0a]
