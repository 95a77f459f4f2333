import { concat, excerpt } from './bytes.ts'
import type { Segment } from './message.ts'

/** A run of a stream that is framing, or (without `frame`) one of the bytes that the framing carries. */
export interface Run {
  start: number
  end: number
  frame?: Pick<Segment, 'name' | 'value' | 'about' | 'rfc'>
}

/** What the runs carry, joined. */
export const contentOf = (bytes: Uint8Array, runs: readonly Run[]): Uint8Array =>
  concat(runs.filter(({ frame }) => !frame).map(({ start, end }) => bytes.subarray(start, end)))

/**
 * Lays segments of the carried bytes back onto the stream they came in: an event may span chunks, so a segment is cut
 * wherever framing stands between its bytes. `parts` cover the carried bytes; the result covers the runs.
 */
export function weave(runs: readonly Run[], parts: readonly Segment[]): Segment[] {
  const woven: Segment[] = []
  let offset = 0
  let next = 0
  for (const { start, end, frame } of runs) {
    if (frame) {
      if (end > start) woven.push({ start, end, kind: 'framing', ...frame })
      continue
    }
    const shift = start - offset
    const limit = offset + end - start
    while (offset < limit) {
      const part = parts[next]
      if (!part) break
      const until = Math.min(part.end, limit)
      if (until > offset) woven.push({ ...part, start: offset + shift, end: until + shift })
      offset = Math.max(offset, until)
      if (part.end <= limit) next++
    }
    offset = limit
  }
  return woven
}

/** Completes segments to a cover of `start` to `end`: what lies between them is like `rest`, with its text if it is in `bytes`. */
export function cover(
  start: number,
  end: number,
  parts: readonly Segment[],
  rest: Omit<Segment, 'start' | 'end'>,
  bytes?: Uint8Array,
): Segment[] {
  const fill = (from: number, until: number): Segment => ({
    ...rest,
    start: from,
    end: until,
    ...(bytes && { value: excerpt(bytes, from, until) }),
  })
  const whole: Segment[] = []
  let at = start
  for (const part of parts) {
    if (part.start > at) whole.push(fill(at, part.start))
    if (part.end > part.start) whole.push(part)
    at = Math.max(at, part.end)
  }
  if (end > at) whole.push(fill(at, end))
  return whole
}
