import {
  opcode as opcodes,
  type RawFrame,
  type RawOutcome,
  type RawParameters,
} from '../../../scenarios/lessons/figures/raw.ts'
import { conditionsOf } from '../../../scenarios/network.ts'
import type { CapturedConnection } from '../../../server/contract/link.ts'
import { concat, utf8 } from '../../inspector/bytes.ts'
import { requestAt, responseAt } from '../../inspector/http.ts'
import { contentOf } from '../../inspector/layer.ts'
import { streamOf } from '../../inspector/stream.ts'
import { acceptFor, frameAt, unmasked } from '../../inspector/websocket.ts'
import { linkWith } from '../../network/links.ts'
import { now } from '../../ui/clock.ts'
import { openRaw } from '../raw-socket.ts'

/** One exchange of raw bytes; `show` gets the connection as it grows. */
export async function runRaw(
  { request, afterwards = '', quiet = 300, patience = 12_000, network }: RawParameters,
  ended: AbortSignal,
  show: (connection: CapturedConnection) => void,
): Promise<RawOutcome> {
  const conditions =
    network === undefined || network === 'clear' ? undefined : conditionsOf({ conditions: network })
  const port = conditions && (await linkWith(conditions, async () => {}))
  let latest = now()
  let isConnected = false
  let over: { reason: string | undefined } | undefined
  let wake = () => {}
  const stir = () => {
    latest = now()
    show({ ...socket.connection, chunks: [...socket.connection.chunks] })
    wake()
  }
  const socket = openRaw(
    {
      onConnect() {
        isConnected = true
        wake()
      },
      onBytes: stir,
      onEnd: stir,
      onClose(reason) {
        over = { reason }
        wake()
      },
    },
    port,
  )
  ended.addEventListener('abort', () => wake())

  /** Resolves when the condition holds, the connection is over, or so many ms have passed without anything. */
  async function waitFor(condition: () => boolean, ms: number): Promise<void> {
    latest = now()
    for (;;) {
      ended.throwIfAborted()
      const left = latest + ms - now()
      if (condition() || over || left <= 0) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
  /** Until nothing has come for a while. */
  const settle = (first: number) => {
    const known = socket.connection.chunks.length
    return waitFor(
      () => hasEnded(socket.connection) || socket.connection.chunks.length > known + 1,
      first,
    ).then(() => waitFor(() => hasEnded(socket.connection), quiet))
  }

  try {
    await waitFor(() => isConnected, 10_000)
    if (!isConnected) throw new Error(over?.reason ?? 'No TCP connection came about.')
    socket.send(bytesOfText(request))
    await settle(patience)
    for (const line of upgradedBy(socket.connection) ? messagesIn(afterwards) : []) {
      socket.send(line)
      await settle(2_000)
    }
    if (over?.reason && socket.connection.chunks.every(({ from }) => from === 'client'))
      throw new Error(over.reason)
    return outcomeOf(socket.connection, socket.connectedAfter, request)
  } finally {
    socket.close()
  }
}

/** The text as bytes, with the line ends of HTTP (RFC 9112 §2.1) whatever the text box makes of them. */
export function bytesOfText(text: string): Uint8Array {
  return new TextEncoder().encode(text.replaceAll('{host}', location.host).replace(/\r?\n/g, '\r\n'))
}

/** The relay takes no more at once, base64 included. */
const MOST = 150_000

/** The messages that a learner wrote (see `afterwards`) as bytes. Throws a sentence at what is none. */
export function messagesIn(text: string): Uint8Array[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => concat(line.split(/\s+/).map(bytesIn)))
    .map((bytes) => {
      if (bytes.length > MOST) throw new Error(`A message may have ${MOST.toLocaleString('en')} bytes here.`)
      return bytes
    })
}

function bytesIn(word: string): Uint8Array {
  const repeated = /^([0-9a-f]{2})\*(\d{1,6})$/i.exec(word)
  if (repeated) return new Uint8Array(Number(repeated[2])).fill(Number.parseInt(repeated[1] ?? '', 16))
  if (!/^([0-9a-f]{2})+$/i.test(word)) {
    throw new Error(`“${word.slice(0, 20)}” is not hexadecimal: two digits make a byte.`)
  }
  return Uint8Array.from(word.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

const hasEnded = ({ closedBy, closedAt }: CapturedConnection) =>
  closedBy !== undefined || closedAt !== undefined

const upgradedBy = (connection: CapturedConnection) =>
  responseAt(streamOf(connection, 'server').bytes, 0, 'GET', undefined)?.status === 101

const keyIn = (request: string) => /^sec-websocket-key:[ \t]*(.*?)[ \t]*$/im.exec(request)?.[1]

/** What the learner's key has to be answered with; computed here, not asked of the server. */
export const acceptIn = (request: string): { key: string; accept: string } | undefined => {
  const key = keyIn(request)
  return key ? { key, accept: acceptFor(key) } : undefined
}

function outcomeOf(
  connection: CapturedConnection,
  connectedAfter: number | undefined,
  request: string,
): RawOutcome {
  const client = streamOf(connection, 'client')
  const { bytes } = streamOf(connection, 'server')
  const { key, accept } = acceptIn(request) ?? {}
  const response = responseAt(bytes, 0, 'GET', key)
  const first = (from: 'client' | 'server') => connection.chunks.find((chunk) => chunk.from === from)?.at
  const [asked, answered] = [first('client'), first('server')]
  return {
    status: response?.status,
    reason: response?.head.first.split(' ').slice(2).join(' ') ?? '',
    fields: Object.fromEntries(response?.head.fields ?? []),
    body: response ? utf8(contentOf(bytes, response.body)) : '',
    key,
    accept,
    sent: client.bytes.length,
    received: bytes.length,
    frames: response?.status === 101 ? framesIn(bytes, response.end) : [],
    sentFrames: response?.status === 101 ? framesIn(client.bytes, requestAt(client.bytes, 0)?.end) : [],
    connectedAfter,
    firstByteAfter: asked === undefined || answered === undefined ? undefined : answered - asked,
    closedBy: connection.closedBy === 'link' ? undefined : connection.closedBy,
    connection,
  }
}

function framesIn(bytes: Uint8Array, start = bytes.length): RawFrame[] {
  const frames: RawFrame[] = []
  for (let at = start; at < bytes.length; ) {
    const frame = frameAt(bytes, at)
    if (!frame.isWhole) break
    const { fin, opcode, key, length, header } = frame
    const payload = unmasked(bytes, frame)
    const isClose = opcode === opcodes.close && length >= 2
    frames.push({
      fin,
      opcode,
      isMasked: key !== undefined,
      header: header.payload - at,
      length,
      code: isClose ? (payload[0] ?? 0) * 256 + (payload[1] ?? 0) : undefined,
      text: utf8(isClose ? payload.subarray(2) : payload),
    })
    at = frame.end
  }
  return frames
}
