import type { Heads } from './headers.ts'
import type { Address } from './socket.ts'

/** Where the load connects, as whom, and how it behaves there. */
export interface Target {
  address: Address
  room: string
  /** In the query of every request: by it the meter tells readers from publishers. */
  client: string
  heads: Heads
  /** Seconds between two short polls, and for which a long poll may be held. */
  interval: number
  wait: number
  /** 0 to 1: spreads polls over their interval, and readers that come back after a cut. */
  random(): number
}

/** What a reader tells. Bytes are good only during the call. */
export interface ReaderListener {
  /** Where the reader stands: what it asks for after a cut. Nothing until the server has said. */
  readonly cursor: string | undefined
  onJoined(cursor: string): void
  /** Entries lie between `start` and `end`, in whatever they were sent in. */
  onEntries(bytes: Buffer, start: number, end: number): void
  /** A page as a poll brings it; true when another waits. */
  onPage(bytes: Buffer, start: number, end: number): boolean
  onGap(cursor: string): void
  /** It has joined: what is published from now on is owed to it. */
  onOpen(): void
  /** It was cut and tries again, or was refused. */
  onCut(reason: string): void
}

/** What is known of drafts, by the number of their message. */
export interface PublisherListener {
  /** It has been handed to the socket: where a new connection is needed first, before that connects. */
  onWritten(index: number): void
  onReceipt(index: number, seq: number): void
  /** The server refused it, or it is not known whether it arrived. */
  onRefused(index: number, reason: string): void
  /** A publisher that does not read is ready, or was cut and tries again. */
  onOpen(): void
  onCut(reason: string): void
}

export interface Message {
  index: number
  /** The draft's own id, and the whole draft as JSON. */
  id: string
  draft: string
}

export interface Lane {
  publish(message: Message): void
  close(): void
}

/**
 * One way to carry the feed, as a client that costs as little as it can. With a reader it follows the room; it
 * publishes with or without one.
 */
export type LoadTransport = (target: Target, publisher: PublisherListener, reader?: ReaderListener) => Lane

/** What the server says in answer to a draft, on every wire. */
export interface Reply {
  id?: string
  seq?: number
  error?: { code: string; message: string; id?: string }
}

export const reasonOf = ({ error }: Reply) => (error ? `${error.code}: ${error.message}` : 'no receipt')

const FIRST_DELAY = 250
const LONGEST_DELAY = 5_000

/** After a restart that was announced (close code 1012): anywhere in so many ms, as the product's clients do. */
export const SPREAD = 5_000

/**
 * Calls `attempt` again after a random part of a time that doubles ("full jitter", AWS Architecture Blog 2015), as
 * the product's clients do; `again` says that it was cut, `open` that it had got through.
 */
export function keepTrying({ random }: Target, attempt: () => void) {
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  return {
    open() {
      failures = 0
    },
    /** `wait` is what the server asked for, in ms. */
    again(wait?: number) {
      clearTimeout(timer)
      const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures++)
      timer = setTimeout(attempt, wait ?? random() * longest)
    },
    end: () => clearTimeout(timer),
  }
}
