import type { CapturedConnection } from '../../server/contract/link.ts'
import { concat, fromBase64 } from './bytes.ts'
import type { From } from './message.ts'

/** What one end said on a connection, in one piece. */
export interface Stream {
  from: From
  /** The bytes that are kept. */
  bytes: Uint8Array
  /** How many came before them and are forgotten: the offset of the first that is kept. */
  base: number
  /** When the byte at an index of `bytes` crossed the link, ms since 1970; behind the last one: when that did. */
  timeAt(index: number): number
}

export function streamOf({ chunks, forgotten, openedAt }: CapturedConnection, from: From): Stream {
  const own = chunks.filter((chunk) => chunk.from === from)
  const pieces = own.map(({ bytes }) => fromBase64(bytes))
  const ends: number[] = []
  let end = 0
  for (const piece of pieces) {
    end += piece.length
    ends.push(end)
  }
  return {
    from,
    bytes: concat(pieces),
    base: forgotten[from],
    timeAt(index) {
      let low = 0
      let high = ends.length - 1
      while (low < high) {
        const middle = (low + high) >> 1
        if ((ends[middle] ?? 0) > index) high = middle
        else low = middle + 1
      }
      return own[low]?.at ?? openedAt
    },
  }
}
