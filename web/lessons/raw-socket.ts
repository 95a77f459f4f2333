import type { CapturedConnection } from '../../server/contract/link.ts'
import type { RawCommand, RawEvent } from '../../server/contract/raw.ts'
import { fromBase64, toBase64 } from '../inspector/bytes.ts'

/** A TCP connection from the server to itself, through which a page may say any bytes (server/lessons/raw.ts). */
export interface RawSocket {
  send(bytes: Uint8Array): void
  /** Says that nothing more will be sent (FIN). */
  end(): void
  close(): void
  /** All that crossed so far, as the inspector reads it. */
  readonly connection: CapturedConnection
  /** ms from asking for the TCP connection until it was there, by the server's clock. */
  readonly connectedAfter: number | undefined
}

export interface RawListener {
  /** The TCP connection is there. */
  onConnect?(): void
  onBytes?(bytes: Uint8Array): void
  /** The other end will say nothing more. */
  onEnd?(): void
  /** It is over: the connection was closed, failed, or the relay ended it; then `reason` says why. */
  onClose?(reason: string | undefined): void
}

/**
 * Opens one, to the server's own port or to that of one of its links; another `path` leads to a server of a lesson. What
 * is sent before it is open waits.
 */
export function openRaw(listener: RawListener, port?: number, path = '/lessons/raw'): RawSocket {
  const url = new URL(path, location.origin)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  if (port !== undefined) url.searchParams.set('port', String(port))
  const socket = new WebSocket(url)
  const waiting: RawCommand[] = []
  let askedAt: number | undefined
  let connectedAfter: number | undefined
  let failure: string | undefined
  const connection: CapturedConnection = {
    id: 1,
    openedAt: 0,
    chunks: [],
    forgotten: { client: 0, server: 0 },
  }

  const say = (command: RawCommand) => {
    if (socket.readyState === WebSocket.CONNECTING) waiting.push(command)
    else if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(command))
  }
  socket.onopen = () => {
    for (const command of waiting.splice(0)) say(command)
  }
  socket.onmessage = ({ data }) => hear(JSON.parse(data) as RawEvent)
  socket.onclose = ({ code, reason }) =>
    listener.onClose?.(failure ?? (code === 1000 ? undefined : reason || 'The server does not answer.'))

  function hear(event: RawEvent): void {
    const { at } = event
    switch (event.event) {
      case 'connecting':
        askedAt = at
        break
      case 'connected':
        connectedAfter = at - (askedAt ?? at)
        connection.openedAt = at
        listener.onConnect?.()
        break
      case 'bytes':
        connection.chunks.push({ at, from: event.from, bytes: event.bytes })
        if (event.from === 'server') listener.onBytes?.(fromBase64(event.bytes))
        break
      case 'end':
        connection.closedBy ??= 'server'
        listener.onEnd?.()
        break
      case 'failed':
        failure = `The connection failed: ${event.message}`
        break
      case 'closed':
        connection.closedAt = at
    }
  }

  return {
    send: (bytes) => say({ bytes: toBase64(bytes) }),
    end() {
      connection.closedBy ??= 'client'
      say({ end: true })
    },
    close: () => socket.close(1000),
    connection,
    get connectedAfter() {
      return connectedAfter
    },
  }
}
