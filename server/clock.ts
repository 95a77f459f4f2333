import { performance } from 'node:perf_hooks'

/**
 * The server's clock: ms since 1970 with fractions. It runs on the monotonic clock, so that two readings are never
 * out of order, and is set anew when the wall clock has moved away from it (set by hand, laptop woken).
 */
// Not Date.now(), which is up to a millisecond behind: on one machine a client's clock begins where this one does.
let offset = performance.timeOrigin

export function now(): number {
  const elapsed = performance.now()
  const wall = Date.now()
  // Date.now() is whole milliseconds and NTP slews by less than that between two calls; more is a jump.
  if (Math.abs(wall - (offset + elapsed)) > 50) offset = wall - elapsed
  return Math.round((offset + elapsed) * 1000) / 1000
}
