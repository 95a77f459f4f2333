import type { Outages } from '../../scenarios/outages.ts'
import type { Entry } from '../../server/contract/wire.ts'
import { createSequenceChecker } from '../network/sequence.ts'
import type { ClientTransport, Connection, Target } from '../transports/connection.ts'

/** Socket.IO is open on polling first; where its upgrade to WebSocket does not come, it is measured as it is. In ms. */
const UPGRADE = 5_000

export interface Reader {
  connection: Connection
  /** Resolves once it is open, and settled on its carrier; rejects when the server refuses for good. */
  ready: Promise<void>
  /** What went wrong since `count()`. */
  readonly counts: { duplicated: number; reordered: number }
  count(): void
}

/** A reader of a room that nobody has spoken in yet. `onNew` gets each entry once. */
export function connectReader(
  transport: ClientTransport,
  target: Target,
  onNew: (entry: Entry) => void,
  outage: ReturnType<Outages['reader']>,
): Reader {
  const sequence = createSequenceChecker()
  sequence.start(0)
  let wasOpen = false
  let resolve: () => void = () => {}
  let reject: (error: Error) => void = () => {}
  const ready = new Promise<void>((yes, no) => {
    resolve = yes
    reject = no
  })

  const connection = transport(target, {
    onEntry(entry) {
      outage.back()
      if (sequence.entry(entry.seq)) onNew(entry)
    },
    onGap: () => sequence.gap(),
    onStatus(status) {
      if (status.state === 'reconnecting' && wasOpen) outage.cut()
      if (status.state === 'open') outage.back()
      wasOpen = status.state === 'open'
      if (status.state === 'closed' && status.reason) reject(new Error(status.reason))
      if (status.state !== 'open') return
      if (status.via === 'polling') setTimeout(resolve, UPGRADE)
      else resolve()
    },
  })

  return {
    connection,
    ready,
    get counts() {
      const { duplicated, reordered } = sequence.counts
      return { duplicated, reordered }
    },
    count() {
      sequence.reset(sequence.last)
    },
  }
}
