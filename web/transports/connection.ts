import type { io } from 'socket.io-client'
import { HEARTBEAT_MS } from '../../server/contract/transports.ts'
import type { Draft, Entry, Presence, Receipt } from '../../server/contract/wire.ts'

/** Where a client connects, as whom, and with what. The last three let a caller hand in, or wrap, the platform's own. */
export interface Target {
  /** The server's origin, like `http://localhost:3000`. */
  url: string
  room: string
  /** The cursor to go on from; `0` for everything that is kept; absent for the latest entries. */
  after?: string
  /** Names this lane, so that the meter can tell its bytes. */
  client?: string
  /** Who you are, as `POST /session` gave it; asked for anew at each connection and request. Without one: the cookie's, or a guest. */
  token?: string | (() => string | undefined | Promise<string | undefined>)
  /** Seconds between two short polls, 1 by default. Read before each poll, so it may change meanwhile. */
  interval?: number
  /** Seconds the server may hold a long poll, 25 by default. */
  wait?: number
  /** Seconds between two signs of life on a held connection, 15 by default, as the server has it. Silent for 2.5: dead. */
  heartbeat?: number
  fetch?: typeof fetch
  /** Node 20 has none of its own: hand in that of `ws`. */
  WebSocket?: typeof WebSocket
  io?: typeof io
}

/** What a connection tells its owner. Entries come in `seq` order, each exactly once, through reconnects. */
export interface Listener {
  onEntry(entry: Entry): void
  /** Entries were lost to this reader: forget earlier seqs; what is still kept follows. */
  onGap(cursor: string): void
  onStatus(status: Status): void
  /** Who is in the room and who is typing, whenever that has changed. Asked for where somebody listens. */
  onPresence?(presence: Presence): void
}

/** Expected network failure is a status, not an exception. */
export type Status =
  | { state: 'connecting' }
  /** `via` names the carrier where a transport has more than one: Socket.IO's `polling` or `websocket`. */
  | { state: 'open'; via?: string }
  /** The next attempt comes in `inMs` milliseconds; Socket.IO's own client does not tell. `code` as below. */
  | { state: 'reconnecting'; inMs?: number; reason: string; code?: string }
  /**
   * Ended: by `close()`, or because the server refused for good. The `code` is the server's, and tells a page what to
   * show: `expired` (start a session), `unauthorized` (the same), `removed`, `not-found` (or not for you).
   */
  | { state: 'closed'; reason?: string; code?: string }

export interface Connection {
  /** Resolves once the entry is in the log. Rejects with a `PublishError`; repeat with the same `id` to be safe. */
  publish(draft: Draft): Promise<Receipt>
  /** Tells the others that you are typing, for 5 s: call it at keystrokes, and it is said every 3 s. */
  typing?(): void
  /** Whether nobody looks (`document.hidden`): the others see you as away. Said again after a reconnect. */
  away?(isAway: boolean): void
  /** Where the reader stands: hand it to the next connection as `after`. Absent until the server has said. */
  readonly cursor: string | undefined
  close(): void
}

/** One way to carry the feed. Runs unchanged in a browser and in Node. */
export type ClientTransport = (target: Target, listener: Listener) => Connection

/** Why a draft did not become an entry: the server's code, or `network` when it is not known whether it did. */
export class PublishError extends Error {
  readonly code: string
  /** How long to wait before the next try, in ms, where the server asked for that (`too-many`, `overloaded`). */
  readonly waitMs: number | undefined

  constructor(code: string, message: string, waitMs?: number) {
    super(message)
    this.name = 'PublishError'
    this.code = code
    this.waitMs = waitMs
  }
}

/** How long a receipt may take, in ms: on a network that swallows everything none would ever come. */
export const RECEIPT_TIMEOUT = 10_000

/** Between two times that typing is said, in ms: it is shown for 5 s. */
export const TYPING_EVERY = 3_000

/** The token to show now, where there is one. */
export const tokenOf = async ({ token }: Target): Promise<string | undefined> =>
  typeof token === 'function' ? token() : token

/** A header that says who you are. */
export async function authorization(target: Target): Promise<Record<string, string>> {
  const token = await tokenOf(target)
  return token === undefined ? {} : { Authorization: `Bearer ${token}` }
}

/** Codes of what may be over the next time. */
const passing = new Set(['internal', 'log-unavailable', 'overloaded', 'too-many'])

/** Whether to come back after a refusal; with a session that has run out, if another token may be had. */
export const maySucceed = (code: string, { token }: Pick<Target, 'token'>) =>
  passing.has(code) || (code === 'expired' && typeof token !== 'string')

/** After how long without a byte nobody is there, in ms. */
export const silenceOf = (target: Target) => 2.5 * beatOf(target)

/** Between two signs of life, in ms. */
export const beatOf = ({ heartbeat = HEARTBEAT_MS / 1000 }: Target) => heartbeat * 1000

/**
 * Of what a server asks to wait, the ms that this client waits: a part of a second more. Those who are refused in the
 * same second would else be back in the same instant.
 */
export const waitOf = (seconds: number) => (seconds + Math.random()) * 1000

/** The URL of a path on the target's server, with the lane's name in the query. */
export function urlOf(
  { url, client }: Target,
  path: string,
  query: Record<string, string | undefined> = {},
): URL {
  const address = new URL(path, url)
  for (const [name, value] of Object.entries({ ...query, client })) {
    if (value !== undefined) address.searchParams.set(name, value)
  }
  return address
}
