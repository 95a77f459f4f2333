import { until } from './until.ts'
import { type Answer, dial, readAnswer, request, type Wire } from './wire.ts'

/** WebSocket frames made and read by hand (RFC 6455 §5.2). */

export const CONTINUATION = 0
export const TEXT = 1
export const BINARY = 2
export const CLOSE = 8
export const PING = 9
export const PONG = 10

export interface FrameOptions {
  fin?: boolean
  /** The three reserved bits, RSV1 highest. */
  rsv?: number
  masked?: boolean
  /** The length the header announces, where that is to be another than the payload's. */
  announced?: number
}

export function frame(opcode: number, payload: string | Uint8Array = '', options: FrameOptions = {}): Buffer {
  const { fin = true, rsv = 0, masked = true } = options
  const data = Buffer.from(payload)
  const length = options.announced ?? data.length
  const maskBit = masked ? 0x80 : 0
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode
  const head =
    length < 126
      ? Buffer.from([first, maskBit | length])
      : length < 65_536
        ? Buffer.from([first, maskBit | 126, length >> 8, length & 0xff])
        : Buffer.concat([Buffer.from([first, maskBit | 127]), eightBytes(length)])
  if (!masked) return Buffer.concat([head, data])
  const key = [0x12, 0x34, 0x56, 0x78]
  const hidden = data.map((byte, i) => byte ^ (key[i % 4] ?? 0))
  return Buffer.concat([head, Buffer.from(key), hidden])
}

function eightBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

export interface Frame {
  opcode: number
  payload: Buffer
}

/** The whole frames at the beginning of what a server sent: unmasked, as a server's must be. */
export function readFrames(bytes: Buffer): Frame[] {
  const frames: Frame[] = []
  for (let at = 0; at + 2 <= bytes.length; ) {
    const short = bytes.readUInt8(at + 1) & 0x7f
    const size = short < 126 ? 0 : short === 126 ? 2 : 8
    if (at + 2 + size > bytes.length) break
    const length =
      size === 0 ? short : size === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
    const start = at + 2 + size
    if (start + length > bytes.length) break
    frames.push({ opcode: bytes.readUInt8(at) & 0x0f, payload: bytes.subarray(start, start + length) })
    at = start + length
  }
  return frames
}

/** A WebSocket whose frames we write ourselves. */
export interface RawWebSocket extends Pick<Wire, 'send' | 'pause' | 'hangUp' | 'closed'> {
  /** What the server sent, whole frames only. */
  readonly frames: Frame[]
  /** The texts among them. */
  readonly texts: string[]
  /** The code of the server's close frame; 0 when it closed without one; nothing while it is open. */
  readonly closeCode: number | undefined
  heard(what: string): Promise<void>
  end(): Promise<number | undefined>
}

/** The handshake of RFC 6455 §4.1, with headers to add, replace or (`undefined`) leave out. */
export const handshake = (target: string, headers: Record<string, string | undefined> = {}) =>
  request('GET', target, {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...headers,
  })

export async function openWebSocket(port: number, target: string): Promise<RawWebSocket> {
  const wire = await dial(port)
  wire.send(handshake(target))
  const headEnd = () => wire.received.indexOf('\r\n\r\n') + 4
  await until('the handshake is answered', () => wire.closed || headEnd() >= 4)
  const answer: Answer = readAnswer(wire.received)
  if (answer.status !== 101) throw new Error(`The handshake was answered ${answer.status}: ${answer.body}`)

  const socket: RawWebSocket = {
    send: wire.send,
    pause: wire.pause,
    hangUp: wire.hangUp,
    get closed() {
      return wire.closed
    },
    get frames() {
      return readFrames(wire.received.subarray(headEnd()))
    },
    get texts() {
      return this.frames.filter(({ opcode }) => opcode === TEXT).map(({ payload }) => payload.toString())
    },
    get closeCode() {
      const close = this.frames.find(({ opcode }) => opcode === CLOSE)
      if (close) return close.payload.length < 2 ? 1005 : close.payload.readUInt16BE(0)
      return wire.closed ? 0 : undefined
    },
    heard: (what) =>
      until(`the server says ${what}`, () => socket.texts.some((text) => text.includes(what)) || wire.closed),
    async end() {
      await until('the server closes', () => socket.closeCode !== undefined)
      return socket.closeCode
    },
  }
  return socket
}
