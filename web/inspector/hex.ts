import type { Segment } from './message.ts'

/** A few bytes of one segment, side by side in a line of a dump. */
export interface Cell {
  /** Index of its segment in the message; -1 where none covers it. */
  segment: number
  /** Whether the segment begins here: else it goes on from the line before. */
  isFirst: boolean
  hex: string
  text: string
}

export interface DumpLine {
  /** Offset of its first byte in the stream. */
  offset: number
  cells: Cell[]
}

/** The bytes from stream offset `start` in lines of `width`, each line cut where segments meet. */
export function dump(
  bytes: Uint8Array,
  start: number,
  segments: readonly Segment[],
  width: number,
): DumpLine[] {
  const lines: DumpLine[] = []
  let index = 0
  for (let line = 0; line < bytes.length; line += width) {
    const cells: Cell[] = []
    const lineEnd = Math.min(line + width, bytes.length)
    for (let at = line; at < lineEnd; ) {
      while ((segments[index]?.end ?? Number.POSITIVE_INFINITY) - start <= at) index++
      const segment = segments[index]
      const end = Math.min(lineEnd, segment ? segment.end - start : lineEnd)
      const run = bytes.subarray(at, end)
      cells.push({
        segment: segment ? index : -1,
        isFirst: segment?.start === start + at,
        hex: hexOf(run),
        text: asciiOf(run),
      })
      at = end
    }
    lines.push({ offset: start + line, cells })
  }
  return lines
}

/** Two digits a byte, a space between. */
export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')

/** One character a byte; what is not printable ASCII is a dot. */
const asciiOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('')
