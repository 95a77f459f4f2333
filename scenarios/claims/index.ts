import { percentLess98 } from './98-percent-less.ts'
import { bytes871To2 } from './871-to-2-bytes.ts'
import { acceptKey } from './accept-key.ts'
import { autoReconnect } from './auto-reconnect.ts'
import type { Claim } from './claim.ts'
import { idleCut } from './idle-cut.ts'
import { longPollHighOverhead } from './long-poll-high-overhead.ts'
import { longPollReconnectsTcp } from './long-poll-reconnects-tcp.ts'
import { newConnectionPerRequest } from './new-connection-per-request.ts'
import { pollingHalfInterval } from './polling-half-interval.ts'
import { pollingMostlyEmpty } from './polling-mostly-empty.ts'
import { pollingServerLoad } from './polling-server-load.ts'
import { proxiesBufferSse } from './proxies-buffer-sse.ts'
import { resumeNeedsIds } from './resume-needs-ids.ts'
import { socketioFallback } from './socketio-fallback.ts'
import { socketioHeavier } from './socketio-heavier.ts'
import { socketioIsWebsocket } from './socketio-is-websocket.ts'
import { sseOneWayIsEnough } from './sse-one-way-is-enough.ts'
import { statefulMemory } from './stateful-memory.ts'
import { tcpSoNothingLost } from './tcp-so-nothing-lost.ts'
import { wsLowLatency } from './ws-low-latency.ts'
import { wsNoHttpOverhead } from './ws-no-http-overhead.ts'

/** Every claim, in the order in which one would teach them. */
export const claims: readonly Claim[] = [
  newConnectionPerRequest,
  pollingMostlyEmpty,
  pollingHalfInterval,
  pollingServerLoad,
  longPollReconnectsTcp,
  longPollHighOverhead,
  sseOneWayIsEnough,
  proxiesBufferSse,
  wsLowLatency,
  acceptKey,
  wsNoHttpOverhead,
  bytes871To2,
  percentLess98,
  statefulMemory,
  socketioIsWebsocket,
  socketioFallback,
  socketioHeavier,
  idleCut,
  autoReconnect,
  tcpSoNothingLost,
  resumeNeedsIds,
]
