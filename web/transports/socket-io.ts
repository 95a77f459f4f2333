import { io, type Socket } from 'socket.io-client'
import type { Entry, Presence, Receipt } from '../../server/contract/wire.ts'
import {
  type ClientTransport,
  maySucceed,
  PublishError,
  RECEIPT_TIMEOUT,
  TYPING_EVERY,
  tokenOf,
  waitOf,
} from './connection.ts'
import { createReader } from './reader.ts'

/**
 * Socket.IO 4: events with acknowledgements over Engine.IO, which begins with HTTP polling and upgrades to WebSocket.
 * Costs up to five requests before it settles, then some twenty bytes of packet syntax per entry.
 * Cannot resume by itself once the server has forgotten it: the cursor is ours. It reconnects by its own rules.
 * On the wire: `42/chat,["entry",{…}]`: 4 = Engine.IO message, 2 = Socket.IO event, then namespace and JSON.
 */
export const socketIo: ClientTransport = (target, listener) => {
  const reader = createReader(target, listener)
  const socket: Socket = (target.io ?? io)(new URL('/chat', target.url).href, {
    // A connection of its own, as every other lane has.
    forceNew: true,
    ...(target.token !== undefined && { auth: showToken }),
    query: target.client === undefined ? {} : { client: target.client },
    reconnectionDelay: 250,
    reconnectionDelayMax: 5_000,
    randomizationFactor: 1,
  })
  let comeBack: ReturnType<typeof setTimeout> | undefined
  let isAway = false
  let typedAt = Number.NEGATIVE_INFINITY

  // Receive
  listener.onStatus({ state: 'connecting' })
  socket.on('entry', (entry: Entry) => reader.entry(entry))
  socket.on('presence', ({ v, online, typing }: Presence) => reader.presence({ v, online, typing }))
  socket.on('gap', ({ cursor }: { cursor: string }) => reader.gap(cursor))
  socket.on('connect', () => {
    const request = { room: target.room, after: reader.cursor, presence: listener.onPresence !== undefined }
    socket.emit('join', request, (reply: Reply<{ cursor: string }>) => {
      if ('error' in reply) return refuse(reply.error)
      reader.joined(reply.cursor)
      const open = () => listener.onStatus({ state: 'open', via: socket.io.engine.transport.name })
      open()
      if (isAway) socket.emit('away', { away: true })
      // Polling first, then WebSocket where that works.
      socket.io.engine.once('upgrade', open)
    })
  })
  socket.on('connect_error', (error: Error & { data?: Refusal }) => {
    // With data it is the server that refuses, and the library takes that as final.
    if (error.data) refuse(error.data)
    else listener.onStatus({ state: 'reconnecting', reason: error.message })
  })
  socket.on('expired', (why: Refusal) => refuse(why))
  socket.on('removed', (why: Refusal) => refuse(why))
  socket.on('disconnect', (reason) => {
    if (reason === 'io client disconnect') return
    if (reason !== 'io server disconnect') return listener.onStatus({ state: 'reconnecting', reason })
    // The server sent us away, and the library takes that as final. Ours does so when it restarts.
    comeBackWithin(5_000, reason)
  })
  socket.io.on('open', () => {
    const { engine } = socket.io
    // Cut between the two transports, Engine.IO has paused the one and lost the other: it would read neither until
    // its heartbeat fails, 45 s later. An upgrade that fails before that point leaves it on polling, as it should.
    const stranded = () => {
      if (engine.readyState !== 'open') return
      socket.disconnect()
      comeBackWithin(250, 'the upgrade was cut')
    }
    engine.once('upgrading', () => engine.once('upgradeError', stranded))
  })

  function showToken(show: (auth: object) => void) {
    tokenOf(target).then(
      (token) => show({ token }),
      // Without one we would be a guest.
      (error) => {
        socket.disconnect()
        comeBackWithin(5_000, String(error))
      },
    )
  }

  function comeBackWithin(longest: number, reason: string, code: { code?: string } = {}) {
    const inMs = Math.random() * longest
    clearTimeout(comeBack)
    listener.onStatus({ state: 'reconnecting', inMs, reason, ...code })
    comeBack = setTimeout(() => {
      comeBack = undefined
      socket.connect()
    }, inMs)
  }

  function refuse({ code, message }: Refusal) {
    if (!maySucceed(code, target)) return end({ code, message })
    socket.disconnect()
    comeBackWithin(250, message, { code })
  }

  function end(why?: Refusal) {
    clearTimeout(comeBack)
    socket.disconnect()
    listener.onStatus(why ? { state: 'closed', reason: why.message, code: why.code } : { state: 'closed' })
  }

  return {
    // Publish
    async publish(draft) {
      // Without a connection the library would keep the draft and send it whenever; its author is told instead.
      if (!socket.connected) throw new PublishError('network', 'There is no connection now.')
      const reply: Reply<Receipt> = await socket
        .timeout(RECEIPT_TIMEOUT)
        .emitWithAck('publish', { room: target.room, draft })
        .catch(() => {
          throw new PublishError('network', 'The connection was cut.')
        })
      if ('error' in reply) {
        const { code, message, retryAfter } = reply.error
        throw new PublishError(code, message, retryAfter === undefined ? undefined : waitOf(retryAfter))
      }
      return reply
    },
    typing() {
      if (!socket.connected || performance.now() - typedAt < TYPING_EVERY) return
      typedAt = performance.now()
      socket.emit('typing', { room: target.room })
    },
    away(now) {
      isAway = now
      if (socket.connected) socket.emit('away', { away: now })
    },
    get cursor() {
      return reader.cursor
    },
    close: () => end(),
  }
}

interface Refusal {
  code: string
  message: string
  retryAfter?: number
}

type Reply<T> = T | { error: Refusal }
