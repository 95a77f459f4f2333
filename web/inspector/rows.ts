import type { Capture, CapturedConnection } from '../../server/contract/link.ts'
import { utf8 } from './bytes.ts'
import { dissect } from './dissect.ts'
import type { From, Kind, Message } from './message.ts'
import { streamOf } from './stream.ts'

/** A message of a capture, with the connection it was said on and its bytes. */
export interface Row {
  /** Its place in the capture: the same as long as the capture is. */
  index: number
  message: Message
  connection: CapturedConnection
  /** As they crossed. */
  bytes: Uint8Array
}

/** What may be filtered by; empty is anything. */
export interface Choices {
  from: From | ''
  kind: Kind | ''
  text: string
}

export const everything: Choices = { from: '', kind: '', text: '' }

/** Everything that was said on the connections of a capture, oldest first. */
export function rowsOf({ connections }: Capture): Row[] {
  const rows = connections.flatMap((connection) => {
    const streams = { client: streamOf(connection, 'client'), server: streamOf(connection, 'server') }
    return dissect(connection).map((message) => {
      const { bytes, base } = streams[message.from]
      return { message, connection, bytes: bytes.subarray(message.start - base, message.end - base) }
    })
  })
  // The sort is stable: what crossed a connection at one instant keeps its order.
  rows.sort((a, b) => a.message.at - b.message.at)
  return rows.map((row, index) => ({ ...row, index }))
}

/** A message's bytes as its receiver reads them. */
export function unmaskedBytes({ message, bytes }: Pick<Row, 'message' | 'bytes'>): Uint8Array {
  const { mask, start } = message
  if (!mask) return bytes
  const plain = bytes.slice()
  for (let at = mask.start - start; at < mask.end - start; at++)
    plain[at] = (plain[at] ?? 0) ^ (mask.key[(at - (mask.start - start)) % 4] ?? 0)
  return plain
}

/** Those that fit: said by that end, with bytes of that kind, with that text in the title or the bytes. */
export function chosen(rows: readonly Row[], { from, kind, text }: Choices): Row[] {
  const wanted = text.trim().toLowerCase()
  return rows.filter(
    (row) =>
      (from === '' || row.message.from === from) &&
      (kind === '' || row.message.segments.some((segment) => segment.kind === kind)) &&
      (wanted === '' ||
        row.message.title.toLowerCase().includes(wanted) ||
        utf8(unmaskedBytes(row)).toLowerCase().includes(wanted)),
  )
}

/** The message of a client that crossed nearest to an instant, those without bytes left out. */
export function nearest(
  rows: readonly Row[],
  { client, at }: { client: string; at: number },
): Row | undefined {
  let best: Row | undefined
  const distance = (row: Row) => Math.abs(row.message.at - at)
  for (const row of rows) {
    if (row.connection.client !== client || row.bytes.length === 0) continue
    if (!best || distance(row) < distance(best)) best = row
  }
  return best
}

/** A capture from a file or the server, or a sentence that says why it is none. */
export function readCapture(text: string): Capture | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'This is no JSON, so it is no capture.'
  }
  if (isObject(value) && Number.isInteger(value.port) && isArrayOf(value.connections, isConnection))
    return value as unknown as Capture
  return 'This is JSON, but no capture: it should hold a port and connections, each with its chunks.'
}

function isConnection(value: unknown): boolean {
  if (!isObject(value)) return false
  const { id, openedAt, closedAt, client, chunks, forgotten } = value
  return (
    Number.isInteger(id) &&
    typeof openedAt === 'number' &&
    ['number', 'undefined'].includes(typeof closedAt) &&
    ['string', 'undefined'].includes(typeof client) &&
    isObject(forgotten) &&
    [forgotten.client, forgotten.server].every((lost) => Number.isInteger(lost) && Number(lost) >= 0) &&
    isArrayOf(chunks, isChunk)
  )
}

const isChunk = (value: unknown) =>
  isObject(value) &&
  typeof value.at === 'number' &&
  (value.from === 'client' || value.from === 'server') &&
  typeof value.bytes === 'string'

const isArrayOf = (value: unknown, is: (item: unknown) => boolean) => Array.isArray(value) && value.every(is)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
