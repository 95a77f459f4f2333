import type { CapturedConnection } from '../../../server/contract/link.ts'
import type { PresetName } from '../../../server/contract/presets.ts'
import type { Measure } from '../figures.ts'

/**
 * `raw`: bytes that the learner types, sent on a TCP connection of their own to this very server, and the bytes that come
 * back. A page has no TCP sockets, so the server opens the connection, to itself, and carries bytes both ways
 * (`server/lessons/raw.ts`).
 */
export interface RawParameters {
  /**
   * What is said first, as text. Its lines are sent with CR LF at their ends, the last one too if a line end follows it;
   * `{host}` is this server's own `name:port`.
   */
  request: string
  /** Where the request is only begun, for the learner to go on: the whole of it, one button away. */
  whole?: string
  /**
   * What is said after the answer, a message a line, only if it was 101: in hexadecimal, where `78*126` is 126 times the
   * byte 78 and `#` begins a remark.
   */
  afterwards?: string
  /** How long to wait for more after the latest byte, in ms: 300 without it. */
  quiet?: number
  /** How long to wait for a first byte, in ms. The server itself gives up on half a request after 10 s. */
  patience?: number
  /** A network in between. */
  network?: PresetName
}

export interface RawOutcome {
  /** Of the answer; absent where none came, or where it was no HTTP. */
  status: number | undefined
  /** The words behind the status. */
  reason: string
  /** By lower-case name. */
  fields: Readonly<Record<string, string>>
  /** As text, as far as it came; empty after 101. */
  body: string
  /** The `Sec-WebSocket-Key` that was sent. */
  key: string | undefined
  /** What the page computes from the key, by itself. */
  accept: string | undefined
  /** Bytes each way. */
  sent: number
  received: number
  /** After the answer's head, where it was 101: each whole frame from the server, in its order. */
  frames: readonly RawFrame[]
  /** And each whole frame that was sent to it. */
  sentFrames: readonly RawFrame[]
  /** ms from asking for the connection until it was there, by the server's clock. */
  connectedAfter: number | undefined
  /** ms from the first byte that was sent to the first that came. */
  firstByteAfter: number | undefined
  /** Who ended the connection; absent if it was still open when the page had waited long enough. */
  closedBy: 'client' | 'server' | undefined
  /** All of it, for the inspector. */
  connection: CapturedConnection
}

/** A WebSocket frame as its bytes say it (RFC 6455 §5.2). */
export interface RawFrame {
  fin: boolean
  opcode: number
  isMasked: boolean
  /** Bytes of its header, the masking key among them. */
  header: number
  /** Bytes of its payload. */
  length: number
  /** Of a close frame: its code (§5.5.1). */
  code: number | undefined
  /** The payload as text, unmasked; of a close frame the reason. */
  text: string
}

export const opcode = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const

export const status: Measure<RawOutcome> = {
  label: 'status of the answer',
  read: ({ status }) => (status === undefined ? undefined : { value: status, unit: '', origin: 'measured' }),
}
export const bytesSent: Measure<RawOutcome> = {
  label: 'bytes sent',
  read: ({ sent }) => ({ value: sent, unit: 'B', origin: 'measured' }),
}
export const bytesReceived: Measure<RawOutcome> = {
  label: 'bytes received',
  read: ({ received }) => ({ value: received, unit: 'B', origin: 'measured' }),
}
export const firstByte: Measure<RawOutcome> = {
  label: 'until the first byte of the answer',
  read: ({ firstByteAfter }) =>
    firstByteAfter === undefined ? undefined : { value: firstByteAfter, unit: 'ms', origin: 'measured' },
}

/** What an answer means and what to do, in a sentence or two, with the place where it is written. */
export interface Meaning {
  sentence: string
  rule: string
}

