import type { TransportName } from '../../server/contract/transports.ts'
import { createSequenceChecker } from './sequence.ts'

/** What a lane tells those who watch it. Instants are of the page's clock. */
export interface LaneObserver {
  /** It lost its connection, and knows it. */
  lost(at: number): void
  /** It has a connection again and the server has said where it stands. */
  open(at: number): void
  /** A request that asks for entries was answered; it was made at `askedAt`. */
  answer(at: number, askedAt: number): void
  entry(seq: number, at: number): void
  gap(): void
}

/** How one lane came through what was done to it. */
export interface Recovery {
  transport: TransportName
  /** Whether it had a connection before. */
  wasOpen: boolean
  /** Whether the lane itself noticed. */
  lost: boolean
  /** From the disturbance to the first sign of life after it, ms; absent while there is none. */
  after: number | undefined
  /** Since the disturbance: entries, holes in seq that nobody announced, seqs that came again, announced gaps. */
  delivered: number
  missed: number
  duplicated: number
  gaps: number
}

export interface Disturbed {
  transport: TransportName
  /** The last seq it had delivered; absent if it has none. */
  lastSeq: number | undefined
  /** Whether it had a connection when it happened. */
  isOpen: boolean
  /** The page's clock just before the link was asked to do it. */
  at: number
  /** For so many ms nothing could pass: whatever arrived earlier than that had been on its way before. */
  blocked: number
  /** Whether the connection is left alone, so that nothing is lost and entries just go on. */
  keepsConnection: boolean
}

/**
 * Follows a lane from a disturbance on. It is back with the first of: it joined again, an entry, an answer to a poll.
 * What was already on its way does not count: so an entry counts only after the lane has lost its connection, and an
 * answer only to a poll that was made after the link had done it (`done`).
 */
export function followRecovery({ transport, lastSeq, isOpen, at, blocked, keepsConnection }: Disturbed) {
  const sequence = createSequenceChecker()
  if (lastSeq !== undefined) sequence.start(lastSeq)
  let doneAt = Number.POSITIVE_INFINITY
  let lost = !isOpen
  let after: number | undefined
  let gaps = 0

  function sign(seen: number): void {
    if (after === undefined && seen >= at + blocked) after = seen - at
  }

  const observer: LaneObserver = {
    lost() {
      lost = true
    },
    open(seen) {
      // Socket.IO says so again when it has changed its carrier.
      if (lost) sign(seen)
    },
    answer(seen, askedAt) {
      if (askedAt > doneAt || lost) sign(seen)
    },
    entry(seq, seen) {
      sequence.entry(seq)
      if (lost || (keepsConnection && seen > doneAt)) sign(seen)
    },
    gap() {
      gaps += 1
      sequence.gap()
    },
  }

  return {
    observer,
    /** The link says that it was done. */
    done(seen: number): void {
      doneAt = seen
    },
    get recovery(): Recovery {
      const { delivered, missed, duplicated } = sequence.counts
      return { transport, wasOpen: isOpen, lost, after, delivered, missed, duplicated, gaps }
    },
  }
}
