/** What a reader of a feed can prove about its order: `seq` rises by exactly 1, so a hole is a loss. */
export interface Sequence {
  delivered: number
  /** Holes that nobody announced and nothing filled. */
  missed: number
  /** A seq that came again. */
  duplicated: number
  /** A seq that came after a later one: it was counted as missed until then. */
  reordered: number
}

/** Holes are remembered so that a late entry is not taken for a duplicate; beyond this many it no longer matters. */
const MAX_HOLES = 10_000

/** Checks what a client delivers. The client promises to get this right; this is the check, not the cure. */
export function createSequenceChecker() {
  let last: number | undefined
  let holes = new Set<number>()
  let counts = zero()
  let countedFrom = 1

  return {
    /** Returns whether the entry is new to this reader. */
    entry(seq: number): boolean {
      if (seq >= countedFrom) counts.delivered += 1
      if (last === undefined || seq > last) {
        if (last !== undefined) {
          counts.missed += seq - last - 1
          for (let hole = last + 1; hole < seq && holes.size < MAX_HOLES; hole++) holes.add(hole)
        }
        last = seq
        return true
      }
      if (holes.delete(seq)) {
        counts.missed -= 1
        counts.reordered += 1
        return true
      }
      counts.duplicated += 1
      return false
    },

    /** An announced gap: what came before says nothing about what follows. */
    gap(): void {
      last = undefined
      countedFrom = 1
      holes.clear()
    },

    /** Where a reader starts, so that a loss of the very first entry is seen too. */
    start(seq: number): void {
      last = seq
    },

    /**
     * Counts from zero; the place in the feed stays. Of what is delivered, only what comes after `seq` counts: a lane
     * that is behind catches up first, and all that start at once count the same entries.
     */
    reset(seq = 0): void {
      counts = zero()
      countedFrom = seq + 1
      holes = new Set()
    },

    get last(): number | undefined {
      return last
    },

    get counts(): Readonly<Sequence> {
      return counts
    },
  }
}

const zero = (): Sequence => ({ delivered: 0, missed: 0, duplicated: 0, reordered: 0 })