/** What this server's answer to a handshake means. It reads the answer alone, whatever was typed. */
export function meaningOf({ status, body, fields, key, accept, closedBy, frames }: RawOutcome): Meaning {
  if (status === undefined) {
    return closedBy
      ? { sentence: 'The connection was ended without an answer.', rule: 'RFC 9112 §9.6' }
      : {
          sentence:
            'No answer yet. The server still waits: the head of a request ends with an empty line, and it has not come.',
          rule: 'RFC 9112 §2.1',
        }
  }
  const close = frames.find((frame) => frame.opcode === opcode.close)
  if (close) {
    return {
      sentence: `The upgrade was done, and frames were spoken until the server had enough: its close frame has the code ${close.code ?? 'of none'}${close.text && ` and says “${close.text}”`}.`,
      rule: 'RFC 6455 §7.4.1',
    }
  }
  if (status === 101) {
    const given = fields['sec-websocket-accept']
    return given === accept
      ? {
          sentence:
            'The upgrade is done: from the byte after the empty line on, this connection speaks WebSocket. The accept key is the one computed here from the key that was sent.',
          rule: 'RFC 6455 §4.2.2',
        }
      : {
          sentence: `The server agrees to upgrade, but its accept key is not the one for ${key ?? 'this key'}. A client must fail the connection.`,
          rule: 'RFC 6455 §4.1, item 4 on the server’s response',
        }
  }
  const known = meanings.find((each) => each.status === status && body.includes(each.says))
  return (
    known ?? {
      sentence:
        status < 300
          ? 'This is plain HTTP: at this address there is no WebSocket, and the server answered the request as if Upgrade had not been said.'
          : `The server refused: ${body.slice(0, 200) || 'it does not say why'}`,
      rule: status < 300 ? 'RFC 9110 §7.8' : 'RFC 9110 §15',
    }
  )
}

const meanings: readonly (Meaning & { status: number; says: string })[] = [
  {
    status: 400,
    says: 'Sec-WebSocket-Key',
    sentence:
      'The key is missing, or it is not 16 bytes in base64 (24 characters, the last two “==”). Without it the server could not prove that it read this handshake.',
    rule: 'RFC 6455 §4.2.1, item 5',
  },
  {
    status: 400,
    says: 'Sec-WebSocket-Version',
    sentence:
      'The server does not speak this version, and says in Sec-WebSocket-Version which ones it does. The standard proposes 426 for this; this server’s library answers 400.',
    rule: 'RFC 6455 §4.2.2, item 4, and §4.4',
  },
  {
    status: 400,
    says: 'bad-request',
    sentence:
      'These bytes are not a request. Each field is a name, a colon directly after it, and a value; the first line is method, target and version with one space between.',
    rule: 'RFC 9112 §3 and §5.1',
  },
  {
    status: 400,
    says: 'bad-room',
    sentence: 'The handshake was not even looked at: the path names no room that could exist.',
    rule: 'RFC 6455 §4.2.2, item 4',
  },
  {
    status: 403,
    says: 'foreign-origin',
    sentence:
      'The server does not know the page that asks. A browser writes Origin itself and a page cannot forge it; a program can write anything, so this protects users of browsers and not the server.',
    rule: 'RFC 6455 §4.2.2, item 4, and §10.2',
  },
  {
    status: 404,
    says: '',
    sentence: 'There is nothing for this method at this path. An opening handshake is a GET.',
    rule: 'RFC 6455 §4.1, item 2',
  },
  {
    status: 408,
    says: '',
    sentence:
      'The server waited for the end of the head, the empty line, and gave up after ten seconds. Until that line it cannot know that the request is whole.',
    rule: 'RFC 9110 §15.5.9, RFC 9112 §2.1',
  },
  {
    status: 421,
    says: '',
    sentence:
      'Host names a server that this one is not. Answering to any name would let a page of a foreign name that resolves to this machine read it.',
    rule: 'RFC 9110 §15.5.20',
  },
  {
    status: 426,
    says: '',
    sentence:
      'To this server the request asked for no WebSocket: Upgrade must hold “websocket” and Connection must hold “Upgrade”. Without both it is a plain GET, and at this path there is only a WebSocket.',
    rule: 'RFC 6455 §4.2.1, items 3 and 4; RFC 9110 §15.5.22',
  },
]
