import { type Address, dial, type Take, type Wire } from './socket.ts'

/** HTTP/1.1 (RFC 9112) as far as the load needs it, on sockets whose every byte is ours. */

export interface Head {
  status: number
  /** The value of a field by its name in lower case; nothing when the response does not have it. */
  field(name: string): string | undefined
}

export interface ResponseListener {
  onHead(head: Head): void
  /** The body in parts as they come, the transfer coding taken off. Good only during the call. */
  onBody(bytes: Buffer, start: number, end: number): void
  onEnd(): void
}

const HEAD_END = Buffer.from('\r\n\r\n')
const LINE_END = Buffer.from('\r\n')

/** Where the head that begins at `start` ends, its empty line included; -1 while that has not come. */
export function endOfHead(bytes: Buffer, start: number, end: number): number {
  const at = bytes.subarray(start, end).indexOf(HEAD_END)
  return at < 0 ? -1 : start + at + HEAD_END.length
}

/** Reads a response's head. Throws when it is none. */
export function readHead(bytes: Buffer, start: number, end: number): Head {
  const text = bytes.toString('latin1', start, end)
  const status = Number(/^HTTP\/1\.[01] (\d{3})[ \r]/.exec(text)?.[1])
  if (!status) throw new Error(`this is no HTTP/1.1 response: ${text.slice(0, 40)}`)
  let lower: string | undefined
  return {
    status,
    field(name) {
      lower ??= text.toLowerCase()
      const at = lower.indexOf(`\r\n${name}:`)
      if (at < 0) return undefined
      const from = at + name.length + 3
      return text.slice(from, text.indexOf('\r\n', from)).trim()
    },
  }
}

/** Reads responses that follow one another on a connection. */
export function createResponseReader(listener: ResponseListener): Take {
  let part: 'head' | 'length' | 'size' | 'chunk' | 'trailer' | 'until-close' = 'head'
  /** Bytes still to come of the body, or of the chunk with its line end. */
  let left = 0

  function begin(head: Head) {
    listener.onHead(head)
    // RFC 9112 §6.3: what has no body, what is chunked, what says its length, and what ends with the connection.
    if (head.status === 204 || head.status === 304) return listener.onEnd()
    if (/\bchunked$/i.test(head.field('transfer-encoding') ?? '')) part = 'size'
    else if (head.field('content-length') !== undefined) {
      left = Number(head.field('content-length'))
      if (left === 0) listener.onEnd()
      else part = 'length'
    } else part = 'until-close'
  }

  function line(bytes: Buffer, start: number, end: number): number {
    const at = bytes.subarray(start, end).indexOf(LINE_END)
    return at < 0 ? -1 : start + at
  }

  return function take(bytes, start, end) {
    let at = start
    while (at < end) {
      if (part === 'head') {
        const headEnd = endOfHead(bytes, at, end)
        if (headEnd < 0) return at
        const head = readHead(bytes, at, headEnd)
        at = headEnd
        // An interim answer says only that another comes (RFC 9110 §15.2).
        if (head.status >= 200) begin(head)
      } else if (part === 'length') {
        const until = Math.min(end, at + left)
        left -= until - at
        listener.onBody(bytes, at, until)
        at = until
        if (left > 0) continue
        part = 'head'
        listener.onEnd()
      } else if (part === 'size') {
        // RFC 9112 §7.1: the length in hexadecimal, perhaps extensions, a line end, so many bytes, a line end.
        const lineEnd = line(bytes, at, end)
        if (lineEnd < 0) return at
        left = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
        if (Number.isNaN(left)) throw new Error('a chunk without a length')
        at = lineEnd + 2
        part = left === 0 ? 'trailer' : 'chunk'
        left += 2
      } else if (part === 'chunk') {
        const until = Math.min(end, at + left - 2)
        if (until > at) listener.onBody(bytes, at, until)
        left -= until - at
        at = until
        if (left > 2) continue
        if (end - at < 2) return at
        at += 2
        part = 'size'
      } else if (part === 'trailer') {
        const lineEnd = line(bytes, at, end)
        if (lineEnd < 0) return at
        const empty = lineEnd === at
        at = lineEnd + 2
        if (!empty) continue
        part = 'head'
        listener.onEnd()
      } else {
        listener.onBody(bytes, at, end)
        at = end
      }
    }
    return at
  }
}

/** What became of a request. */
export interface Answer {
  /** The whole body, good only during the call. */
  answered(status: number, bytes: Buffer, start: number, end: number): void
  failed(reason: string): void
}

export interface HttpClient {
  /** Sends a request, head and body. One at a time: the next only when this one has been answered or has failed. */
  send(request: string, answer: Answer): void
  readonly busy: boolean
  close(): void
}

/**
 * A client with one connection, opened when it is needed and again when it has ended. `dropped` is told of a connection
 * that ended between two requests, without the server having said so.
 */
export function createHttpClient(address: Address, dropped?: (reason: string) => void): HttpClient {
  let wire: Wire | undefined
  let asked: Answer | undefined

  function open(): Wire {
    let status = 0
    let last = false
    let parts: Buffer[] = []
    let length = 0
    let done = false

    function answer(bytes: Buffer, start: number, end: number) {
      const { answered, failed } = asked as Answer
      asked = undefined
      done = true
      parts = []
      if (last) {
        opened.end()
        if (wire === opened) wire = undefined
      }
      try {
        answered(status, bytes, start, end)
      } catch (error) {
        // Not what was asked for: to whoever asked that is a failure like another.
        failed((error as Error).message)
      }
    }

    const read = createResponseReader({
      onHead(head) {
        if (!asked) throw new Error('an answer to no question')
        done = false
        status = head.status
        last = /\bclose\b/i.test(head.field('connection') ?? '')
        length = Number(head.field('content-length') ?? Number.NaN)
        const coding = head.field('content-encoding')
        if (coding !== undefined) throw new Error(`the body is ${coding}, which the load does not read`)
      },
      onBody(bytes, start, end) {
        // Most bodies come whole: those are read where they lie.
        if (end - start === length) return answer(bytes, start, end)
        parts.push(Buffer.from(bytes.subarray(start, end)))
      },
      onEnd() {
        if (done) return
        const body = Buffer.concat(parts)
        answer(body, 0, body.length)
      },
    })

    const opened = dial(
      address,
      (bytes, start, end) => {
        try {
          return read(bytes, start, end)
        } catch (error) {
          opened.end()
          lost(opened, (error as Error).message)
          return end
        }
      },
      (reason) => lost(opened, reason),
    )
    return opened
  }

  function lost(which: Wire, reason: string) {
    if (wire !== which) return
    wire = undefined
    const told = asked?.failed ?? dropped
    asked = undefined
    told?.(reason)
  }

  return {
    send(request, answer) {
      if (asked) throw new Error('One request at a time: this one must wait for the answer to the last.')
      asked = answer
      wire ??= open()
      wire.write(request)
    },
    get busy() {
      return asked !== undefined
    },
    close() {
      asked = undefined
      wire?.end()
      wire = undefined
    },
  }
}
