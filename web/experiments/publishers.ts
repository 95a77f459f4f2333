import { io } from 'socket.io-client'
import type { TransportName } from '../../server/contract/transports.ts'
import type { Draft, Receipt } from '../../server/contract/wire.ts'
import { PublishError, type Target, urlOf } from '../transports/connection.ts'
import { post } from '../transports/http.ts'

/** Publishes on a connection of its own and reads nothing, so that what readers cost is not mixed with it. */
export interface Publisher {
  /** Resolves once it can publish; rejects when it never will. */
  ready: Promise<void>
  /** Rejects with a `PublishError`. */
  publish(draft: Draft): Promise<Receipt>
  close(): void
}

/** Whether one of the browser's connections is new or used again is the browser's choice. */
const overHttp =
  (path: string) =>
  (target: Target): Publisher => ({
    ready: Promise.resolve(),
    publish: (draft) => post(target, path, draft),
    close: () => {},
  })

/** `/websocket` without a room: publishing needs no join. */
function overWebSocket(target: Target): Publisher {
  const url = urlOf(target, '/websocket')
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(url)
  const waiting = new Map<string, { resolve(receipt: Receipt): void; reject(error: Error): void }>()

  socket.onmessage = ({ data }) => {
    const { receipt, error } = JSON.parse(data) as {
      receipt?: Receipt
      error?: { code: string; message: string; id?: string }
    }
    const id = receipt?.id ?? error?.id ?? ''
    if (receipt) waiting.get(id)?.resolve(receipt)
    else if (error) waiting.get(id)?.reject(new PublishError(error.code, error.message))
    waiting.delete(id)
  }
  socket.onclose = () => {
    for (const { reject } of waiting.values()) reject(cut())
    waiting.clear()
  }

  return {
    ready: new Promise((resolve, reject) => {
      socket.addEventListener('open', () => resolve())
      socket.addEventListener('close', () => reject(unreachable()))
    }),
    publish: (draft) =>
      new Promise((resolve, reject) => {
        if (socket.readyState !== WebSocket.OPEN) return reject(cut())
        waiting.set(draft.id ?? '', { resolve, reject })
        socket.send(JSON.stringify({ publish: draft, room: target.room }))
      }),
    close: () => socket.close(1000),
  }
}

/** A default client: it begins with polling and is ready once it has moved on to WebSocket. */
function overSocketIo(target: Target): Publisher {
  const socket = io(new URL('/chat', target.url).href, {
    forceNew: true,
    query: target.client === undefined ? {} : { client: target.client },
  })
  return {
    ready: new Promise((resolve, reject) => {
      socket.on('connect_error', () => reject(unreachable()))
      socket.on('connect', () => {
        if (socket.io.engine.transport.name === 'websocket') resolve()
        socket.io.engine.once('upgrade', () => resolve())
        socket.io.engine.once('upgradeError', () => resolve())
      })
    }),
    async publish(draft) {
      if (!socket.connected) throw cut()
      const reply: Receipt | { error: { code: string; message: string } } = await socket
        .timeout(10_000)
        .emitWithAck('publish', { room: target.room, draft })
        .catch(() => {
          throw cut()
        })
      if ('error' in reply) throw new PublishError(reply.error.code, reply.error.message)
      return reply
    },
    close: () => socket.disconnect(),
  }
}

export const publishers = {
  'short-polling': overHttp('/short-polling'),
  'long-polling': overHttp('/long-polling'),
  sse: overHttp('/sse'),
  websocket: overWebSocket,
  'socket-io': overSocketIo,
} satisfies Record<TransportName, (target: Target) => Publisher>

const unreachable = () => new Error('The server does not answer.')
const cut = () => new PublishError('network', 'The connection was cut.')
