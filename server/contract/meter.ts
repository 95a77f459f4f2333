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

export const tallyFields = [
  'connections',
  'open',
  'requests',
  'preflights',
  'emptyResponses',
  'upgrades',
  'bytesIn',
  'bytesOut',
  'headBytesIn',
  'headBytesOut',
  'emptyBytesIn',
  'emptyBytesOut',
  'controlBytesIn',
  'controlBytesOut',
  'entriesIn',
  'entriesOut',
  'payloadBytesIn',
  'payloadBytesOut',
] as const satisfies readonly (keyof Tally)[]

export const emptyTally = (): Tally =>
  Object.fromEntries(tallyFields.map((field) => [field, 0])) as unknown as Tally
