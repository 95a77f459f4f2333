import { now } from '../ui/clock.ts'
import type { Crossing } from './traffic.ts'

/** An HTTP request and its answer. */
export interface Exchange {
  id: number
  /** A POST carries something to the server; anything else asks for something. */
  publishes: boolean
  start: number
  /** Absent while it is pending. */
  end?: number
  failed: boolean
  /** How many entries came with the answer. */
  brought: number
}

/** A connection over which the server can send by itself. */
export interface Pipe {
  id: number
  carrier: string
  start: number
  end?: number
}

export interface Arrow {
  at: number
  direction: 'in' | 'out'
}

/** An entry's arrival, with the instant it was due to be sent if that was by this page's clock. */
export interface Arrival {
  at: number
  sentAt?: number
}

export interface Line {
  at: number
  event: string
  detail: string
}

/** What is drawn and listed of a lane's traffic. */
export interface Track {
  exchanges: readonly Exchange[]
  pipes: readonly Pipe[]
  arrows: readonly Arrow[]
  arrivals: readonly Arrival[]
  /** The latest events in words, newest last. */
  lines: readonly Line[]
}

/** The timelines show this many ms. */
export const SPAN = 15_000
const MAX_LINES = 20
/** More marks than this in 15 s are a solid band anyway. */
const MAX_MARKS = 4_000

/** Keeps what crossed during the last 15 s. */
export function createTrack() {
  const exchanges: Exchange[] = []
  const pipes: Pipe[] = []
  const arrows: Arrow[] = []
  const arrivals: Arrival[] = []
  const lines: Line[] = []

  const write = (at: number, event: string, detail = '') => {
    lines.push({ at, event, detail })
    if (lines.length > MAX_LINES) lines.shift()
  }

  const finish = (id: number, at: number, failed: boolean) => {
    const exchange = exchanges.findLast((each) => each.id === id)
    if (!exchange) return
    exchange.end = at
    exchange.failed = failed
  }

  function cross(crossing: Crossing): void {
    const { at } = crossing
    switch (crossing.kind) {
      case 'request': {
        const { exchange: id, method } = crossing
        exchanges.push({ id, publishes: method === 'POST', start: at, failed: false, brought: 0 })
        write(at, '→ request', method)
        break
      }
      case 'response':
        finish(crossing.exchange, at, false)
        write(at, '← response', crossing.status ? String(crossing.status) : '')
        break
      case 'failed':
        finish(crossing.exchange, at, true)
        write(at, '✕ no response')
        break
      case 'open':
        pipes.push({ id: crossing.pipe, carrier: crossing.carrier, start: at })
        write(at, '═ open', crossing.carrier)
        break
      case 'close': {
        const pipe = pipes.findLast(({ id }) => id === crossing.pipe)
        if (pipe) pipe.end = at
        write(at, '✕ closed', pipe?.carrier)
        break
      }
      case 'in':
      case 'out':
        arrows.push({ at, direction: crossing.kind })
        write(at, crossing.kind === 'in' ? '← message' : '→ message', crossing.text)
    }
  }

  return {
    exchanges,
    pipes,
    arrows,
    arrivals,
    lines,

    cross,

    /** An entry was handed to the reader. If it came with an answer, that is the newest one: one is asked at a time. */
    deliver(seq: number, at: number, sentAt?: number): void {
      arrivals.push({ at, sentAt })
      const exchange = exchanges.findLast(({ publishes }) => !publishes)
      if (exchange) exchange.brought += 1
      write(
        at,
        `● entry ${seq}`,
        sentAt === undefined ? '' : `${(at - sentAt).toFixed(1)} ms after it was due`,
      )
    },

    /** Forgets what has left the window. */
    trim(): void {
      const oldest = now() - SPAN
      const gone = ({ start, end }: Exchange | Pipe) => end !== undefined && end < oldest && start < oldest
      drop(exchanges, gone)
      drop(pipes, gone)
      drop(arrows, ({ at }) => at < oldest)
      drop(arrivals, ({ at }) => at < oldest)
    },
  }
}

/** Drops the oldest that may go, and whatever is more than can be told apart. */
function drop<T>(list: T[], gone: (item: T) => boolean): void {
  let keepFrom = Math.max(0, list.length - MAX_MARKS)
  for (let next = list[keepFrom]; next !== undefined && gone(next); next = list[keepFrom]) keepFrom += 1
  if (keepFrom > 0) list.splice(0, keepFrom)
}
