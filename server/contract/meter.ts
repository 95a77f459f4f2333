import type { TransportName } from './transports.ts'

/** What one transport has cost so far. Bytes are those of the TCP socket, heads and framing included. */
export interface Tally {
  /** TCP connections whose first request named this transport. */
  connections: number
  /** Those of them that are open now. */
  open: number
  /** HTTP requests, upgrades included, preflights not. */
  requests: number
  /** CORS preflights: their number apart, their bytes in the transport's. */
  preflights: number
  /** Polls that were answered with nothing new. */
  emptyResponses: number
  /** Connections that left HTTP with a 101. */
  upgrades: number
  bytesIn: number
  bytesOut: number
  /** HTTP heads, handshakes included: what a message's bytes are without its body. */
  headBytesIn: number
  headBytesOut: number
  /** All bytes of polls that brought nothing: a cross-cut of the above, not a part of its own. */
  emptyBytesIn: number
  emptyBytesOut: number
  /** Messages about the feed: receipts, joins, pings, heartbeats, the envelope of a page. */
  controlBytesIn: number
  controlBytesOut: number
  /** Drafts received and entries sent, as often as each was carried. */
  entriesIn: number
  entriesOut: number
  /** UTF-8 bytes of JSON.stringify of each draft as received and each entry as sent. */
  payloadBytesIn: number
  payloadBytesOut: number
}

/** Everything the meter knows; `other` is what no transport's URL named: pages, /meter, /echo. */
export type Tallies = Record<TransportName | 'other', Tally>

/** A tally of nothing. Written out, so that all tallies have one shape and counting stays cheap. */
export const emptyTally = (): Tally => ({
  connections: 0,
  open: 0,
  requests: 0,
  preflights: 0,
  emptyResponses: 0,
  upgrades: 0,
  bytesIn: 0,
  bytesOut: 0,
  headBytesIn: 0,
  headBytesOut: 0,
  emptyBytesIn: 0,
  emptyBytesOut: 0,
  controlBytesIn: 0,
  controlBytesOut: 0,
  entriesIn: 0,
  entriesOut: 0,
  payloadBytesIn: 0,
  payloadBytesOut: 0,
})

/** Every field of a tally, in the order of every table. */
export const tallyFields = Object.keys(emptyTally()) as (keyof Tally)[]
