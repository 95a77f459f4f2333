import { latin1 } from './bytes.ts'
import { all, type Content, count, draftParts, entryPart, isDraft, isEntry, textOf, whole } from './feed.ts'
import { isObject, membersOf, parseJson, type Span } from './json.ts'
import { cover } from './layer.ts'
import type { From, Segment } from './message.ts'

/**
 * Engine.IO v4 packets, and the Socket.IO v5 packets in those that are messages. They have no RFC: the two protocols
 * are described in the documents they are named after, "Engine.IO protocol" and "Socket.IO protocol".
 */

const ENGINE = 'Engine.IO protocol v4'
const SOCKET = 'Socket.IO protocol v5'

/** The body of a poll or of a POST: packets with U+001E between them. */
export function engineBody(bytes: Uint8Array, from: From): Content {
  const packets: (Span & Packet)[] = []
  const parts: Segment[] = []
  for (let start = 0; start <= bytes.length; ) {
    const separator = bytes.indexOf(SEPARATOR, start)
    const end = separator < 0 ? bytes.length : separator
    const packet = packetIn(bytes, { start, end }, from, 'polling')
    packets.push({ start, end, ...packet })
    for (const part of packet.parts) parts.push(part)
    if (separator < 0) break
    parts.push({
      start: end,
      end: end + 1,
      kind: 'framing',
      name: 'separator',
      value: 'U+001E',
      about: 'A poll’s answer may hold many packets: this character parts them.',
      rfc: ENGINE,
    })
    start = end + 1
  }
  const [only] = packets
  return {
    title: packets.length === 1 && only ? only.title : count(packets.length, 'packet'),
    parts,
    ...(packets.length > 1 && { children: packets.map(({ start, end, title }) => ({ start, end, title })) }),
  }
}

/** A WebSocket message that is one packet. */
export const engineMessage = (bytes: Uint8Array, from: From): Content =>
  packetIn(bytes, whole(bytes), from, 'websocket')

const SEPARATOR = 0x1e

const engineTypes: Record<string, { name: string; about: string }> = {
  0: {
    name: 'open',
    about: 'The session begins: its id, what it may upgrade to, and how often it is pinged.',
  },
  1: { name: 'close', about: 'The session ends.' },
  2: { name: 'ping', about: 'The server asks whether the client is still there.' },
  3: { name: 'pong', about: 'The client is still there.' },
  4: { name: 'message', about: 'Something of the layer above: a Socket.IO packet.' },
  5: { name: 'upgrade', about: 'From here on the client talks over this WebSocket, and polls no more.' },
  6: { name: 'noop', about: 'Nothing: it ends a waiting poll, so that the upgrade need not wait for it.' },
}

interface Packet {
  title: string
  parts: Segment[]
}

function packetIn(bytes: Uint8Array, span: Span, from: From, over: 'polling' | 'websocket'): Packet {
  const { start, end } = span
  const code = latin1(bytes, start, Math.min(start + 1, end))
  const type = engineTypes[code]
  if (!type)
    return {
      title: code === 'b' ? 'binary packet' : 'no Engine.IO packet',
      parts: all(bytes, span, {
        kind: code === 'b' ? 'control' : 'framing',
        name: code === 'b' ? 'binary message' : 'no packet',
        about:
          code === 'b'
            ? 'A binary message in base64, because a poll’s answer is text.'
            : 'This does not begin with the type of a packet: for instance the "ok" that answers a POST.',
        rfc: ENGINE,
      }),
    }
  if (code === '4') return messageIn(bytes, span, from)

  const body = textOf(bytes, { start: start + 1, end })
  const isProbe = body === 'probe'
  // The session's own steps (open, upgrade, the probe of a new carrier) are no messages to anybody.
  const isHeartbeat = (code === '2' || code === '3') && !isProbe
  const isControl = isHeartbeat || (code === '1' && over === 'websocket')
  const about = isProbe
    ? `A trial over the new WebSocket, before the session moves there: ${code === '2' ? 'does it carry' : 'it carries'} packets.`
    : type.about
  return {
    title: `Engine.IO ${type.name}${isProbe ? ' probe' : ''}`,
    parts: [
      ...all(
        bytes,
        { start, end: start + 1 },
        {
          kind: isControl ? 'control' : 'framing',
          name: 'Engine.IO type',
          value: `${code}: ${type.name}`,
          about,
          rfc: ENGINE,
        },
      ),
      ...all(
        bytes,
        { start: start + 1, end },
        {
          kind: isControl ? 'control' : 'framing',
          name: `${type.name} data`,
          about,
          rfc: ENGINE,
        },
      ),
    ],
  }
}

