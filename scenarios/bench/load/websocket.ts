import { createHash, randomBytes } from 'node:crypto'
import { endOfHead, readHead } from './http.ts'
import { type Address, dial } from './socket.ts'

/** A WebSocket (RFC 6455) as far as the load needs it: text both ways, pings answered, no extensions. */
export interface WebSocketWire {
  send(text: string): void
  /** Says goodbye and ends. Nothing more is heard. */
  close(): void
}

export interface WebSocketListener {
  onOpen(): void
  /** One text message. Good only during the call. */
  onText(bytes: Buffer, start: number, end: number): void
  /** The connection was refused or cut. `code` is the status of a refused handshake, or that of a Close frame. */
  onClose(reason: string, code?: number): void
}

const CONTINUATION = 0
const TEXT = 1
const CLOSE = 8
const PING = 9
const PONG = 10

/** `head` makes the handshake's bytes of its key. */
export function openWebSocket(
  address: Address,
  head: (key: string) => string,
  listener: WebSocketListener,
): WebSocketWire {
  const key = randomBytes(16).toString('base64')
  let open = false
  let over = false
  /** The pieces of a message that came in several frames (§5.4). */
  let pieces: Buffer[] = []

  const wire = dial(
    address,
    (bytes, start, end) => {
      try {
        return open ? frames(bytes, start, end) : handshake(bytes, start, end)
      } catch (error) {
        fail((error as Error).message)
        return end
      }
    },
    (reason) => fail(reason),
  )
  wire.write(head(key))

  function handshake(bytes: Buffer, start: number, end: number): number {
    const headEnd = endOfHead(bytes, start, end)
    if (headEnd < 0) return start
    const { status, field } = readHead(bytes, start, headEnd)
    if (status !== 101) {
      fail(`the handshake was answered ${status} ${bytes.toString('utf8', headEnd, end)}`.trim(), status)
      return end
    }
    if (field('sec-websocket-accept') !== acceptOf(key))
      throw new Error('the handshake’s answer is not to our key')
    if (field('sec-websocket-extensions') !== undefined)
      throw new Error('the server compresses, which the load does not read: switch perMessageDeflate off')
    open = true
    listener.onOpen()
    return frames(bytes, headEnd, end)
  }

  /** §5.2: FIN and opcode, mask bit and length, the length again in 2 or 8 bytes where it is large, the payload. */
  function frames(bytes: Buffer, start: number, end: number): number {
    let at = start
    while (end - at >= 2 && !over) {
      const first = bytes[at] as number
      let length = bytes[at + 1] as number
      let payload = at + 2
      if (length === 126) {
        if (end - at < 4) break
        length = bytes.readUInt16BE(at + 2)
        payload = at + 4
      } else if (length === 127) {
        if (end - at < 10) break
        length = Number(bytes.readBigUInt64BE(at + 2))
        payload = at + 10
      } else if (length > 127) throw new Error('a server’s frame is masked')
      if (payload + length > end) break
      frame(first, bytes, payload, payload + length)
      at = payload + length
    }
    return over ? end : at
  }

  function frame(first: number, bytes: Buffer, start: number, end: number) {
    const last = first >= 0x80
    switch (first & 0x7f) {
      case TEXT:
        if (last) return listener.onText(bytes, start, end)
        pieces = [Buffer.from(bytes.subarray(start, end))]
        return
      case CONTINUATION: {
        pieces.push(Buffer.from(bytes.subarray(start, end)))
        if (!last) return
        const whole = Buffer.concat(pieces)
        pieces = []
        return listener.onText(whole, 0, whole.length)
      }
      case PING:
        return wire.write(encodeFrame(PONG, bytes.subarray(start, end)))
      case PONG:
        return
      case CLOSE: {
        const code = end - start >= 2 ? bytes.readUInt16BE(start) : 1005
        const reason = bytes.toString('utf8', Math.min(end, start + 2), end)
        wire.write(encodeFrame(CLOSE, bytes.subarray(start, Math.min(end, start + 2))))
        return fail(`closed with code ${code} ${reason}`.trim(), code)
      }
      default:
        throw new Error(`a frame of type ${first & 0x7f}, which was not agreed`)
    }
  }

  function fail(reason: string, code?: number) {
    if (over) return
    over = true
    wire.end()
    listener.onClose(reason, code)
  }

  return {
    send: (text) => wire.write(encodeFrame(TEXT, Buffer.from(text))),
    close() {
      if (!over && open) wire.write(encodeFrame(CLOSE, Buffer.from([1000 >> 8, 1000 & 0xff])))
      over = true
      wire.end()
    },
  }
}

/** §4.2.2: proof that the server has read the handshake. */
const acceptOf = (key: string) =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

/** A client's frame: always masked (§5.3). A page's key must not be foreseen; ours only costs the same bytes and work. */
export function encodeFrame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload
  const size = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(size + 4 + length)
  frame[0] = 0x80 | opcode
  if (size === 2) frame[1] = 0x80 | length
  else if (size === 4) {
    frame[1] = 0x80 | 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 0x80 | 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  const key = Math.floor(Math.random() * 2 ** 32)
  frame.writeUInt32BE(key, size)
  for (let i = 0; i < length; i++) {
    frame[size + 4 + i] = (payload[i] as number) ^ (frame[size + (i & 3)] as number)
  }
  return frame
}
