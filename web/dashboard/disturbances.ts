import { type ReadonlySignal, signal } from '@preact/signals'
import { Trouble } from '../network/ask.ts'
import { titleOf } from '../network/conditions.ts'
import { cut, dropResponse, stall } from '../network/links.ts'
import { followRecovery, type Recovery } from '../network/recovery.ts'
import { now } from '../ui/clock.ts'
import { looks } from '../ui/lanes.ts'
import type { Lane } from './lane.ts'
import { SCISSORS } from './view.ts'

/** What can be done to the connections of lanes. */
export type Fault =
  /** Ended on both sides; for `seconds` new ones are refused. */
  | { kind: 'cut'; how: 'fin' | 'rst'; seconds: number }
  /** Nothing passes for so many ms. */
  | { kind: 'stall'; ms: number }
  /** The next answer is swallowed and its connection reset. */
  | { kind: 'drop' }
  /** The server ends in good order and starts again. */
  | { kind: 'restart' }

/** A fault, the lanes that met it and how they came through. */
export interface Disturbance {
  id: number
  title: string
  /** ms since 1970, the page's clock, just before the link was asked. */
  at: number
  network: string
  /** How many TCP connections it met, as the link says; absent while it has not, or where none is counted. */
  connections?: number
  /** The lanes had no link and were moved to one before. */
  movedFirst: boolean
  /** What more there is to say of it, in a few words. */
  note?: string
  /** Whether its counts still go on: until the next disturbance. */
  live: boolean
  recoveries: readonly Recovery[]
}

export interface Disturbances {
  readonly list: ReadonlySignal<readonly Disturbance[]>
  /**
   * Follows these lanes while `act` does it to each of them, and tells how many connections it met where that is known.
   * Rejects with a `Trouble`.
   */
  cause(
    fault: Fault,
    lanes: readonly Lane[],
    act: (lane: Lane) => Promise<number | undefined>,
    about: Pick<Disturbance, 'network' | 'movedFirst' | 'note'>,
  ): Promise<void>
  /** Brings the counts up to date. */
  refresh(): void
  /** Forgets them all. */
  reset(): void
}

/** Shown and exported: the latest of them. */
const KEPT = 20

export function createDisturbances(): Disturbances {
  const list = signal<readonly Disturbance[]>([])
  let follows: { lane: Lane; follow: ReturnType<typeof followRecovery>; stop(): void; told: boolean }[] = []
  let ids = 0

  function replace(change: Partial<Disturbance>): void {
    const [latest, ...others] = list.peek()
    if (latest) list.value = [{ ...latest, ...change }, ...others]
  }

  function refresh(): void {
    if (follows.length === 0) return
    replace({ recoveries: follows.map(({ follow }) => follow.recovery) })
    for (const each of follows) {
      const { after } = each.follow.recovery
      if (after === undefined || each.told) continue
      each.told = true
      each.lane.track.note('✓ back', `${seconds(after)} after it was disturbed`)
    }
  }

  /** What is counted now stays as it is. */
  function settle(): void {
    refresh()
    for (const { stop } of follows) stop()
    follows = []
    replace({ live: false })
  }

  return {
    list,
    refresh,

    async cause(fault, lanes, act, about) {
      settle()
      const at = now()
      const blocked = fault.kind === 'cut' ? fault.seconds * 1_000 : fault.kind === 'stall' ? fault.ms : 0
      follows = lanes.map((lane) => {
        const follow = followRecovery({
          transport: lane.name,
          lastSeq: lane.lastSeq,
          isOpen: lane.status.peek().state === 'open',
          at,
          blocked,
          keepsConnection: fault.kind === 'stall' || fault.kind === 'drop',
        })
        return { lane, follow, stop: lane.watch(follow.observer), told: false }
      })
      const mine = ++ids
      const title = titleOfFault(fault, lanes)
      const begun: Disturbance = {
        id: mine,
        title,
        at,
        ...about,
        network: titleOf(about.network),
        live: true,
        recoveries: follows.map(({ follow }) => follow.recovery),
      }
      list.value = [begun, ...list.peek()].slice(0, KEPT)
      try {
        const followed = follows
        const met = await Promise.all(
          followed.map(async ({ lane, follow }) => {
            const connections = await act(lane)
            follow.done(now())
            lane.track.mark(at)
            lane.track.note(`${SCISSORS} ${fault.kind}`, detailOf(fault))
            return connections
          }),
        )
        if (ids !== mine || met.every((n) => n === undefined)) return
        replace({ connections: met.reduce<number>((sum, n) => sum + (n ?? 0), 0) })
      } catch (error) {
        if (ids === mine) {
          settle()
          list.value = list.peek().filter(({ id }) => id !== mine)
        }
        throw error instanceof Trouble ? error : new Trouble('unknown', String(error))
      }
    },

    reset() {
      settle()
      list.value = []
    },
  }
}

/** What a link can do to a lane. */
export type LinkFault = Exclude<Fault, { kind: 'restart' }>

export const overLink =
  (fault: LinkFault, port: number) =>
  ({ client }: Lane): Promise<number | undefined> => {
    switch (fault.kind) {
      case 'cut':
        return cut(port, client, fault.how, fault.seconds * 1_000)
      case 'stall':
        return stall(port, client, fault.ms)
      case 'drop':
        return dropResponse(port, client).then(() => undefined)
    }
  }

function titleOfFault(fault: Fault, lanes: readonly Lane[]): string {
  const [only] = lanes
  const whom = lanes.length === 1 && only ? looks[only.name].label : 'All lanes'
  switch (fault.kind) {
    case 'cut':
      return `${whom}: cut by ${detailOf(fault)}`
    case 'stall':
      return `${whom}: stalled for ${fault.ms / 1_000} s`
    case 'drop':
      return `${whom}: one response dropped`
    case 'restart':
      return 'The server was restarted'
  }
}

function detailOf(fault: Fault): string {
  switch (fault.kind) {
    case 'cut':
      return `${fault.how.toUpperCase()}${fault.seconds > 0 ? `, new connections refused for ${fault.seconds} s` : ''}`
    case 'stall':
      return `nothing passes for ${fault.ms / 1_000} s`
    case 'drop':
      return 'the next response is swallowed, and its connection reset'
    case 'restart':
      return 'the server ended in good order, and started again'
  }
}

/** A time of recovery as people read it. */
export const seconds = (ms: number): string =>
  ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(2)} s`
