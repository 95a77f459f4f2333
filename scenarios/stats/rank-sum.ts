/**
 * The rank-sum test of Wilcoxon (1945), Mann and Whitney (1947): whether two samples could have come from one
 * source. It looks at the order of the values alone, so one run that the machine spoilt weighs no more than
 * any other; it assumes no normal distribution; and for the few repetitions of a benchmark its p is exact, by
 * counting every way in which the same values could have been dealt to the two sides.
 */

/** Up to this many values in all, every deal is counted; beyond, the normal approximation is near enough. */
const EXACT_UP_TO = 40

/** The two-sided p of the values of both sides. 1 when either side has none. */
export function rankSumP(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 1
  const ranks = doubledRanks([...a, ...b])
  const sum = ranks.slice(0, a.length).reduce(add, 0)
  // Doubled, the mean rank is n + 1.
  const expected = a.length * (ranks.length + 1)
  const distance = Math.abs(sum - expected)
  if (ranks.length > EXACT_UP_TO) return normalP(ranks, a.length, distance)
  const ways = deals(ranks, a.length)
  const far = ways.filter((_, total) => Math.abs(total - expected) >= distance).reduce(add, 0)
  return far / ways.reduce(add, 0)
}

/** The least p that so many values could come to: when all of one side lie beyond all of the other. */
export const leastP = (a: number, b: number): number => Math.min(1, 2 / choose(a + b, a))

/**
 * By how much `b` is `a` multiplied: the median of all ratios of a value of b to one of a, and the interval
 * that belongs to the test above (Hodges and Lehmann 1963, Moses 1953; as R's `wilcox.test(log(b), log(a),
 * conf.int = TRUE)`). It holds the factors that the test would not refuse at `alpha`, whatever the
 * distribution, also of five values against five, where a bootstrap of medians is too narrow. All values must
 * be positive. No interval where even complete separation would not be refused.
 */
export function ratioOf(
  a: readonly number[],
  b: readonly number[],
  alpha: number,
): { ratio: number; interval?: [number, number] } {
  const ratios = b.flatMap((after) => a.map((before) => after / before)).sort((one, other) => one - other)
  const at = (index: number) => ratios[index] ?? Number.NaN
  const half = (ratios.length - 1) / 2
  const ratio = Math.sqrt(at(Math.floor(half)) * at(Math.ceil(half)))
  const cut = toCutOff(a.length, b.length, alpha / 2)
  return cut < 1 ? { ratio } : { ratio, interval: [at(cut - 1), at(ratios.length - cut)] }
}

/**
 * Which of the sorted ratios, counted from 1 at either end, bounds the interval: the greatest u for which
 * Mann and Whitney's U is less than u with a chance of at most `tail`. 0 when not even the outermost does.
 */
function toCutOff(a: number, b: number, tail: number): number {
  if (a === 0 || b === 0) return 0
  if (a + b > EXACT_UP_TO) {
    const spread = Math.sqrt((a * b * (a + b + 1)) / 12)
    return Math.max(0, Math.floor((a * b) / 2 - normalQuantile(1 - tail) * spread))
  }
  const before = cutOffs.get(`${a} ${b} ${tail}`)
  if (before !== undefined) return before
  const ways = deals(
    Array.from({ length: a + b }, (_, index) => 2 * (index + 1)),
    a,
  )
  const all = ways.reduce(add, 0)
  const least = a * (a + 1)
  let below = 0
  let u = 0
  for (; below + (ways[least + 2 * u] ?? 0) <= tail * all; u++) below += ways[least + 2 * u] ?? 0
  cutOffs.set(`${a} ${b} ${tail}`, u)
  return u
}

/** It depends on how many values there are, not on which: all comparisons of two reports share a few. */
const cutOffs = new Map<string, number>()

/**
 * In how many ways k of the ranks add up to each total: the index is the total. Rank by rank: a total is
 * reached with this one or without it.
 */
function deals(ranks: readonly number[], k: number): number[] {
  const highest = ranks.reduce(add, 0)
  const ways = Array.from({ length: k + 1 }, () => new Array<number>(highest + 1).fill(0))
  const none = ways[0] as number[]
  none[0] = 1
  ranks.forEach((rank, before) => {
    for (let taken = Math.min(k, before + 1); taken > 0; taken--) {
      const [fewer, these] = [ways[taken - 1] as number[], ways[taken] as number[]]
      for (let total = highest; total >= rank; total--)
        these[total] = (these[total] ?? 0) + (fewer[total - rank] ?? 0)
    }
  })
  return ways[k] as number[]
}

/** Ranks from 1, times two, so that the mean rank which equal values share is a whole number. */
function doubledRanks(values: readonly number[]): number[] {
  const sorted = values.toSorted((one, other) => one - other)
  return values.map((value) => sorted.indexOf(value) + sorted.lastIndexOf(value) + 2)
}

/**
 * With the variance that ties leave and a continuity correction of half a rank (Lehmann, Nonparametrics,
 * §1.4).
 */
function normalP(doubled: readonly number[], k: number, distance: number): number {
  const n = doubled.length
  const mean = n + 1
  const variance = doubled.reduce((sum, rank) => sum + (rank - mean) ** 2, 0) / (n - 1)
  const spread = Math.sqrt((k * (n - k) * variance) / n)
  if (spread === 0) return 1
  return Math.min(1, 2 * (1 - normalCdf(Math.max(0, distance - 1) / spread)))
}

/** Abramowitz and Stegun 26.2.17, off by less than 1e-7. */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly
}

/** By halving: asked for a handful of times a report. */
function normalQuantile(p: number): number {
  let [low, high] = [0, 8]
  while (high - low > 1e-9) {
    const middle = (low + high) / 2
    if (normalCdf(middle) < p) low = middle
    else high = middle
  }
  return low
}

function choose(n: number, k: number): number {
  let ways = 1
  for (let taken = 1; taken <= k; taken++) ways *= (n - k + taken) / taken
  return ways
}

const add = (one: number, other: number) => one + other
