import { WebSocket } from 'ws'
import type { TransportName } from '../../server/contract/transports.ts'
import type { Draft, Entry, Presence, Receipt } from '../../server/contract/wire.ts'
import { type Connection, PublishError, type Status, type Target } from '../../web/transports/connection.ts'
import { transports } from '../../web/transports/index.ts'
import { until } from './until.ts'

/** One thing a reader was told, and where it stood after it. */
export interface Heard {
  what: 'entry' | 'gap'
  cursor: string | undefined
  id?: string
}

/** A reader that keeps what it was told. */
export interface TestReader extends Connection {
  /** Entries and gaps as they came, one after the other. */
  readonly heard: Heard[]
  readonly entries: Entry[]
  readonly gaps: string[]
  readonly statuses: Status[]
  /** What it was told of who is here; nothing unless `asksPresence`. */
  readonly presences: Presence[]
  /** The seqs as they came. */
  readonly seqs: number[]
  open(): Promise<void>
  says: Required<Pick<Connection, 'typing' | 'away'>>
  has(count: number): Promise<void>
}

/** One of the five product clients on the real wire, with polls quick enough for a test. */
export function connectReader(
  name: TransportName,
  target: Partial<Target> & { url: string; asksPresence?: boolean },
): TestReader {
  const heard: Heard[] = []
  const entries: Entry[] = []
  const gaps: string[] = []
  const statuses: Status[] = []
  const presences: Presence[] = []
  const connection = transports[name](
    {
      room: 'lobby',
      interval: 0.02,
      wait: 5,
      WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
      ...target,
    },
    {
      onEntry(entry) {
        heard.push({ what: 'entry', cursor: connection.cursor, id: entry.id })
        entries.push(entry)
      },
      onGap(cursor) {
        heard.push({ what: 'gap', cursor })
        gaps.push(cursor)
      },
      onStatus: (status) => statuses.push(status),
      ...(target.asksPresence && { onPresence: (presence: Presence) => void presences.push(presence) }),
    },
  )
  return {
    heard,
    entries,
    gaps,
    statuses,
    presences,
    says: {
      typing: () => connection.typing?.(),
      away: (isAway) => connection.away?.(isAway),
    },
    publish: connection.publish,
    close: connection.close,
    get cursor() {
      return connection.cursor
    },
    get seqs() {
      return entries.map(({ seq }) => seq)
    },
    open: () => until(`${name} is open`, () => statuses.at(-1)?.state === 'open'),
    has: (count) => until(`${name} has ${count} entries`, () => entries.length >= count),
  }
}

/** Publishes a draft until there is a receipt, as an author does who was given none. `onTry` hears of each try. */
export async function insist(author: TestReader, draft: Draft, onTry = () => {}): Promise<Receipt> {
  for (;;) {
    await author.open()
    onTry()
    try {
      return await author.publish(draft)
    } catch (error) {
      if (!(error instanceof PublishError) || error.code !== 'network') throw error
    }
  }
}
