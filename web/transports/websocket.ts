import { BEARER_PROTOCOL, SUBPROTOCOL } from '../../server/contract/transports.ts'
import type { Entry, Presence, Receipt } from '../../server/contract/wire.ts'
import {
  type ClientTransport,
  maySucceed,
  PublishError,
  RECEIPT_TIMEOUT,
  silenceOf,
  TYPING_EVERY,
  tokenOf,
  urlOf,
  waitOf,
} from './connection.ts'
import { createReader } from './reader.ts'
import { keepTrying, Refused } from './reconnect.ts'

/**
 * WebSocket: one handshake, then frames both ways.
 * Costs one request per connection, then 2 to 10 bytes of header per frame (6 to 14 upwards), and one connection held.
 * Cannot resume, reconnect or acknowledge by itself: cursor, backoff and receipts are ours.
 * On the wire: `{"publish":{"text":"hi"}}` up, `{"receipt":{…}}` and `{"entry":{…}}` down, one JSON text a frame.
 */
export const websocket: ClientTransport = (target, listener) => {
  const ended = new AbortController()
  const reader = createReader(target, listener, ended.signal)
  /** Drafts without a receipt yet, as they were sent: of two with the same id the first is answered first. */
  let pending: Pending[] = []
  let socket: WebSocket | undefined
  let isAway = false
  let typedAt = Number.NEGATIVE_INFINITY

  // Receive
  // A page sees nothing of the server's pings. After a while of silence it asks, and by 2.5 heartbeats somebody answered.
  void keepTrying(listener, ended.signal, async (connected) => {
    const url = urlOf(target, `/websocket/${target.room}`, {
      after: reader.cursor,
      presence: reader.version,
    })
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    const token = await tokenOf(target)
    if (ended.signal.aborted) return
    // A page can add no header to a handshake, but names of protocols.
    const protocols = token === undefined ? [] : [SUBPROTOCOL, `${BEARER_PROTOCOL}${token}`]
    const current = new (target.WebSocket ?? WebSocket)(url, protocols)
    const close = () => current.close(1000)
    ended.signal.addEventListener('abort', close)
    let watchdog: ReturnType<typeof setInterval> | undefined
    try {
      const { code, reason } = await new Promise<CloseEvent>((closed, lost) => {
        let heardAt = performance.now()
        /** Questions without an answer. A tab in the background gets to ask once a minute; it has not been silent to them. */
        let asked = 0
        const beats = silenceOf(target) / 5
        watchdog = setInterval(() => {
          const silence = performance.now() - heardAt
          if (silence >= 5 * beats && asked > 0) return lost(new Error('no heartbeat'))
          if (silence < 2 * beats) return
          asked++
          if (current.readyState === current.OPEN) current.send('{"ping":true}')
        }, beats)
        current.onclose = closed
        // Says nothing that `close` does not say after it, but ws throws where nobody listens.
        current.onerror = () => {}
        current.onmessage = ({ data }) => {
          heardAt = performance.now()
          asked = 0
          const message = JSON.parse(data) as Message
          if (message.error?.room !== undefined) return lost(refused(message.error))
          take(message)
          if (message.joined === undefined) return
          socket = current
          connected()
          listener.onStatus({ state: 'open' })
          if (isAway) say({ away: true })
        }
      })
      if (code === 4401) throw refused({ code: 'expired', message: reason })
      // Only this says that it would be refused again; behind 1006 a page cannot see (RFC 6455 §7.4.1).
      throw new Refused(
        String(code),
        describe(code, reason),
        code !== 1008,
        code === 1012 ? spread() : undefined,
      )
    } finally {
      clearInterval(watchdog)
      ended.signal.removeEventListener('abort', close)
      // Of a connection that was given up, nothing counts any more, and its end is not waited for.
      current.onmessage = null
      current.close()
      socket = undefined
      const error = new PublishError('network', 'The connection was cut.')
      for (const { id } of [...pending]) settle(id, ({ reject }) => reject(error))
    }
  })

  function say(message: object) {
    if (socket?.readyState === socket?.OPEN) socket?.send(JSON.stringify(message))
  }

  function take({ joined, cursor = '', gap, entry, presence, receipt, error }: Message) {
    if (joined !== undefined) reader.joined(cursor)
    else if (gap !== undefined) reader.gap(cursor)
    else if (entry) reader.entry(entry)
    else if (presence) reader.presence(presence)
    else if (receipt) settle(receipt.id, ({ resolve }) => resolve(receipt))
    else if (error) settle(error.id, ({ reject }) => reject(refusalOf(error)))
  }

  const refused = ({ code, message }: NonNullable<Message['error']>) =>
    new Refused(code, message, maySucceed(code, target))

  function settle(id: string | undefined, how: (draft: Pending) => void) {
    const draft = pending.find((draft) => draft.id === id)
    if (!draft) return
    pending = pending.filter((other) => other !== draft)
    clearTimeout(draft.timer)
    how(draft)
  }

  return {
    // Publish
    publish: (draft) =>
      new Promise((resolve, reject) => {
        if (!socket) return reject(new PublishError('network', 'There is no connection now.'))
        // Receipts name the draft they are for, so it needs a name.
        const id = draft.id ?? newId()
        const timer = setTimeout(() => {
          pending = pending.filter((draft) => draft.timer !== timer)
          reject(new PublishError('network', `No receipt came within ${RECEIPT_TIMEOUT / 1000} s.`))
        }, RECEIPT_TIMEOUT)
        pending.push({ id, timer, resolve, reject })
        socket.send(JSON.stringify({ publish: { ...draft, id } }))
      }),
    typing() {
      if (performance.now() - typedAt < TYPING_EVERY) return
      typedAt = performance.now()
      say({ typing: target.room })
    },
    away(now) {
      isAway = now
      say({ away: now })
    },
    get cursor() {
      return reader.cursor
    },
    close: () => ended.abort(),
  }
}

/** What the server says, one of these at a time. */
interface Message {
  joined?: string
  gap?: string
  cursor?: string
  entry?: Entry
  presence?: Presence
  receipt?: Receipt
  error?: { code: string; message: string; id?: string; room?: string; retryAfter?: number }
}

/** A draft without a receipt yet. */
interface Pending {
  id: string
  /** Runs out when no receipt comes. */
  timer: ReturnType<typeof setTimeout>
  resolve(receipt: Receipt): void
  reject(error: PublishError): void
}

const refusalOf = ({ code, message, retryAfter }: NonNullable<Message['error']>) =>
  new PublishError(code, message, retryAfter === undefined ? undefined : waitOf(retryAfter))

const describe = (code: number, reason: string) =>
  reason || (code === 1006 ? 'the connection was cut or refused' : `closed with code ${code}`)

/** A server that restarts is not to be met by all its clients at once. */
const spread = () => Math.random() * 5_000

/** Not crypto.randomUUID: on a plain http:// LAN address a browser has none. */
const newId = () => crypto.getRandomValues(new Uint32Array(4)).join('-')
