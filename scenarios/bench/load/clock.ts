import { performance } from 'node:perf_hooks'

const origin = performance.timeOrigin

/** ms since 1970 with fractions of a microsecond. One clock for what is due, sent and received: it never steps back. */
export const now = (): number => origin + performance.now()
