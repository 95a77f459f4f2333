import { type ReadonlySignal, signal } from '@preact/signals'
import { parseCursor } from '../../server/contract/cursor.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import type { Entry } from '../../server/contract/wire.ts'

/** An entry of the feed, and the lanes on which it has arrived. Never changed, only replaced. */
export interface Message {
  seq: number
  name: string
  text: string
  /** Absent for what was there before this page looked. */
  lanes?: readonly TransportName[]
}

export interface Messages {
  readonly list: ReadonlySignal<readonly Message[]>
  /** An entry came over a lane, or was there when the page opened. */
  arrive(entry: Entry, lane?: TransportName): void
  /** The feed's log may have begun anew: then its seqs mean other entries. */
  follow(cursor: string): void
}

const KEPT = 60
/** Message lists change at most this often, in ms: people read no faster and layout is what costs. */
const BEAT = 100

/** The newest messages of the feed, each once, whichever lane was first. */
export function createMessages(): Messages {
  const list = signal<readonly Message[]>([])
  let next: Message[] = []
  let epoch: string | undefined
  let due = false

  function show(): void {
    if (due) return
    due = true
    setTimeout(() => {
      due = false
      list.value = next.slice()
    }, BEAT)
  }

  return {
    list,

    arrive({ seq, from, text }, lane) {
      const index = next.findLastIndex((message) => message.seq <= seq)
      const known = next[index]
      if (known?.seq === seq) {
        if (!lane || !known.lanes) return
        next[index] = { ...known, lanes: [...known.lanes, lane] }
      } else {
        // Older than all that is shown: a slow lane is catching up.
        if (index < 0 && next.length === KEPT) return
        next.splice(index + 1, 0, { seq, name: from.name, text, lanes: lane && [lane] })
        if (next.length > KEPT) next.shift()
      }
      show()
    },

    follow(cursor) {
      const { epoch: fresh } = parseCursor(cursor)
      if (epoch !== undefined && fresh !== epoch) {
        next = []
        show()
      }
      epoch = fresh
    },
  }
}
