import { describe, expect, it } from 'vitest'
import { createSequenceChecker } from './sequence.ts'

function read(...seqs: number[]) {
  const checker = createSequenceChecker()
  for (const seq of seqs) checker.entry(seq)
  return checker
}

describe('the sequence checker', () => {
  it('finds nothing wrong with seqs that rise by one, wherever they start', () => {
    expect(read(7, 8, 9).counts).toEqual({ delivered: 3, missed: 0, duplicated: 0, reordered: 0 })
  })

  it('counts each seq of a hole as missed', () => {
    expect(read(1, 5).counts).toMatchObject({ delivered: 2, missed: 3 })
  })

  it('sees the loss of the very first entry once it knows where the reader stood', () => {
    const checker = createSequenceChecker()
    checker.start(40)
    checker.entry(42)
    expect(checker.counts.missed).toBe(1)
  })

  it('counts a seq that comes twice as a duplicate, and says that it is not new', () => {
    const checker = read(1, 2)
    expect(checker.entry(2)).toBe(false)
    expect(checker.counts).toMatchObject({ delivered: 3, duplicated: 1, missed: 0 })
  })

  it('takes a late entry for reordered, no longer for missed, and only once', () => {
    const checker = read(1, 3)
    expect(checker.entry(2)).toBe(true)
    expect(checker.counts).toMatchObject({ missed: 0, reordered: 1, duplicated: 0 })
    expect(checker.entry(2)).toBe(false)
    expect(checker.counts).toMatchObject({ reordered: 1, duplicated: 1 })
  })

  it('forgets earlier seqs at an announced gap, so that neither a jump nor a fresh log counts against the lane', () => {
    const checker = read(8, 9)
    checker.gap()
    checker.entry(1)
    checker.entry(2)
    expect(checker.counts).toMatchObject({ missed: 0, duplicated: 0 })
    expect(checker.last).toBe(2)
  })

  it('counts after a reset only what lies beyond the place all lanes start from', () => {
    const behind = read(1, 2)
    behind.reset(4)
    for (const seq of [3, 4, 5, 6]) behind.entry(seq)
    expect(behind.counts).toEqual({ delivered: 2, missed: 0, duplicated: 0, reordered: 0 })
  })

  it('counts everything of a fresh log, however low its seqs', () => {
    const checker = read(8, 9)
    checker.reset(9)
    checker.gap()
    checker.entry(1)
    expect(checker.counts.delivered).toBe(1)
  })

  it('counts from zero after a reset but still sees a hole across it', () => {
    const checker = read(1, 2)
    checker.reset()
    checker.entry(4)
    expect(checker.counts).toEqual({ delivered: 1, missed: 1, duplicated: 0, reordered: 0 })
  })
})
