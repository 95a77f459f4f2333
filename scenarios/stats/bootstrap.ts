import { randomFrom } from '../plan.ts'

/**
 * How far a median of few repetitions may be trusted: the percentile bootstrap of Efron and Tibshirani (An
 * Introduction to the Bootstrap, 1993, chapter 13). As many values as there are repetitions are drawn from
 * them with replacement, again and again; the middle 95 % of the medians so got is the interval. Not BCa, the
 * usual refinement: its acceleration rests on the jackknife, and that fails for the median (ibid. §11.6).
 */

/**
 * Below this the drawn medians are but a handful of values, and the interval would promise more than it
 * holds.
 */
export const ENOUGH_FOR_INTERVAL = 10

const RESAMPLES = 10_000
/** Always the same draws: the same report gives the same interval to everybody. */
const SEED = 1

/** The 95 % interval of the median; undefined below `ENOUGH_FOR_INTERVAL` points. */
export function medianInterval(points: readonly number[]): [number, number] | undefined {
  if (points.length < ENOUGH_FOR_INTERVAL) return undefined
  const sorted = points.toSorted((a, b) => a - b)
  const at = (rank: number) => sorted[rank] ?? Number.NaN
  const medians = drawnMiddles(points.length)
    .map(({ lower, upper, times }) => ({ value: (at(lower) + at(upper)) / 2, times }))
    .sort((one, other) => one.value - other.value)
  const from = medians.find(countedUpTo(0.025 * RESAMPLES))
  const to = medians.find(countedUpTo(0.975 * RESAMPLES))
  return [from?.value ?? Number.NaN, to?.value ?? Number.NaN]
}

/** True of the first of the medians by which so many have been counted. */
function countedUpTo(share: number): (median: { times: number }) => boolean {
  let counted = 0
  return ({ times }) => {
    counted += times
    return counted >= share
  }
}

export function median(points: readonly number[]): number {
  return quantile(
    points.toSorted((a, b) => a - b),
    0.5,
  )
}

/** Of sorted values; between two of them on the straight line (Hyndman and Fan's type 7, R's default). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const place = q * (sorted.length - 1)
  const below = Math.floor(place)
  const lower = sorted[below] ?? Number.NaN
  const upper = sorted[below + 1] ?? lower
  return lower === upper ? lower : lower + (upper - lower) * (place - below)
}

/**
 * Which two of the sorted points stood in the middle of a drawn sample (twice the same one when n is odd),
 * and how often.
 */
interface Middle {
  lower: number
  upper: number
  times: number
}

const known = new Map<number, Middle[]>()

/**
 * The middles of all drawn samples. They do not depend on what the points are, so they are drawn once for
 * each n.
 */
function drawnMiddles(n: number): Middle[] {
  const before = known.get(n)
  if (before) return before
  const random = randomFrom(SEED)
  const middle = (n - 1) / 2
  const drawn = new Map<number, Middle>()
  for (let sample = 0; sample < RESAMPLES; sample++) {
    const ranks = Uint16Array.from({ length: n }, () => Math.floor(random() * n)).sort()
    const [lower = 0, upper = 0] = [ranks[Math.floor(middle)], ranks[Math.ceil(middle)]]
    const same = drawn.get(lower * n + upper)
    if (same) same.times++
    else drawn.set(lower * n + upper, { lower, upper, times: 1 })
  }
  const middles = [...drawn.values()]
  known.set(n, middles)
  return middles
}
