import { performance } from 'node:perf_hooks'
import { now } from './clock.ts'

/** What follows a schedule, whatever else is late: an open loop. */
export interface Pace {
  /** Resolves when all has been acted upon. */
  done: Promise<void>
  /** Acts upon what has fallen due meanwhile: to be called in the midst of much other work, as often as one likes. */
  look(): void
  /** ms spent only waiting for a due instant that was very near: busy to the system, idle in truth. */
  readonly waited: number
  stop(): void
}

/** Timers of Node count whole milliseconds and may be one late: within this many ms of an instant we wait in turns. */
const NEAR_MS = 2
/** A turn of the event loop that is shorter than this has done nothing but turn. */
const EMPTY_TURN_MS = 0.02

/** Calls `act` for each due instant (ms since 1970, rising), as soon as it has come. */
export function pace(due: ArrayLike<number>, act: (index: number) => void): Pace {
  let next = 0
  let waited = 0
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let finish = () => {}
  const done = new Promise<void>((resolve) => {
    finish = resolve
  })

  function look() {
    while (!stopped && next < due.length && (due[next] as number) <= now()) act(next++)
  }

  function turn(before?: number) {
    if (stopped) return finish()
    const began = performance.now()
    if (before !== undefined && began - before < EMPTY_TURN_MS) waited += began - before
    look()
    if (next === due.length) return finish()
    const left = (due[next] as number) - now()
    if (left > NEAR_MS) timer = setTimeout(turn, left - NEAR_MS)
    else setImmediate(turn, performance.now())
  }

  turn()
  return {
    done,
    look,
    get waited() {
      return waited
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      finish()
    },
  }
}
