import type { Distribution } from '../../scenarios/report.ts'

/** Below these many times a percentile is just the slowest, which says little. */
const P99_FROM = 100
const P999_FROM = 1_000

/**
 * The distribution of some times, exact: a page records few enough to keep them all. Percentiles are by nearest rank,
 * the smallest time that at least that share of all did not exceed.
 */
export function distributionOf(times: readonly number[]): Distribution {
  const n = times.length
  if (n === 0) return { n, curve: [] }
  const sorted = Float64Array.from(times).sort()
  const at = (share: number) => round(sorted[Math.max(0, Math.ceil(share * n) - 1)] as number)
  return {
    n,
    min: at(0),
    mean: round(times.reduce((sum, ms) => sum + ms, 0) / n),
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    ...(n >= P99_FROM && { p99: at(0.99) }),
    ...(n >= P999_FROM && { p999: at(0.999) }),
    max: at(1),
    curve: quantiles(n).map((share) => [share, at(share)]),
  }
}

/** Twenty steps to each factor of ten closer to 1, as far as n times can tell; then 1 itself. */
function quantiles(n: number): number[] {
  const shares: number[] = []
  for (let step = 0; 10 ** (-step / 20) * n >= 1; step++) shares.push(1 - 10 ** (-step / 20))
  return [...shares, 1]
}

/** The clock knows tenths at best; what is finer comes of adding fractions. */
const round = (ms: number) => Math.round(ms * 1000) / 1000
