import { expect } from 'vitest'
import { parseCursor } from '../../server/contract/cursor.ts'
import type { Receipt } from '../../server/contract/wire.ts'
import type { TestReader } from '../support/client.ts'

/**
 * The oracle of every fault: what was acknowledged was received, seqs rise by one, no id comes twice, and there is a
 * hole only where the reader was told `gap`. Complains in sentences, about everything that is wrong at once.
 */
export function expectNothingLost(
  { heard, seqs }: Pick<TestReader, 'heard' | 'seqs'>,
  receipts: readonly Pick<Receipt, 'id' | 'seq'>[],
) {
  const wrong: string[] = []
  const ids = new Set<string>()
  let before: string | undefined
  for (const { what, cursor = 'nowhere', id } of heard) {
    if (what === 'entry') {
      if (before !== undefined && !follows(before, cursor)) wrong.push(`${cursor} came after ${before}`)
      const once = `${parseCursor(cursor).epoch} ${id}`
      if (ids.has(once)) wrong.push(`the draft "${id}" came twice`)
      ids.add(once)
    }
    before = cursor
  }
  const acknowledged = new Map(
    heard.filter(({ id }) => id !== undefined).map(({ id, cursor }) => [id, cursor]),
  )
  for (const { id, seq } of receipts) {
    const cursor = acknowledged.get(id)
    if (cursor === undefined) wrong.push(`"${id}" has a receipt for ${seq} and never came`)
    else if (parseCursor(cursor).seq !== seq)
      wrong.push(`"${id}" has a receipt for ${seq} and came as ${cursor}`)
  }
  expect(wrong).toEqual([])
  // The clients' cursors agree with the entries themselves.
  expect(heard.flatMap(({ what, cursor = '' }) => (what === 'entry' ? parseCursor(cursor).seq : []))).toEqual(
    seqs,
  )
}

function follows(before: string, cursor: string): boolean {
  const [one, other] = [parseCursor(before), parseCursor(cursor)]
  return one.epoch === other.epoch && one.seq + 1 === other.seq
}
