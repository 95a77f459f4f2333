import type { TransportName } from '../../../../server/contract/transports.ts'
import type { LoadTransport } from '../transport.ts'
import { longPolling } from './long-polling.ts'
import { shortPolling } from './short-polling.ts'
import { socketIo } from './socket-io.ts'
import { sse } from './sse.ts'
import { websocket } from './websocket.ts'

/** The third end of each wire, beside server/transports and web/transports: cheap, and by the thousand. */
export const transports = {
  'short-polling': shortPolling,
  'long-polling': longPolling,
  sse,
  websocket,
  'socket-io': socketIo,
} as const satisfies Record<TransportName, LoadTransport>
