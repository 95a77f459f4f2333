import type { TransportName } from '../../../server/contract/transports.ts'
import * as polling from './polling.ts'
import type { StartRival } from './rival.ts'
import * as socketIo from './socket-io.ts'
import * as sse from './sse.ts'
import * as websocket from './websocket.ts'

export const versions = ['plain', 'tuned'] as const
export type Version = (typeof versions)[number]

/** What the product is held against, transport by transport. */
export const rivals = {
  'short-polling': polling,
  'long-polling': polling,
  sse,
  websocket,
  'socket-io': socketIo,
} satisfies Record<TransportName, Record<Version, StartRival>>
