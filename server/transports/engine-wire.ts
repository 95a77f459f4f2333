import { Socket as TcpSocket } from 'node:net'
import type { Socket as IoSocket } from 'socket.io'

/**
 * The TCP socket under an Engine.IO connection that has become a WebSocket, so that a frame made once can be written to
 * a thousand of them. Engine.IO does not show it: its transport keeps the WebSocket in `socket`, which keeps the TCP
 * socket in `_socket` (both as of engine.io 6.6 and ws 8, of which Engine.IO may have a copy of its own). Wherever the
 * three are not what is expected there is no wire, and who asked sends the ordinary way.
 */
export function wireOf({ transport }: IoSocket['conn']): TcpSocket | undefined {
  const { socket } = transport as unknown as {
    socket?: { readyState?: unknown; extensions?: unknown; _socket?: unknown }
  }
  if (transport.name !== 'websocket' || socket?.readyState !== OPEN || socket.extensions !== '')
    return undefined
  const { _socket: wire } = socket
  return wire instanceof TcpSocket ? wire : undefined
}

/** The same, when Engine.IO itself has nothing left to send on it: what is written now cannot overtake anything. */
export function idleWireOf(conn: IoSocket['conn']): TcpSocket | undefined {
  const { writeBuffer } = conn as unknown as { writeBuffer?: unknown }
  const isIdle = conn.readyState === 'open' && conn.transport.writable === true
  return isIdle && Array.isArray(writeBuffer) && writeBuffer.length === 0 ? wireOf(conn) : undefined
}

/** How many packets wait in Engine.IO for a client that does not take them. */
export function waitingIn(conn: IoSocket['conn']): number {
  const { writeBuffer } = conn as unknown as { writeBuffer?: unknown }
  return Array.isArray(writeBuffer) ? writeBuffer.length : 0
}

/** The `readyState` of a WebSocket that may be written to. */
const OPEN = 1
