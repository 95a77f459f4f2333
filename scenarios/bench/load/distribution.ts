import { build, type Histogram } from 'hdr-histogram-js'
import type { Distribution } from '../../report.ts'

/** Times as they come, in constant memory: an HDR histogram, microseconds, three significant digits, up to an hour. */
export interface Times {
  /** In ms. What two readings of clocks make negative counts as 0. */
  record(ms: number): void
  read(): Distribution
}

const HOUR_US = 3_600_000_000

export function createTimes(): Times {
  const histogram = build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HOUR_US,
    numberOfSignificantValueDigits: 3,
  })
  return {
    record: (ms) => histogram.recordValue(Math.min(HOUR_US, Math.max(0, Math.round(ms * 1000)))),
    read: () => distributionOf(histogram),
  }
}

function distributionOf(histogram: Histogram): Distribution {
  const n = histogram.totalCount
  if (n === 0) return { n, curve: [] }
  const at = (quantile: number) => histogram.getValueAtPercentile(quantile * 100) / 1000
  return {
    n,
    min: at(0),
    mean: Math.round(histogram.mean) / 1000,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    // Below these, a percentile would only be another name for the greatest.
    ...(n >= 100 && { p99: at(0.99) }),
    ...(n >= 1_000 && { p999: at(0.999) }),
    max: at(1),
    curve: quantiles(n).map((quantile) => [quantile, at(quantile)]),
  }
}

/** 0, 1, and between them a third of a halving of what is left at each step: dense near 1, as far as `n` times reach. */
function quantiles(n: number): number[] {
  const list: number[] = []
  for (let step = 0; 2 ** (-step / 3) * n >= 1; step++)
    list.push(Math.round((1 - 2 ** (-step / 3)) * 1e7) / 1e7)
  return list.at(-1) === 1 ? list : [...list, 1]
}
