import type { CodePlace } from '../../../scenarios/lessons/lesson.ts'

/** Lines of a file that are marked, from 1, both ends included. */
export interface Marked extends CodePlace {
  first: number
  last: number
}

/**
 * Where a place is in its file now. A place is named by its text, so that it can never point at a stale line: it throws
 * where that text is in no line, or in more than one.
 */
export function findPlace(source: string, place: CodePlace): Marked {
  const found = source.split('\n').flatMap((line, index) => (line.includes(place.from) ? [index + 1] : []))
  const [first] = found
  if (first === undefined || found.length > 1) {
    throw new Error(`“${place.from}” is in ${found.length} lines of ${place.file}, and must be in one.`)
  }
  return { ...place, first, last: first + (place.lines ?? 1) - 1 }
}
