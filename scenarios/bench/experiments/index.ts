import type { ExperimentName } from '../../claims/claim.ts'
import type { Observation } from '../../report.ts'
import { acceptKey } from './accept-key.ts'
import { autoReconnect } from './auto-reconnect.ts'
import { idleCut } from './idle-cut.ts'
import { newConnectionCost } from './new-connection-cost.ts'
import { resumeNeedsIds } from './resume-needs-ids.ts'
import { socketioFallback } from './socketio-fallback.ts'
import { socketioIsWebsocket } from './socketio-is-websocket.ts'
import { tcpSoNothingLost } from './tcp-so-nothing-lost.ts'

/**
 * Looks at the wire by hand, for claims that no amount of traffic settles. Takes a server's origin, uses a
 * room of its own, and leaves no connection behind. Rejects when the server does not answer as it should at
 * all.
 */
export type Experiment = (url: string) => Promise<Observation[]>

export const experiments = {
  'accept-key': acceptKey,
  'auto-reconnect': autoReconnect,
  'idle-cut': idleCut,
  'new-connection-cost': newConnectionCost,
  'resume-needs-ids': resumeNeedsIds,
  'socketio-fallback': socketioFallback,
  'socketio-is-websocket': socketioIsWebsocket,
  'tcp-so-nothing-lost': tcpSoNothingLost,
} satisfies Record<ExperimentName, Experiment>
