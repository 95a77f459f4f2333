import type { Cursor } from '../contract/cursor.ts'
import type { Draft, Entry, History, Receipt } from '../contract/wire.ts'

/** The ordered entries of every room: in memory, or in a file; later in a cluster, behind the same verbs. */
export interface Log {
  /**
   * Appends a draft as the room's next entry, or finds the entry it already is: the same id by the same author.
   * Throws `id-taken` when that id already stands for something else. Without an author nothing is a repeat.
   * Resolves when the entry is as safe as its receipt says; throws `log-unavailable` when it cannot be made so.
   */
  append(room: string, draft: Draft, author: string | undefined, stamp?: Stamp): Promise<Appended>
  /**
   * At most `limit` entries after the cursor; without one, those after the latest 50 began. Throws `log-unavailable`
   * when what is kept cannot be read.
   */
  after(room: string, cursor: Cursor | undefined, limit: number): Promise<Slice>
  /**
   * At most `limit` entries before the one with this seq, the latest of them; without it, those before the next one.
   * Throws `log-unavailable` like `after`.
   */
  before(room: string, seq: number | undefined, limit: number): Promise<History>
  /** The rooms that have had an entry and are not forgotten, in the order of their latest, the last one first. */
  rooms(): string[]
  /** The seq of a room's latest entry; of a room that has none, where its first would come after. */
  head(room: string): number
  /** What is kept beside the entries, as safe as they are. */
  records: Records
  /** Calls back with every entry of every room as it is appended, in order, and no sooner than it is safe. */
  follow(onEntry: OnEntry): Stop
  /** Resolves when all that was appended is safe and the log is let go of. */
  close(): void | Promise<void>
}

/** Small things that are kept for others, each under a name: who is a member of what. */
export interface Records {
  /** All of them, as they were put. */
  all(): Promise<[name: string, value: unknown][]>
  /** Resolves when it is safe. Throws `log-unavailable`, and has then changed nothing. */
  put(name: string, value: object): Promise<void>
  delete(name: string): Promise<void>
}

/** What an entry says because the server knows it, and not because its draft does. */
export type Stamp = Partial<Pick<Entry, 'from' | 'kind'>>

export interface Appended {
  receipt: Receipt
  /** True when the draft had been appended before, and this is its first receipt. */
  repeat: boolean
}

export interface Slice {
  /** Where this slice begins: the cursor just before its first entry. */
  start: Cursor
  /** Where a reader stands after it. */
  cursor: Cursor
  /** True when what followed the asked cursor is not kept; `start` is then the oldest place that is. */
  gap: boolean
  more: boolean
  entries: Entry[]
}

/** Receives an entry and the cursor of a reader who has it. */
export type OnEntry = (entry: Entry, cursor: Cursor) => void

export type Stop = () => void
