/** The five ways this server carries a feed. The order is the order of every list, table and lane. */
export const transportNames = ['short-polling', 'long-polling', 'sse', 'websocket', 'socket-io'] as const

export type TransportName = (typeof transportNames)[number]

/** The first path segment by which a URL names its transport. */
export const pathOf: Readonly<Record<TransportName, string>> = {
  'short-polling': '/short-polling',
  'long-polling': '/long-polling',
  sse: '/sse',
  websocket: '/websocket',
  'socket-io': '/socket.io',
}

/** Between two heartbeats of a connection that is held open, in ms: known to both ends. */
export const HEARTBEAT_MS = 15_000

/** The subprotocols of a page's WebSocket that shows a token, which it can in no header: this, and `bearer.<token>`. */
export const SUBPROTOCOL = 'wireside'
export const BEARER_PROTOCOL = 'bearer.'
