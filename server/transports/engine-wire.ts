import { Socket as TcpSocket } from 'node:net'
import type { Socket as IoSocket } from 'socket.io'

/**
 * An Engine.IO connection. What is asked of it here it does not show: it is looked for where engine.io 6.6 and ws 8 keep
 * it (of the latter Engine.IO may have a copy of its own). Where something else is found the answer is that there is
 * none, and who asked does the ordinary thing.
 */
type Connection = IoSocket['conn']

/**
 * The TCP socket under an Engine.IO connection that has become a WebSocket, so that a frame made once can be written to
 * a thousand of them. The WebSocket keeps it in `_socket`.
 */
export function wireOf({ transport }: Connection): TcpSocket | undefined {
  const socket = webSocketOf(transport)
  if (transport.name !== 'websocket' || socket?.readyState !== OPEN || socket.extensions !== '')
    return undefined
  const { _socket: wire } = socket
  return wire instanceof TcpSocket ? wire : undefined
}

/** The same, when Engine.IO itself has nothing left to send on it: what is written now cannot overtake anything. */
export function idleWireOf(conn: Connection): TcpSocket | undefined {
  const isIdle = conn.readyState === 'open' && conn.transport.writable === true
  return isIdle && waitingIn(conn) === 0 ? wireOf(conn) : undefined
}

/** How many packets wait in Engine.IO for a client that does not take them. */
export function waitingIn(conn: Connection): number | undefined {
  const { writeBuffer } = conn as unknown as { writeBuffer?: unknown }
  return Array.isArray(writeBuffer) ? writeBuffer.length : undefined
}

/** Whether what is said is dropped, since the WebSocket beneath is closing, which Engine.IO does not know yet. */
export function isClosing({ transport }: Connection): boolean {
  const socket = webSocketOf(transport)
  return socket?.readyState !== undefined && socket.readyState !== OPEN
}

/** A transport keeps its WebSocket in `socket`; polling has none. */
const webSocketOf = (transport: Connection['transport']) =>
  (transport as unknown as { socket?: { readyState?: unknown; extensions?: unknown; _socket?: unknown } })
    .socket

/** The `readyState` of a WebSocket that may be written to. */
const OPEN = 1
