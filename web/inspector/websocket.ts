import { concat, excerpt, toBase64 } from './bytes.ts'
import type { Content } from './feed.ts'
import { cover } from './layer.ts'
import type { From, Message, Segment } from './message.ts'
import { sha1 } from './sha1.ts'

/** WebSocket (RFC 6455): the proof of the handshake, and the frames that follow it. */

/** One frame (§5.2), whole or as far as it has come. */
export interface Frame {
  start: number
  end: number
  fin: boolean
  rsv: number
  opcode: number
  key?: Uint8Array
  /** As its header says; less of it may have come. */
  length: number
  /** The bytes of the header that have come, the masking key included. */
  header: { length: number; key: number; payload: number }
  isWhole: boolean
}

/** The frame that begins at `start`. */
export function frameAt(bytes: Uint8Array, start: number): Frame {
  const first = bytes[start] ?? 0
  const second = bytes[start + 1] ?? 0
  const short = second & 0x7f
  const size = short < 126 ? 0 : short === 126 ? 2 : 8
  const isMasked = (second & 0x80) !== 0
  const key = start + 2 + size
  const payload = key + (isMasked ? 4 : 0)
  let length = size === 0 ? short : 0
  for (let at = start + 2; at < key; at++) length = length * 256 + (bytes[at] ?? 0)
  const isHeaderWhole = payload <= bytes.length && start + 2 <= bytes.length
  return {
    start,
    end: isHeaderWhole ? Math.min(payload + length, bytes.length) : bytes.length,
    fin: (first & 0x80) !== 0,
    rsv: (first >> 4) & 7,
    opcode: first & 0x0f,
    ...(isMasked && isHeaderWhole && { key: bytes.slice(key, payload) }),
    length,
    header: {
      length: Math.min(start + 2, bytes.length),
      key: Math.min(key, bytes.length),
      payload: Math.min(payload, bytes.length),
    },
    isWhole: isHeaderWhole && payload + length <= bytes.length,
  }
}

/** §5.3: each byte of the payload XOR the byte of the key at its index modulo 4. */
export function unmasked(bytes: Uint8Array, { key, header, end }: Frame): Uint8Array {
  const payload = bytes.slice(header.payload, end)
  if (key) for (let at = 0; at < payload.length; at++) payload[at] = (payload[at] ?? 0) ^ (key[at % 4] ?? 0)
  return payload
}

/** Reads frames to the end of the bytes; `dissect` says what a whole message means. */
export function framesFrom(
  bytes: Uint8Array,
  start: number,
  from: From,
  dissect: (content: Uint8Array, isText: boolean) => Content,
): Omit<Message, 'at'>[] {
  const messages: Omit<Message, 'at'>[] = []
  /** The data frames of the message that is not whole yet (§5.4); control frames may stand between them. */
  let fragments: { frame: Frame; place: number }[] = []
  for (let at = start; at < bytes.length; ) {
    const frame = frameAt(bytes, at)
    at = frame.end
    if (frame.opcode >= 8) {
      messages.push(controlFrame(bytes, frame, from))
      continue
    }
    if (frame.opcode !== CONTINUATION && fragments.length > 0) {
      finish(fragments)
      fragments = []
    }
    fragments.push({ frame, place: messages.length })
    messages.push({ from, start: frame.start, end: frame.end, title: '', segments: [] })
    if (!frame.fin) continue
    finish(fragments)
    fragments = []
  }
  finish(fragments)
  return messages

  function finish(frames: typeof fragments) {
    const first = frames[0]?.frame
    const last = frames.at(-1)?.frame
    if (!first || !last) return
    const pieces = frames.map(({ frame }) => unmasked(bytes, frame))
    const content = concat(pieces)
    const isMessage = first.opcode !== CONTINUATION && last.fin && frames.every(({ frame }) => frame.isWhole)
    const isPlain = isMessage && first.rsv === 0 && first.opcode <= BINARY
    const carried = isPlain ? dissect(content, first.opcode === TEXT) : undefined
    let offset = 0
    for (const [index, { frame, place }] of frames.entries()) {
      const length = pieces[index]?.length ?? 0
      const carriedHere = (carried?.parts ?? []).flatMap((part): Segment[] => {
        const from = Math.max(part.start, offset)
        const until = Math.min(part.end, offset + length)
        if (from >= until) return []
        const shift = frame.header.payload - offset
        return [{ ...part, start: from + shift, end: until + shift }]
      })
      const fragment = frames.length > 1 ? `, fragment ${index + 1} of ${frames.length}` : ''
      const words = index === 0 ? (carried?.title ?? (isMessage ? '' : 'not whole')) : ''
      messages[place] = {
        from,
        start: frame.start,
        end: frame.end,
        title: `${titleOf(frame)}${fragment}${words && ` · ${words}`}`,
        segments: [
          ...headerSegments(bytes, frame, from),
          ...cover(frame.header.payload, frame.end, carriedHere, {
            kind: 'framing',
            name: 'payload data',
            about: isMessage
              ? 'Bytes that only an extension of WebSocket could read, or of no kind that the standard knows.'
              : 'A part of a message that is not whole: what it is shows when the rest has come.',
            value: excerpt(pieces[index] ?? content),
            rfc: 'RFC 6455 §5.2',
          }),
        ],
        ...maskOf(frame),
      }
      offset += length
    }
  }
}

