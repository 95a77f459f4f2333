import type { Capture } from '../../../server/contract/link.ts'
import type { Measure } from '../figures.ts'

/**
 * `socket-io`: a real client of Socket.IO, or a plain WebSocket that tries to do without one, on a link that records. It
 * joins a room in which one entry is waiting, and once the connection has settled it publishes another.
 */
export interface SocketIoParameters {
  client: 'socket.io' | 'plain WebSocket'
  /** What the client may begin with and go on to; the library's own choice without it: polling, then WebSocket. */
  transports?: readonly ('polling' | 'websocket')[]
  /** Something on the way answers every upgrade with 403. */
  refuseUpgrade?: boolean
  /** Where the client adds its listener for entries: `once`, without it, or in every `connect` event. */
  listener?: 'once' | 'at every connect'
  /** How often the link cuts the connection before anything is published. */
  cuts?: number
}

/** One thing that crossed the link. */
export interface Crossing {
  /** ms since the first. */
  at: number
  from: 'client' | 'server'
  over: 'HTTP' | 'WebSocket'
  /** "POST", "GET", "GET, to upgrade", "200", "101", "403", or the kind of a frame. */
  how: string
  /** The Engine.IO packets that it carries, as they are written: "2probe", "40/chat,". */
  packets: readonly string[]
}

export interface SocketIoOutcome {
  crossings: readonly Crossing[]
  published: number
  /** How often the client's code was handed each published entry, in the order of their seqs. */
  heard: readonly number[]
  /** On what the client ended. */
  carriedBy: 'polling' | 'websocket' | undefined
  /** How often it connected. */
  connects: number
  /** With what code the connection of the plain client was ended by the server. */
  closedWith: number | undefined
  /** All of it, for the inspector. */
  capture: Capture
}

const isRequest = ({ from, over }: Crossing): boolean => from === 'client' && over === 'HTTP'

/** The place of the first thing from this end that carries a packet which begins so. */
export function placeOf({ crossings }: SocketIoOutcome, from: Crossing['from'], beginning: string): number {
  return crossings.findIndex(
    (crossing) => crossing.from === from && crossing.packets.some((packet) => packet.startsWith(beginning)),
  )
}

/** HTTP requests up to the first entry, upgrades included. */
export function requestsBefore(outcome: SocketIoOutcome): number | undefined {
  const place = placeOf(outcome, 'server', '42/chat,["entry"')
  return place < 0 ? undefined : outcome.crossings.slice(0, place).filter(isRequest).length
}

const counted = (
  label: string,
  of: (outcome: SocketIoOutcome) => number | undefined,
): Measure<SocketIoOutcome> => ({
  label,
  read(outcome) {
    const value = of(outcome)
    return value === undefined ? undefined : { value, unit: '', origin: 'measured' }
  },
})

export const requestsBeforeEntry = counted('HTTP requests before the first entry', requestsBefore)
export const requests = counted('HTTP requests in all', ({ crossings }) => crossings.filter(isRequest).length)
export const packets = counted('Engine.IO packets, both ways', ({ crossings }) =>
  crossings.reduce((sum, { packets }) => sum + packets.length, 0),
)
export const packetsByPolling = counted('packets carried by polling', ({ crossings }) =>
  crossings.reduce((sum, { over, packets }) => sum + (over === 'HTTP' ? packets.length : 0), 0),
)
export const entriesHeard = counted(
  'entries that reached the page',
  ({ heard }) => heard.filter((times) => times > 0).length,
)
