import {
  type Asked,
  type Showing,
  showings,
  type Token,
  type TokensOutcome,
  type TokensParameters,
} from '../../../scenarios/lessons/figures/tokens.ts'
import { type TransportName, transportNames } from '../../../server/contract/transports.ts'
import { pause, until } from '../../experiments/time.ts'
import { fromBase64, toBase64, utf8 } from '../../inspector/bytes.ts'
import { responseAt } from '../../inspector/http.ts'
import { contentOf } from '../../inspector/layer.ts'
import { streamOf } from '../../inspector/stream.ts'
import { frameAt, unmasked } from '../../inspector/websocket.ts'
import { now } from '../../ui/clock.ts'
import { openRaw, type RawListener } from '../raw-socket.ts'

/** How long an answer may take, in ms. */
const PATIENCE = 10_000
/** Of the two ends, the clocks may differ by so much, in ms; a token that is to be too old is waited for so much longer. */
const SLACK = 200

/** One run: everybody asks, one after another; `show` gets what is known so far. Ada's room goes with it. */
export async function runTokens(
  { origin, server }: TokensParameters,
  ended: AbortSignal,
  show: (outcome: TokensOutcome) => void,
): Promise<TokensOutcome> {
  const path = server === 'this' ? undefined : `/lessons/broken/${server}`
  const open = () => openConversation(path, ended)
  const foreign = origin.replace('{host}', location.host).replace('{hostname}', location.hostname)
  const session = await startSession(open)
  const token = readToken(session.token)
  const brief = path === undefined ? await briefToken() : undefined
  const room = path === undefined ? await createRoom(open, token) : 'lobby'
  const asked: Asked[] = []

  const tokens: Record<Showing, Token | undefined> = {
    good: token,
    none: undefined,
    changed: rewritten(token),
    unsigned: unsigned(token),
    expired: brief?.token,
    foreign: token,
  }
  try {
    for (const showing of showings) {
      if (showing === 'expired') {
        if (!brief) continue
        await pause(brief.goneAt, ended)
      }
      for (const transport of path === undefined ? transportNames : (['websocket'] as const)) {
        const fields = showing === 'foreign' && foreign !== '' ? [`Origin: ${foreign}`] : []
        const shown = { token: tokens[showing], cookie: session.cookie, fields, room }
        const conversation = open()
        try {
          asked.push({
            transport,
            showing,
            token: shown.token,
            ...(await ask[transport](conversation, shown)),
          })
        } finally {
          conversation.close()
        }
        show({ origin: foreign, token, asked: [...asked] })
      }
    }
    return { origin: foreign, token, asked }
  } finally {
    if (path === undefined) await leaveRoom(open, token, room)
  }
}

interface Shown {
  token: Token | undefined
  /** The cookie's name. */
  cookie: string
  fields: readonly string[]
  room: string
}

type Heard = Pick<Asked, 'request' | 'status' | 'code' | 'answer'>

