/** Times of delivery, kept so that every percentile is exact however long the page runs. */
export interface Deliveries {
  readonly n: number
  add(ms: number): void
  /** Nearest rank: the smallest time that at least `share` of all deliveries did not exceed. */
  percentile(share: number): number | undefined
  reset(): void
}

/**
 * The page's clock steps by 0.1 ms, so counting tenths loses nothing, and the memory needed follows from how far the
 * times spread instead of how many there are.
 */
export function createDeliveries(): Deliveries {
  const tenths = new Map<number, number>()
  let n = 0
  let sorted: Float64Array | undefined

  return {
    get n() {
      return n
    },

    add(ms) {
      const bin = Math.round(ms * 10)
      if (!tenths.has(bin)) sorted = undefined
      tenths.set(bin, (tenths.get(bin) ?? 0) + 1)
      n += 1
    },

    percentile(share) {
      if (n === 0) return undefined
      sorted ??= Float64Array.from(tenths.keys()).sort()
      let left = Math.max(1, Math.ceil(share * n))
      for (const bin of sorted) {
        left -= tenths.get(bin) ?? 0
        if (left <= 0) return bin / 10
      }
      return undefined
    },

    reset() {
      tenths.clear()
      sorted = undefined
      n = 0
    },
  }
}

/** What is shown of them. */
const shown = [0.5, 0.95, 0.99]

/** The figures as they stand now: a row shows one moment, though entries go on arriving. */
export function freeze({ n, percentile }: Deliveries): Pick<Deliveries, 'n' | 'percentile'> {
  const percentiles = new Map(shown.map((share) => [share, percentile(share)]))
  return { n, percentile: (share) => percentiles.get(share) }
}
