import type { Recovery } from './report.ts'

/**
 * Who was cut, and when it was back. A reader is back with the first thing that it gets on a new connection: that it has
 * joined, an entry, a page. Until then every failed try belongs to the same outage.
 */
export interface Outages {
  reader(): { cut(): void; back(): void }
  /** From now on outages count. */
  begin(): void
  /** Something was broken from one instant to the other, both in ms since 1970. */
  happened(broken: Span): void
  read(): { reconnects: number; recovery?: Recovery }
}

export interface Span {
  from: number
  until: number
}

interface Outage {
  cutAt: number
  backAt?: number
}

/** Two processes' clocks may differ by so much, and a cut takes so long to be noticed, in ms. */
const SLACK = 250

/** `now` tells ms since 1970. */
export function createOutages(now: () => number): Outages {
  const outages: Outage[] = []
  const broken: Span[] = []
  let counting = false

  /** When the way was whole again, as far as the reader is concerned. */
  function mended({ cutAt }: Outage): number {
    const why = broken.find(({ from, until }) => from - SLACK <= cutAt && cutAt <= until + SLACK)
    return Math.max(cutAt, why?.until ?? 0)
  }

  return {
    reader() {
      let current: Outage | undefined
      return {
        cut() {
          if (current) return
          current = { cutAt: now() }
          if (counting) outages.push(current)
        },
        back() {
          if (!current) return
          current.backAt = now()
          current = undefined
        },
      }
    },
    begin() {
      counting = true
    },
    happened: (span) => void broken.push(span),
    read() {
      if (outages.length === 0) return { reconnects: 0 }
      const times = outages
        // A reader that found a way before the fault was over has waited for nothing.
        .flatMap((one) => (one.backAt === undefined ? [] : Math.max(0, one.backAt - mended(one))))
        .sort((one, other) => one - other)
      const middle = (times[(times.length - 1) >> 1] ?? 0) / 2 + (times[times.length >> 1] ?? 0) / 2
      return {
        reconnects: times.length,
        recovery: {
          cuts: outages.length,
          n: times.length,
          ...(times.length > 0 && { p50: middle, max: times.at(-1) as number }),
        },
      }
    },
  }
}
