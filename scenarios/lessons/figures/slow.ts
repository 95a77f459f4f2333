import type { Measure, Reading } from '../figures.ts'

/**
 * `slow`: two readers of one room, one of whom stops reading. It is an event stream that the page asks for with fetch and
 * then leaves alone, so that its bytes really pile up: in the browser, in the kernels, and then in the server. The other
 * reads over a WebSocket. Messages of 16 kB are published until the server has cut the slow one, or so much was published.
 */
export interface SlowParameters {
  /** MB (10⁶ bytes) of text that are published at most. */
  megabytes: number
  /** Has the first one read after all. */
  reads?: true
  /** Has the slow reader served by a broken server of `server/lessons/broken/`. */
  broken?: 'endless-queue'
}

export interface SlowOutcome {
  published: number
  /** Of text: 16,000 a message. */
  publishedBytes: number
  /** Bytes of text that the server had handed to the slow reader's stream when it cut it; absent if it did not. */
  cutAfter: number | undefined
  /** The most that the broken server said it held in memory for the slow reader; absent for the product. */
  queued: number | undefined
  /** What the slow reader found when it read at last: entries until its stream ended. */
  found: number
  /** What it was given when it came back with its cursor. */
  resumed: number
  /** Entries that it never got, and that it got twice. */
  missed: number
  duplicated: number
  /** The other reader. */
  other: { delivered: number; reconnects: number; delays: readonly number[] }
  seconds: number
}

const measured = (
  label: string,
  read: (outcome: SlowOutcome) => Omit<Reading, 'origin'> | undefined,
): Measure<SlowOutcome> => ({
  label,
  read(outcome) {
    const reading = read(outcome)
    return reading && { ...reading, origin: 'measured' }
  },
})

const count = (value: number): Omit<Reading, 'origin'> => ({ value, unit: '' })

export const published = measured('messages published', ({ published }) => count(published))
export const publishedBytes = measured('text published', ({ publishedBytes }) => ({
  value: publishedBytes,
  unit: 'B',
}))
export const cutAfter = measured('published until the server cut the slow reader', ({ cutAfter }) =>
  cutAfter === undefined ? undefined : { value: cutAfter, unit: 'B' },
)
export const found = measured('slow reader: messages found before the cut', ({ found }) => count(found))
export const resumed = measured('slow reader: messages after it came back', ({ resumed }) => count(resumed))
export const missed = measured('slow reader: missed', ({ missed }) => count(missed))
export const duplicated = measured('slow reader: got twice', ({ duplicated }) => count(duplicated))
export const others = measured('other reader: messages', ({ other }) => count(other.delivered))
export const otherReconnects = measured('other reader: reconnects', ({ other }) => count(other.reconnects))

/** 4,200,000 bytes as "4.2 MB". */
export const inMegabytes = (bytes: number): string =>
  `${(bytes / 1e6).toLocaleString('en-GB', { maximumFractionDigits: 1 })} MB`
