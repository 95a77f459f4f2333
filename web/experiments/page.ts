import type { Run } from '../../scenarios/report.ts'
import { now } from '../ui/clock.ts'
import { distributionOf } from './distribution.ts'

/** What the page itself does to a measurement, watched while it is made. */

/** How late this page's timers are: a page that is busy is late with everything. Asked every 20 ms. */
export function watchEventLoop() {
  const EVERY = 20
  let delays: number[] = []
  let asked = now()
  let timer = setTimeout(tick, EVERY)
  function tick() {
    delays.push(Math.max(0, now() - asked - EVERY))
    asked = now()
    timer = setTimeout(tick, EVERY)
  }
  return {
    reset() {
      delays = []
    },
    /** Below a hundred timers the 99th percentile is the slowest. */
    delays(): Run['generator'] {
      const { p99, max = 0 } = distributionOf(delays)
      return { eventLoopDelayP99: p99 ?? max, eventLoopDelayMax: max }
    },
    stop: () => clearTimeout(timer),
  }
}

/** Whether the tab was out of sight at any time: browsers slow the timers of hidden tabs. */
export function watchSight() {
  let hidden = document.hidden
  const look = () => {
    hidden ||= document.hidden
  }
  document.addEventListener('visibilitychange', look)
  return {
    get hidden() {
      return hidden
    },
    stop: () => document.removeEventListener('visibilitychange', look),
  }
}