const socketTypes: Record<string, { name: string; about: string }> = {
  0: { name: 'connect', about: 'Enters a namespace, or confirms that it was entered, with an id.' },
  1: { name: 'disconnect', about: 'Leaves a namespace.' },
  2: { name: 'event', about: 'An event: its name, then its arguments.' },
  3: { name: 'ack', about: 'The answer to an event, under the number the event had.' },
  4: { name: 'connect error', about: 'The namespace may not be entered, and why.' },
  5: { name: 'binary event', about: 'An event whose binary arguments follow as messages of their own.' },
  6: { name: 'binary ack', about: 'An answer whose binary arguments follow as messages of their own.' },
}

/** `4`, then Socket.IO: type, number of attachments and a dash, namespace and a comma, ack id, JSON. */
function messageIn(bytes: Uint8Array, { start, end }: Span, from: From): Packet {
  // Only the beginning: the expression must not walk through a megabyte of JSON.
  const [syntax = '', code = '', attachments = '', namespace = '', ack = ''] =
    /^4([0-6])(\d+-)?(\/[^,[{"]*(?:,|$))?(\d+)?/.exec(latin1(bytes, start, Math.min(end, start + 512))) ?? []
  const type = socketTypes[code]
  if (!type)
    return {
      title: 'Engine.IO message',
      parts: all(
        bytes,
        { start, end },
        {
          kind: 'control',
          name: 'message',
          about: 'An Engine.IO message that holds no Socket.IO packet.',
          rfc: ENGINE,
        },
      ),
    }

  const json = { start: start + syntax.length, end }
  const data = json.start < end ? parseJson(bytes, json)?.value : undefined
  const event = (code === '2' || code === '5') && Array.isArray(data) ? String(data[0]) : undefined
  const space = namespace.replace(/,$/, '') || '/'
  const carried = code === '2' && space === '/chat' ? carriedIn(bytes, json, data, from) : undefined
  const kind = carried ? 'framing' : 'control'

  let at = start
  const piece = (length: number, name: string, value: string, about: string, rfc = SOCKET): Segment => {
    at += length
    return { start: at - length, end: at, kind, name, value, about, rfc }
  }
  const syntaxParts = [
    piece(1, 'Engine.IO type', '4: message', engineTypes[4]?.about ?? '', ENGINE),
    piece(1, 'Socket.IO type', `${code}: ${type.name}`, type.about),
    piece(attachments.length, 'attachments', attachments, 'How many binary messages belong to this one.'),
    piece(
      namespace.length,
      'namespace',
      space,
      'Which of the conversations on this connection it belongs to.',
    ),
    piece(ack.length, 'ack id', ack, 'The number under which the answer to this event comes back.'),
  ].filter((part) => part.end > part.start)

  return {
    title: [
      `Socket.IO ${type.name}`,
      event === undefined ? '' : ` "${event}"`,
      space === '/' ? '' : ` in ${space}`,
      ack && `, ack ${ack}`,
      carried?.seq === undefined ? '' : `, seq ${carried.seq}`,
    ].join(''),
    parts: [
      ...syntaxParts,
      ...cover(
        json.start,
        end,
        carried?.parts ?? all(bytes, json, { kind, name: 'data', about: type.about, rfc: SOCKET }),
        {
          kind,
          name: 'event and arguments',
          about: 'An event is a JSON array: its name, then its arguments.',
          rfc: SOCKET,
        },
        bytes,
      ),
    ],
  }
}

/** The entry or the draft of an event. A refused draft is there too, as parts without payload: it was published all the same. */
function carriedIn(
  bytes: Uint8Array,
  json: Span,
  data: unknown,
  from: From,
): { parts: Segment[]; seq?: number } | undefined {
  if (!Array.isArray(data)) return undefined
  const argument = membersOf(bytes, json).get('1')
  const [event, value]: unknown[] = data
  if (from === 'server' && event === 'entry' && argument && isEntry(value))
    return { parts: entryPart(bytes, argument), seq: value.seq }
  if (from === 'client' && event === 'publish') {
    const draft = argument && isObject(value) ? membersOf(bytes, argument).get('draft') : undefined
    const isTaken = draft && isObject(value) && typeof value.room === 'string' && isDraft(value.draft)
    return { parts: isTaken ? draftParts(bytes, draft) : [] }
  }
  return undefined
}
