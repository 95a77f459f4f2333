import type { CapturedConnection } from '../../server/contract/link.ts'
import { pathOf, type TransportName, transportNames } from '../../server/contract/transports.ts'
import { latin1 } from './bytes.ts'
import { engineBody, engineMessage } from './engine-io.ts'
import {
  type Content,
  commandContent,
  controlContent,
  draftParts,
  isDraft,
  pageContent,
  plainContent,
  whole,
} from './feed.ts'
import { chunksAt, type HttpMessage, requestAt, responseAt } from './http.ts'
import { parseJson } from './json.ts'
import { contentOf, type Run, weave } from './layer.ts'
import type { From, Message, Segment } from './message.ts'
import { foothold, nextHttp } from './resync.ts'
import { blocksOf, eventContent } from './sse.ts'
import { type Stream, streamOf } from './stream.ts'
import { framesFrom } from './websocket.ts'

/** A message before it has its time, its offsets counted from the first byte that is kept. */
type Said = Omit<Message, 'at'>

/**
 * Takes a captured connection apart: what was said, in the order in which it crossed, every byte in exactly one segment.
 * It reads any bytes at all; what it does not understand it shows as raw bytes.
 */
export function dissect(connection: CapturedConnection): Message[] {
  const client = streamOf(connection, 'client')
  const server = streamOf(connection, 'server')
  const said = read(client, server)
  return [
    ...opened(connection),
    ...merge(placed(said.client, client), placed(said.server, server)),
    ...closed(connection, client, server),
  ]
}

/** HTTP exchanges, request by request, and what an upgrade makes of the connection. */
function read(client: Stream, server: Stream): Record<From, Said[]> {
  const said: Record<From, Said[]> = { client: [], server: [] }
  const at = { client: 0, server: 0 }
  const streams = { client, server }
  let path: string | undefined
  let upgraded: 'websocket' | 'other' | undefined

  function left(from: From): boolean {
    return at[from] < streams[from].bytes.length
  }

  function raw(from: From, until: number) {
    if (until > at[from]) said[from].push(rawBytes(from, at[from], until))
    at[from] = until
  }

  /** Nothing this end says makes sense here: go on where an HTTP message begins again. */
  function skip(from: From) {
    const next = nextHttp(streams[from].bytes, at[from] + 1, from)
    raw(from, next < 0 ? streams[from].bytes.length : next)
  }

  function frames(from: From) {
    const { bytes } = streams[from]
    const meaning = (content: Uint8Array, isText: boolean) => socketContent(content, isText, from, path)
    said[from] = said[from].concat(framesFrom(bytes, at[from], from, meaning))
    at[from] = bytes.length
  }

  function readRequest(): (HttpMessage & { method: string; target: string }) | undefined {
    const request = requestAt(client.bytes, at.client)
    if (!request) {
      skip('client')
      return undefined
    }
    at.client = request.end
    const [method = '', target = ''] = request.head.first.split(' ')
    return { ...request, method, target }
  }

  /** The final response to a request, or to one that is not kept. */
  function readResponse(request?: { method: string; target: string; head: HttpMessage['head'] }) {
    while (left('server')) {
      const key = request?.head.fields.get('sec-websocket-key')
      const response = responseAt(server.bytes, at.server, request?.method, key)
      if (!response) {
        skip('server')
        continue
      }
      at.server = response.end
      for (const message of responseSaid(server.bytes, response, request)) said.server.push(message)
      if (response.status >= 200) return response
      if (response.status === 101) {
        const protocol = response.head.fields.get('upgrade')?.toLowerCase()
        upgraded = protocol === 'websocket' ? 'websocket' : 'other'
        path = request?.target
        return response
      }
    }
    return undefined
  }

  // Where a beginning is forgotten, the answers to forgotten requests come first.
  const speaks = { client: 'http', server: 'http' }
  for (const from of ['client', 'server'] as const) {
    if (streams[from].base === 0) continue
    const found = foothold(streams[from].bytes, from)
    raw(from, found.at)
    speaks[from] = found.speaks
  }
  if (speaks.server === 'chunks') {
    const { runs, end } = chunksAt(server.bytes, at.server)
    said.server = said.server.concat(events(server.bytes, runs, at.server))
    at.server = end
  }
  if (client.base > 0 || server.base > 0) {
    const isBefore = () => !left('client') || server.timeAt(at.server) < client.timeAt(at.client)
    while (
      speaks.server !== 'frames' &&
      !upgraded &&
      left('server') &&
      (speaks.client !== 'http' || isBefore())
    )
      readResponse()
  }

  while (!upgraded && speaks.client === 'http' && left('client')) {
    const request = readRequest()
    if (!request) continue
    const answer = speaks.server === 'frames' ? undefined : readResponse(request)
    said.client.push(requestSaid(client.bytes, request, answer?.status))
  }
  if (upgraded === 'websocket' || speaks.client === 'frames') frames('client')
  if (upgraded === 'websocket' || speaks.server === 'frames') frames('server')
  if (upgraded === 'other') raw('server', server.bytes.length)
  while (left('server')) readResponse()
  raw('client', client.bytes.length)
  return said
}

