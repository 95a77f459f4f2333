import { utf8 } from './bytes.ts'

/** Where in a JSON text its values stand. JSON.parse gives the values; these give their bytes. */
export interface Span {
  start: number
  end: number
}

/** The value of a JSON text, boxed because `null` is one; nothing when it is no JSON. */
export function parseJson(bytes: Uint8Array, { start, end }: Span): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(utf8(bytes, start, end)) }
  } catch {
    return undefined
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The values of the object or array that `span` holds, by key or index. Call it only with what has parsed. */
export function membersOf(bytes: Uint8Array, span: Span): Map<string, Span> {
  const members = new Map<string, Span>()
  let at = skipSpace(bytes, span.start)
  const isArray = bytes[at] === OPEN_BRACKET
  if (!isArray && bytes[at] !== OPEN_BRACE) return members
  at = skipSpace(bytes, at + 1)
  while (at < span.end && bytes[at] !== CLOSE_BRACE && bytes[at] !== CLOSE_BRACKET) {
    let key = String(members.size)
    if (!isArray) {
      const end = valueEnd(bytes, at, span.end)
      key = String(parseJson(bytes, { start: at, end })?.value)
      at = skipSpace(bytes, skipSpace(bytes, end) + 1)
    }
    const end = valueEnd(bytes, at, span.end)
    members.set(key, { start: at, end })
    at = skipSpace(bytes, end)
    if (bytes[at] !== COMMA) break
    at = skipSpace(bytes, at + 1)
  }
  return members
}

/** The runs of a JSON text that are not the white space between its tokens. */
export function withoutSpace(bytes: Uint8Array, { start, end }: Span): Span[] {
  const runs: Span[] = []
  for (let at = skipSpace(bytes, start); at < end; at = skipSpace(bytes, at)) {
    const from = at
    while (at < end && !isSpace(bytes[at])) at = bytes[at] === QUOTE ? stringEnd(bytes, at, end) : at + 1
    runs.push({ start: from, end: Math.min(at, end) })
  }
  return runs
}

/** The end of the value that begins at `at`. Without recursion: a stranger's nesting may be thousands deep. */
function valueEnd(bytes: Uint8Array, at: number, limit: number): number {
  let depth = 0
  for (let next = at; next < limit; ) {
    const byte = bytes[next]
    if (byte === QUOTE) {
      next = stringEnd(bytes, next, limit)
      if (depth === 0) return next
      continue
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return next
      if (--depth === 0) return next + 1
    } else if (depth === 0 && (byte === COMMA || isSpace(byte))) return next
    next++
  }
  return limit
}

function stringEnd(bytes: Uint8Array, quote: number, limit: number): number {
  for (let at = quote + 1; at < limit; at++) {
    if (bytes[at] === BACKSLASH) at++
    else if (bytes[at] === QUOTE) return at + 1
  }
  return limit
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from
  while (isSpace(bytes[at])) at++
  return at
}

/** RFC 8259 §2. */
const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c]
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d]
