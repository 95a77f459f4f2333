/**
 * Reads entries in the bytes they came in, without parsing them: at 100,000 deliveries a second JSON.parse would make
 * the load slower than what it measures. `"seq":` cannot occur inside a JSON string, where its quotes would be escaped
 * (RFC 8259 §7), so it marks an entry wherever it stands: in a page, an event or a frame. After it, in this order, come
 * `"id"`, `"sentAt"` and `"at"`.
 */

/** Looks for a text: the place behind it, or -1 when it does not begin and end between `start` and `end`. */
export type Find = (bytes: Uint8Array, start: number, end: number) => number

/** Horspool's search (1980): looks at the last byte first, and leaps over what cannot match. */
export function finder(text: string): Find {
  const needle = new TextEncoder().encode(text)
  const last = needle.length - 1
  const leap = new Uint8Array(256).fill(needle.length)
  for (let i = 0; i < last; i++) leap[needle[i] as number] = last - i
  return (bytes, start, end) => {
    let at = start + last
    while (at < end) {
      let i = last
      while (i >= 0 && bytes[at - last + i] === needle[i]) i--
      if (i < 0) return at + 1
      at += leap[bytes[at] as number] as number
    }
    return -1
  }
}

export const findSeq = finder('"seq":')
export const findId = finder('"id":"')
export const findAt = finder('"at":')

const ZERO = 0x30
const POINT = 0x2e

/** The number that begins at `at`: digits, and perhaps a point and more digits, as clocks and seqs have them. */
export function readNumber(bytes: Uint8Array, at: number): number {
  let value = 0
  let digit = (bytes[at] as number) - ZERO
  while (digit >= 0 && digit <= 9) {
    value = value * 10 + digit
    digit = (bytes[++at] as number) - ZERO
  }
  if (digit !== POINT - ZERO) return value
  for (let scale = 0.1; ; scale /= 10) {
    digit = (bytes[++at] as number) - ZERO
    if (!(digit >= 0 && digit <= 9)) return value
    value += digit * scale
  }
}

const QUOTE = 0x22

/** The string that begins at `at`, up to its quote: for ids and cursors, which have nothing to escape. */
export function readString(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, bytes.indexOf(QUOTE, at))
}
