import type { TransportName } from '../../server/contract/transports.ts'
import type { ClientTransport } from './connection.ts'
import { longPolling } from './long-polling.ts'
import { shortPolling } from './short-polling.ts'
import { socketIo } from './socket-io.ts'
import { sse } from './sse.ts'
import { websocket } from './websocket.ts'

/** Every way to read the feed. Its other end is `server/transports/index.ts`. */
export const transports = {
  'short-polling': shortPolling,
  'long-polling': longPolling,
  sse,
  websocket,
  'socket-io': socketIo,
} satisfies Record<TransportName, ClientTransport>