/** A request, with what its body means; that depends on whether the server took it. */
function requestSaid(
  bytes: Uint8Array,
  request: HttpMessage & { method: string; target: string },
  status: number | undefined,
): Said {
  const content = contentOf(bytes, request.body)
  const meaning = content.length === 0 ? undefined : requestContent(content, request, status)
  return httpSaid('client', request, `${request.method} ${request.target}`, meaning)
}

function requestContent(
  content: Uint8Array,
  { target, isWhole }: HttpMessage & { target: string },
  status = 200,
): Content {
  const transport = transportOf(target)
  if (!isWhole) return plainContent(content, 'body', 'A part of a body: the rest has not come.')
  if (transport === 'other')
    return plainContent(content, 'body', 'The body of a request that is not the feed’s.')
  if (transport === 'socket-io') {
    if (status >= 400)
      return plainContent(content, 'refused packets', 'Packets that the server did not take.')
    return engineBody(content, 'client')
  }
  // These are said before the feed hears of the draft; what the feed itself refuses was published all the same.
  const isRefused = [400, 401, 403, 404, 405, 413, 415, 421, 429].includes(status)
  if (isRefused || !isDraft(parseJson(content, whole(content))?.value))
    return plainContent(content, 'refused draft', 'A draft that the server did not take.')
  return { title: 'draft', parts: draftParts(content, whole(content)) }
}

/** A response; one that is a stream of events is a head, and then a message for each event. */
function responseSaid(
  bytes: Uint8Array,
  response: HttpMessage & { status: number },
  request?: { target: string },
): Said[] {
  const title = response.head.first.slice('HTTP/1.1 '.length)
  if (/^text\/event-stream\b/i.test(response.head.fields.get('content-type') ?? '')) {
    const { start, head } = response
    const stream: Said = {
      from: 'server',
      start,
      end: head.end,
      title: `${title} · event stream`,
      segments: head.segments,
    }
    return [stream, ...events(bytes, response.body, head.end)]
  }
  const content = contentOf(bytes, response.body)
  const meaning = content.length === 0 ? undefined : responseContent(content, response, request)
  return [httpSaid('server', response, title, meaning)]
}

function responseContent(
  content: Uint8Array,
  { head, status, isWhole }: HttpMessage & { status: number },
  request?: { target: string },
): Content {
  const type = head.fields.get('content-type') ?? ''
  const other = () => plainContent(content, 'body', 'The body of an answer that is not the feed’s.')
  if (!isWhole) return plainContent(content, 'body', 'A part of a body: the rest has not come.')
  if (request === undefined) {
    // The request is forgotten, so look at what the answer says.
    if (/^text\/plain/.test(type) && /^[0-6]/.test(latin1(content, 0, 1)))
      return engineBody(content, 'server')
    const isOurs = /^\{"(?:id|error)":/.test(latin1(content, 0, 12))
    return pageContent(content) ?? (isOurs ? controlContent(content) : other())
  }
  const transport = transportOf(request.target)
  if (transport === 'other') return other()
  if (transport !== 'socket-io') return pageContent(content) ?? controlContent(content)
  if (status !== 200) return other()
  return engineBody(content, 'server')
}

function httpSaid(from: From, message: HttpMessage, title: string, meaning: Content | undefined): Said {
  const { start, end, head, body, isWhole } = message
  const segments = [...head.segments, ...weave(body, meaning?.parts ?? [])]
  const children = childrenOf(from, body, segments, meaning)
  const words = meaning ? ` · ${meaning.title}` : ''
  return {
    from,
    start,
    end,
    title: `${title}${words}${isWhole ? '' : ', its end is still to come'}`,
    segments,
    ...(children.length > 0 && { children }),
  }
}

/** What a message carries, where that is several things: each with those of the segments that lie in it. */
function childrenOf(
  from: From,
  body: readonly Run[],
  segments: readonly Segment[],
  meaning?: Content,
): Message[] {
  const place = locate(body)
  let next = 0
  return (meaning?.children ?? []).map((child) => {
    const start = place.byte(child.start)
    const end = child.end > child.start ? place.byte(child.end - 1) + 1 : start
    while ((segments[next]?.end ?? Number.POSITIVE_INFINITY) <= start) next++
    const first = next
    while ((segments[next]?.end ?? Number.POSITIVE_INFINITY) <= end) next++
    return { from, at: 0, start, end, title: child.title, segments: segments.slice(first, next) }
  })
}

/** The events of a body, each with the framing around its bytes: chunk headers before it, the ends of chunks behind. */
function events(bytes: Uint8Array, runs: readonly Run[], start: number): Said[] {
  const content = contentOf(bytes, runs)
  const blocks = blocksOf(content).map((block) => ({ block, ...eventContent(content, block) }))
  const segments = weave(
    runs,
    blocks.flatMap(({ parts }) => parts),
  )
  const end = runs.at(-1)?.end ?? start
  const place = locate(runs)
  const beginnings = blocks.map(({ block, title }) => ({ at: place.withChunkSize(block.start), title }))
  // What comes behind the last event: the end of the body, or a chunk of which only the size has come.
  const last = runs.findLastIndex(({ frame }) => !frame)
  const rest = runs.slice(last + 1).find(({ frame }) => frame?.name !== 'end of chunk')
  if (rest) {
    const isEnd = rest.frame?.name === 'last chunk'
    beginnings.push({
      at: rest.start,
      title: isEnd ? 'end of the stream' : 'a chunk, its bytes still to come',
    })
  }
  let next = 0
  return beginnings.flatMap(({ at, title }, index): Said[] => {
    const until = beginnings[index + 1]?.at ?? end
    const from = next
    while (next < segments.length && (segments[next]?.start ?? until) < until) next++
    if (from === next) return []
    return [{ from: 'server', start: at, end: until, title, segments: segments.slice(from, next) }]
  })
}

/** Finds the place in the stream of a carried byte. */
function locate(runs: readonly Run[]) {
  const carried: { start: number; offset: number; header: number }[] = []
  let offset = 0
  for (const [index, { start, end, frame }] of runs.entries()) {
    if (frame) continue
    const before = runs[index - 1]
    carried.push({ start, offset, header: before?.frame?.name === 'chunk size' ? before.start : start })
    offset += end - start
  }
  const runOf = (place: number) => {
    let low = 0
    let high = carried.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((carried[middle]?.offset ?? 0) > place) high = middle - 1
      else low = middle
    }
    return carried[low] ?? { start: 0, offset: 0, header: 0 }
  }
  return {
    byte(place: number): number {
      const run = runOf(place)
      return run.start + place - run.offset
    },
    /** The same, but a byte that is the first of its chunk comes with the chunk's size. */
    withChunkSize(place: number): number {
      const run = runOf(place)
      return place === run.offset ? run.header : run.start + place - run.offset
    },
  }
}