/** How each transport asks to read the room, and where it has a place for a token. */
const ask: Record<TransportName, (conversation: Conversation, shown: Shown) => Promise<Heard>> = {
  'short-polling': (conversation, shown) =>
    askOnce(conversation, get(`/short-polling/${shown.room}?after=0`, [...bearer(shown), ...shown.fields])),
  'long-polling': (conversation, shown) =>
    askOnce(
      conversation,
      get(`/long-polling/${shown.room}?after=0&wait=0`, [...bearer(shown), ...shown.fields]),
    ),
  // A page can give neither an EventSource nor a WebSocket a field of its own: the cookie goes by itself.
  sse: (conversation, shown) =>
    askOnce(conversation, get(`/sse/${shown.room}?after=0`, [...cookie(shown), ...shown.fields])),
  websocket: (conversation, shown) =>
    askOnce(
      conversation,
      get(`/websocket/${shown.room}`, [
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Key: ${toBase64(crypto.getRandomValues(new Uint8Array(16)))}`,
        'Sec-WebSocket-Version: 13',
        ...cookie(shown),
        ...shown.fields,
      ]),
    ),
  'socket-io': askSocketIo,
}

const bearer = ({ token }: Shown) => (token ? [`Authorization: Bearer ${token.text}`] : [])
const cookie = ({ token, cookie }: Shown) => (token ? [`Cookie: ${cookie}=${token.text}`] : [])

async function askOnce(conversation: Conversation, request: string): Promise<Heard> {
  const { status, body } = await conversation.say(request)
  // A WebSocket is opened for a guest, too, for it may join other rooms; about this one it is told in a frame.
  const isRefused = status >= 400 || body.startsWith('{"error"')
  return { request, status, code: isRefused ? codeIn(body) : undefined, answer: body }
}

/** Its own place for a token is the packet that connects to a namespace; then the room is joined. */
async function askSocketIo(conversation: Conversation, { token, fields, room }: Shown): Promise<Heard> {
  const path = '/socket.io/?EIO=4&transport=polling'
  const opening = get(path, fields)
  const { status, body } = await conversation.say(opening)
  const connect = `40/chat,${token ? JSON.stringify({ token: token.text }) : ''}`
  if (status !== 200) {
    return { request: opening, status, code: codeIn(body), answer: body }
  }
  const { sid }: { sid: string } = JSON.parse(body.slice(1))
  const own = `${path}&sid=${sid}`
  const packet = (text: string) => conversation.say(post(own, text, [...fields, 'Content-Type: text/plain']))
  const poll = async () => (await conversation.say(get(own, fields))).body
  await packet(connect)
  let answer = await poll()
  if (answer.startsWith('40/chat,')) {
    await packet(`42/chat,0${JSON.stringify(['join', { room }])}`)
    answer = await poll()
  }
  // A connect error and an acknowledgement that says what is wrong are both JSON with a code.
  const isError = answer.startsWith('44/chat,') || answer.startsWith('43/chat,0[{"error"')
  await packet('1')
  const request = post(own, connect, [...fields, 'Content-Type: text/plain'])
  return { request, status, code: isError ? codeIn(answer) : undefined, answer }
}

const codeIn = (text: string): string => /"code":"([^"]+)"/.exec(text)?.[1] ?? 'refused'

async function startSession(open: () => Conversation) {
  const { status, body, fields } = await once(open, post('/session', '{"name":"Ada"}', json))
  const cookie = fields.get('set-cookie')?.split('=')[0]
  if (status !== 201 || cookie === undefined) throw new Error(`No session came about: ${status} ${body}`)
  const { token }: { token: string } = JSON.parse(body)
  return { token, cookie }
}

async function briefToken() {
  const response = await fetch('/lessons/session', { method: 'POST' })
  if (!response.ok) throw new Error('The server gave no token that is soon over.')
  const { token, expiresAt }: { token: string; expiresAt: number } = await response.json()
  return { token: readToken(token), goneAt: Math.max(now(), expiresAt) + SLACK }
}

async function createRoom(open: () => Conversation, { text }: Token): Promise<string> {
  const request = post('/rooms', '{"name":"Ada’s diary"}', [...json, `Authorization: Bearer ${text}`])
  const { status, body } = await once(open, request)
  if (status !== 201) throw new Error(`Ada could not make a room: ${status} ${body}`)
  return (JSON.parse(body) as { room: string }).room
}

const leaveRoom = (open: () => Conversation, { text }: Token, room: string) =>
  once(open, post(`/rooms/${room}/leave`, '', [`Authorization: Bearer ${text}`])).catch(() => {})

async function once(open: () => Conversation, request: string) {
  const conversation = open()
  try {
    return await conversation.say(request)
  } finally {
    conversation.close()
  }
}

const json = ['Content-Type: application/json']
const get = (path: string, fields: readonly string[]) =>
  [`GET ${path} HTTP/1.1`, `Host: ${location.host}`, ...fields, '', ''].join('\r\n')
const post = (path: string, body: string, fields: readonly string[]) =>
  [
    `POST ${path} HTTP/1.1`,
    `Host: ${location.host}`,
    ...fields,
    `Content-Length: ${new TextEncoder().encode(body).length}`,
    '',
    body,
  ].join('\r\n')

interface Conversation {
  /** Sends a request and resolves to its answer: all of it, or of an endless one its head and what came first. */
  say(request: string): Promise<{ status: number; fields: ReadonlyMap<string, string>; body: string }>
  close(): void
}

/** A TCP connection on which one request follows another. */
function openConversation(path: string | undefined, ended: AbortSignal): Conversation {
  let isOver: { reason: string | undefined } | undefined
  const listener: RawListener = {
    onClose(reason) {
      isOver = { reason }
    },
  }
  const socket = openRaw(listener, undefined, path)
  let answered = 0

  function answerIn(bytes: Uint8Array) {
    const response = responseAt(bytes, answered, 'GET', undefined)
    if (!response) return undefined
    const { status, head, end, isWhole } = response
    const body = utf8(contentOf(bytes, response.body))
    const answer = { status, fields: head.fields, end }
    if (status === 101) {
      const frame = frameAt(bytes, end)
      return isWhole && frame.isWhole ? { ...answer, body: utf8(unmasked(bytes, frame)) } : undefined
    }
    const isStream = head.fields.get('content-type')?.startsWith('text/event-stream') && body.includes('\n\n')
    return isWhole || isStream ? { ...answer, body } : undefined
  }

  return {
    async say(request) {
      socket.send(new TextEncoder().encode(request))
      let answer: ReturnType<typeof answerIn>
      const isAnswered = () => {
        answer = answerIn(streamOf(socket.connection, 'server').bytes)
        return answer !== undefined
      }
      await until(() => isAnswered() || isOver !== undefined, now() + PATIENCE, ended)
      if (!answer) throw new Error(isOver?.reason ?? 'The server did not answer.')
      answered = answer.end
      return answer
    },
    close: () => socket.close(),
  }
}

function readToken(text: string): Token {
  const [header = '', claims = '', signature = ''] = text.split('.')
  return { text, header: decoded(header), claims: decoded(claims), signature: bytesOf(signature).length }
}

/** Another name in it, and the signature as it was. */
function rewritten({ text, claims }: Token): Token {
  const [header, , signature] = text.split('.')
  const eve = JSON.stringify({ ...JSON.parse(claims), name: 'Eve' })
  return readToken([header, encoded(eve), signature].join('.'))
}

/** It says itself that it need not be signed (RFC 7519 §6). */
function unsigned({ text, header }: Token): Token {
  const [, claims] = text.split('.')
  return readToken([encoded(JSON.stringify({ ...JSON.parse(header), alg: 'none' })), claims, ''].join('.'))
}

const bytesOf = (part: string) => fromBase64(part.replaceAll('-', '+').replaceAll('_', '/'))
const decoded = (part: string) => utf8(bytesOf(part))
const encoded = (text: string) =>
  toBase64(new TextEncoder().encode(text)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
