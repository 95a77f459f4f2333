import type { TransportName } from '../contract/transports.ts'
import { longPolling } from './long-polling.ts'
import { shortPolling } from './short-polling.ts'
import { socketIo } from './socket-io.ts'
import { sse } from './sse.ts'
import type { ServerTransport } from './transport.ts'
import { websocket } from './websocket.ts'

/** Every way this server carries the feed. Its other end is `web/transports/index.ts`. */
export const transports = {
  'short-polling': shortPolling,
  'long-polling': longPolling,
  sse,
  websocket,
  'socket-io': socketIo,
} satisfies Record<TransportName, ServerTransport>
