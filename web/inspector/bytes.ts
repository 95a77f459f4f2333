/** Bytes and their readings. The inspector runs in browsers, where there is no Buffer. */

/** The bytes of a base64 text; what is no base64 is no bytes. */
export function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(latin1(bytes))
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** One character per byte, so that offsets in the text are offsets in the bytes. (A browser's "latin1" is another.) */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = ''
  // A call takes only so many arguments.
  for (let at = start; at < end; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 8192)))
  return text
}

const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** As text; what is no UTF-8 becomes U+FFFD. */
export const utf8 = (bytes: Uint8Array, start = 0, end = bytes.length): string =>
  lenient.decode(bytes.subarray(start, end))

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes)
    return true
  } catch {
    return false
  }
}

const LONGEST_VALUE = 2_000

/** As the value of a segment: text, not endless. */
export function excerpt(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end - start <= LONGEST_VALUE) return utf8(bytes, start, end)
  return `${utf8(bytes, start, start + LONGEST_VALUE)}…`
}

/** Where an ASCII text begins, from `from` on; -1 where it does not. */
export function find(bytes: Uint8Array, ascii: string, from = 0): number {
  const first = ascii.charCodeAt(0)
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let same = 1
    while (same < ascii.length && bytes[at + same] === ascii.charCodeAt(same)) same++
    if (same === ascii.length) return at
  }
  return -1
}
