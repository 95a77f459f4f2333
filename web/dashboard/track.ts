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
  /** Which way it crossed, if it did. */
  direction?: Arrow['direction']
}

/** What is drawn and listed of a lane's traffic. */
export interface Track {
  exchanges: readonly Exchange[]
  pipes: readonly Pipe[]
  arrows: readonly Arrow[]
  arrivals: readonly Arrival[]
  /** When the network was disturbed. */
  marks: readonly number[]
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
  const marks: number[] = []
  const lines: Line[] = []

  const write = (at: number, event: string, detail = '', direction?: Arrow['direction']) => {
    lines.push({ at, event, detail, direction })
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
        write(at, '→ request', method, 'out')
        break
      }
      case 'response':
        finish(crossing.exchange, at, false)
        write(at, '← response', crossing.status ? String(crossing.status) : '', 'in')
        break
      case 'failed':
        finish(crossing.exchange, at, true)
        write(at, '✕ no response')
        break
      case 'open':
        pipes.push({ id: crossing.pipe, carrier: crossing.carrier, start: at })
        write(at, '═ open', crossing.carrier, 'in')
        break
      case 'close': {
        const pipe = pipes.findLast(({ id }) => id === crossing.pipe)
        if (pipe) pipe.end = at
        write(at, '✕ closed', pipe?.carrier)
        break
      }
      case 'upgrade-failed':
        write(at, '✕ upgrade', 'refused or lost: it stays on polling')
        break
      case 'in':
      case 'out':
        arrows.push({ at, direction: crossing.kind })
        write(at, crossing.kind === 'in' ? '← message' : '→ message', crossing.text, crossing.kind)
    }
  }

  return {
    exchanges,
    pipes,
    arrows,
    arrivals,
    marks,
    lines,

    cross,

    /** Something that did not cross, for the list alone. */
    note: (event: string, detail = '') => write(now(), event, detail),

    /** The network was disturbed at this instant. */
    mark: (at: number) => void marks.push(at),

    /** An entry was handed to the reader. If it came with an answer, that is the newest one: one is asked at a time. */
    deliver(seq: number, at: number, sentAt?: number): void {
      arrivals.push({ at, sentAt })
      const exchange = exchanges.findLast(({ publishes }) => !publishes)
      if (exchange) exchange.brought += 1
      write(
        at,
        `● entry ${seq}`,
        sentAt === undefined ? '' : `${(at - sentAt).toFixed(1)} ms after it was due`,
        'in',
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
      drop(marks, (at) => at < oldest)
    },
  }
}

/** Drops the oldest that may go, and whatever is more than can be told apart. */
function drop<T>(list: T[], gone: (item: T) => boolean): void {
  let keepFrom = Math.max(0, list.length - MAX_MARKS)
  for (let next = list[keepFrom]; next !== undefined && gone(next); next = list[keepFrom]) keepFrom += 1
  if (keepFrom > 0) list.splice(0, keepFrom)
}

/** What crossed nearest to an instant, and which way; nothing where that is further off than `within` ms. */
export function nearestCrossing(
  { exchanges, pipes, arrows, arrivals }: Pick<Track, 'exchanges' | 'pipes' | 'arrows' | 'arrivals'>,
  instant: number,
  within: number,
): Arrow | undefined {
  const crossed: Arrow[] = [
    ...arrows,
    ...exchanges.flatMap(({ start, end, failed }): Arrow[] => [
      { at: start, direction: 'out' },
      ...(end === undefined || failed ? [] : [{ at: end, direction: 'in' } as const]),
    ]),
    ...pipes.map(({ start }) => ({ at: start, direction: 'in' }) as const),
    ...arrivals.map(({ at }) => ({ at, direction: 'in' }) as const),
  ]
  let best: Arrow | undefined
  for (const each of crossed) {
    const distance = Math.abs(each.at - instant)
    if (distance <= within && (!best || distance < Math.abs(best.at - instant))) best = each
  }
  return best
}