function controlFrame(bytes: Uint8Array, frame: Frame, from: From): Omit<Message, 'at'> {
  const { start, end, opcode, header } = frame
  const payload = unmasked(bytes, frame)
  const isHeartbeat = opcode === PING || opcode === PONG
  const kind = isHeartbeat ? 'control' : 'framing'
  const segments = headerSegments(bytes, frame, from).map(
    (segment) => ({ ...segment, kind }) satisfies Segment,
  )
  const code =
    opcode === CLOSE && payload.length >= 2 ? ((payload[0] ?? 0) << 8) | (payload[1] ?? 0) : undefined
  const codeEnd = code === undefined ? header.payload : header.payload + 2
  if (code !== undefined)
    segments.push({
      start: header.payload,
      end: codeEnd,
      kind,
      name: 'close code',
      value: `${code}: ${closeCodes[code] ?? 'a code without a name'}`,
      about: 'Why the connection ends.',
      rfc: 'RFC 6455 §7.4.1',
    })
  if (codeEnd < end)
    segments.push({
      start: codeEnd,
      end,
      kind,
      name: opcode === CLOSE ? 'reason' : 'application data',
      value: excerpt(payload, codeEnd - header.payload),
      about:
        opcode === CLOSE
          ? 'The same in words, for people.'
          : 'Up to 125 bytes: a pong returns what its ping brought.',
      rfc: opcode === CLOSE ? 'RFC 6455 §7.1.6' : 'RFC 6455 §5.5.2',
    })
  const words = code === undefined ? '' : `, ${code} ${closeCodes[code] ?? ''}`.trimEnd()
  return { from, start, end, title: `${titleOf(frame)}${words}`, segments, ...maskOf(frame) }
}

function headerSegments(bytes: Uint8Array, frame: Frame, from: From): Segment[] {
  const { start, fin, rsv, opcode, length, header, key } = frame
  const isMasked = ((bytes[start + 1] ?? 0) & 0x80) !== 0
  const kind = 'framing'
  const rfc = 'RFC 6455 §5.2'
  const segments: Segment[] = [
    {
      start,
      end: start + 1,
      kind,
      name: 'FIN, RSV, opcode',
      value: `FIN ${fin ? 1 : 0}, RSV ${rsv.toString(2).padStart(3, '0')}, opcode ${opcode} (${opcodeName(opcode)})`,
      about: `FIN says whether ${fin ? 'this is the last frame of its message: it is' : 'more frames of its message follow: they do'}; RSV is for extensions; the opcode says what the frame is.`,
      rfc,
    },
    {
      start: start + 1,
      end: header.length,
      kind,
      name: 'MASK, length',
      value: `MASK ${isMasked ? 1 : 0}, length ${(bytes[start + 1] ?? 0) & 0x7f}`,
      about: `${maskSentence(isMasked, from)} The length stands here up to 125; 126 says that it is in the next 2 bytes, 127 in the next 8.`,
      rfc,
    },
    {
      start: header.length,
      end: header.key,
      kind,
      name: 'extended length',
      value: `${length} bytes`,
      about: 'The length of the payload, in network byte order.',
      rfc,
    },
    {
      start: header.key,
      end: header.payload,
      kind,
      name: 'masking key',
      value: key ? [...key].map((byte) => byte.toString(16).padStart(2, '0')).join(' ') : 'not whole',
      about:
        'Each byte of the payload is XORed with these four in turn, so that no page can make a proxy see an HTTP request of its choosing.',
      rfc: 'RFC 6455 §5.3',
    },
  ]
  return segments.filter((segment) => segment.end > segment.start)
}

function maskSentence(isMasked: boolean, from: From): string {
  if (from === 'client')
    return isMasked ? 'A client masks every frame.' : 'A client must mask, and this one did not.'
  return isMasked ? 'A server must not mask, and this one did.' : 'A server masks nothing.'
}

function titleOf({ opcode, length, key, isWhole }: Frame): string {
  const bytes = `${length.toLocaleString('en')} ${length === 1 ? 'byte' : 'bytes'}`
  return `frame ${opcodeName(opcode)}, ${bytes}${key ? ', masked' : ''}${isWhole ? '' : ', its end is still to come'}`
}

const maskOf = ({ key, header, end }: Frame) =>
  key && header.payload < end ? { mask: { start: header.payload, end, key } } : {}

const opcodeName = (opcode: number) => opcodes[opcode] ?? `reserved (${opcode})`

export const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10] as const

const opcodes: Record<number, string> = {
  0: 'continuation',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
}

const closeCodes: Record<number, string> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no code received',
  1006: 'closed without a close frame',
  1007: 'invalid payload data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'mandatory extension',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1015: 'TLS handshake failed',
}

/** §1.3: base64 of the SHA-1 of the key and a text that no server would hash by chance. */
export function acceptFor(key: string): string {
  const text = `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  return toBase64(sha1(Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff)))
}
