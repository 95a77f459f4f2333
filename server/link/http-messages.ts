/**
 * Where HTTP/1.1 messages begin and end in one direction of a connection (RFC 9112 §6): as much as a proxy must know to
 * tell whose request passes, and when a response is whole. It changes nothing and never fails: bytes that are not HTTP,
 * or no longer (a tunnel after 101), are simply not looked at.
 */
export interface HttpMessages {
  /** Looks at the next bytes. Calls `onHead` for each head that is complete with them. */
  read(bytes: Buffer): void
  /**
   * Before a message, within its head, its body, or a body that only the connection's end will end; in a tunnel there
   * are no messages any more.
   */
  readonly place: 'between' | 'head' | 'body' | 'last-body' | 'tunnel'
  /** Nothing that follows is HTTP. */
  tunnel(): void
}

export interface Head {
  /** The request line or the status line. */
  line: string
  /** A field's value by its lower-case name; those of repeated fields joined (RFC 9110 §5.3). */
  field(name: string): string | undefined
}

/** What follows a head: a body as its fields say, none whatever they say, or no HTTP at all. */
export type Follows = 'as-said' | 'nothing' | 'tunnel'

/** Longer heads are refused by every server; this one's limit is 16 kB too. */
const MAX_HEAD = 32 * 1024

export function createHttpMessages(
  kind: 'request' | 'response',
  onHead: (head: Head) => Follows,
): HttpMessages {
  let place: HttpMessages['place'] = 'between'
  /** The text of a head, or of a chunk-size line or trailer, as far as it has come. */
  let text = ''
  /** Bytes of the body, or of the current chunk, that are still to come. */
  let left = 0
  let chunked: 'no' | 'size' | 'data' | 'trailer' = 'no'

  function read(bytes: Buffer) {
    for (let at = 0; at < bytes.length; ) {
      if (place === 'tunnel' || place === 'last-body') return
      at = place === 'body' ? readBody(bytes, at) : readHead(bytes, at)
    }
  }

  function readHead(bytes: Buffer, from: number): number {
    let at = from
    if (place === 'between') {
      // An empty line before a request line is to be ignored (RFC 9112 §2.2).
      while (bytes[at] === 13 || bytes[at] === 10) at++
      if (at === bytes.length) return at
      const byte = bytes[at] ?? 0
      if (byte < 0x41 || byte > 0x5a) return giveUp(bytes)
      place = 'head'
      text = ''
    }
    const before = text.length
    text += bytes.toString('latin1', at)
    const end = text.indexOf('\r\n\r\n', Math.max(0, before - 3))
    if (end < 0) return text.length > MAX_HEAD ? giveUp(bytes) : bytes.length
    const head = readFields(text.slice(0, end))
    text = ''
    follow(onHead(head), head)
    return at + end + 4 - before
  }

  function follow(follows: Follows, head: Head) {
    const coding = head.field('transfer-encoding')
    const length = head.field('content-length')
    place = 'body'
    chunked = 'no'
    left = 0
    if (follows === 'tunnel') place = 'tunnel'
    else if (follows === 'nothing') place = 'between'
    else if (coding !== undefined) {
      if (/(^|,)\s*chunked\s*$/i.test(coding)) chunked = 'size'
      else place = 'last-body'
    } else if (length !== undefined) {
      left = Number(length)
      if (!/^\d+$/.test(length)) place = 'tunnel'
      else if (left === 0) place = 'between'
    } else place = kind === 'request' ? 'between' : 'last-body'
  }

  function readBody(bytes: Buffer, at: number): number {
    if (left > 0) {
      const taken = Math.min(left, bytes.length - at)
      left -= taken
      if (left === 0) {
        if (chunked === 'data') chunked = 'size'
        else place = 'between'
      }
      return at + taken
    }
    return readChunkLine(bytes, at)
  }

  /** A chunk's size or a line of the trailer (§7.1). */
  function readChunkLine(bytes: Buffer, at: number): number {
    const feed = bytes.indexOf(10, at)
    text += bytes.toString('latin1', at, feed < 0 ? bytes.length : feed)
    if (text.length > MAX_HEAD) return giveUp(bytes)
    if (feed < 0) return bytes.length
    const line = text.replace(/\r$/, '')
    text = ''
    if (chunked === 'trailer') {
      if (line === '') place = 'between'
    } else {
      const size = /^[0-9a-f]+/i.exec(line)?.[0]
      if (size === undefined) return giveUp(bytes)
      left = Number.parseInt(size, 16)
      if (left === 0) chunked = 'trailer'
      else {
        chunked = 'data'
        // The CRLF after the data is counted with them.
        left += 2
      }
    }
    return feed + 1
  }

  function giveUp(bytes: Buffer): number {
    place = 'tunnel'
    text = ''
    return bytes.length
  }

  return {
    read,
    get place() {
      return place
    },
    tunnel() {
      place = 'tunnel'
      text = ''
    },
  }
}

function readFields(text: string): Head {
  const [line = '', ...rest] = text.split('\r\n')
  const fields = new Map<string, string>()
  for (const field of rest) {
    const colon = field.indexOf(':')
    if (colon < 1) continue
    const name = field.slice(0, colon).toLowerCase()
    const value = field.slice(colon + 1).trim()
    const earlier = fields.get(name)
    fields.set(name, earlier === undefined ? value : `${earlier}, ${value}`)
  }
  return { line, field: (name) => fields.get(name) }
}
