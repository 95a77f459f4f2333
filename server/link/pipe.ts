/** How wide a way is: bytes follow one another through it, whichever connection they belong to. */
export interface Pipe {
  /** The most bytes to hand in at once, so that a large chunk arrives bit by bit, as it would. */
  readonly slice: number
  /** When the last of so many bytes is through, if the first may enter at `from`. Times in ms of performance.now(). */
  pass(bytes: number, from: number): number
}

/** A pipe of so many bytes a second. */
export function createPipe(bandwidth: number): Pipe {
  let freeAt = 0
  return {
    // Some 20 ms of it, at least one Ethernet segment.
    slice: Math.max(1_460, Math.round(bandwidth / 50)),
    pass(bytes, from) {
      freeAt = Math.max(freeAt, from) + (bytes / bandwidth) * 1_000
      return freeAt
    },
  }
}

/** No limit: bytes are through at once. */
export const widePipe: Pipe = { slice: Number.POSITIVE_INFINITY, pass: (_bytes, from) => from }