/** What a WebSocket message means, by the path of its handshake, or by its looks where that is forgotten. */
function socketContent(content: Uint8Array, isText: boolean, from: From, path: string | undefined): Content {
  const guess = /^[0-6](?:[/["{\d-]|probe|$)/.test(latin1(content, 0, 8)) ? 'socket-io' : 'websocket'
  const transport = path === undefined ? guess : transportOf(path)
  if (transport === 'websocket') {
    const roomIsKnown = path === undefined || /^\/websocket\/[^?]/.test(path)
    return isText ? commandContent(content, from, roomIsKnown) : controlContent(content)
  }
  if (transport === 'socket-io') return isText ? engineMessage(content, from) : controlContent(content)
  return plainContent(content, 'message', 'A message of a WebSocket that is not the feed’s.')
}

const transportOf = (target: string): TransportName | 'other' =>
  transportNames.find((name) => {
    const path = pathOf[name]
    return target.startsWith(path) && /^(?:[/?#]|$)/.test(target.slice(path.length))
  }) ?? 'other'

const rawBytes = (from: From, start: number, end: number): Said => ({
  from,
  start,
  end,
  title: `raw bytes, ${(end - start).toLocaleString('en')}`,
  segments: [
    {
      start,
      end,
      kind: 'framing',
      name: 'raw bytes',
      about: 'These bytes begin nowhere that could be recognised, so they are shown as they are.',
    },
  ],
})

/** Gives messages their times, and offsets that count what is forgotten, too. */
function placed(said: readonly Said[], { base, timeAt }: Stream): Message[] {
  const shift = (range: Segment) => ({ ...range, start: range.start + base, end: range.end + base })
  const place = (message: Said): Message => ({
    ...message,
    at: timeAt(message.start),
    start: message.start + base,
    end: message.end + base,
    segments: base === 0 ? message.segments : message.segments.map(shift),
    ...(message.mask && {
      mask: { ...message.mask, start: message.mask.start + base, end: message.mask.end + base },
    }),
    ...(message.children && { children: message.children.map(place) }),
  })
  return said.map(place)
}

/** Both directions in the order of their times; each keeps its own order, whatever its times say. */
function merge(client: Message[], server: Message[]): Message[] {
  const merged: Message[] = []
  let next = 0
  for (const message of client) {
    while ((server[next]?.at ?? Number.POSITIVE_INFINITY) < message.at) merged.push(server[next++] as Message)
    merged.push(message)
  }
  return [...merged, ...server.slice(next)]
}

function opened({ openedAt, forgotten }: CapturedConnection): Message[] {
  const about = { start: 0, end: 0, segments: [], at: openedAt }
  const missing = (['client', 'server'] as const)
    .filter((from) => forgotten[from] > 0)
    .map((from) => ({
      ...about,
      from,
      title: `the beginning is not kept: ${forgotten[from].toLocaleString('en')} bytes`,
    }))
  return [{ ...about, from: 'client', title: 'TCP connection opened' }, ...missing]
}

function closed({ closedAt, closedBy }: CapturedConnection, client: Stream, server: Stream): Message[] {
  if (closedAt === undefined) return []
  const { from, base, bytes } = closedBy === 'client' ? client : server
  const end = base + bytes.length
  const by = closedBy === undefined ? '' : ` by the ${closedBy}`
  return [{ from, at: closedAt, start: end, end, title: `TCP connection closed${by}`, segments: [] }]
}
