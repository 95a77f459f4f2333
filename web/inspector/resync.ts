import { isUtf8, latin1 } from './bytes.ts'
import { chunksAt } from './http.ts'
import type { From } from './message.ts'
import { BINARY, CONTINUATION, frameAt, PONG, TEXT, unmasked } from './websocket.ts'

/** What a stream speaks from some index on: HTTP messages, the chunks of a response under way, WebSocket frames. */
export interface Foothold {
  speaks: 'http' | 'chunks' | 'frames' | 'unknown'
  /** Everything before it stays raw. */
  at: number
}

/** Finds where to begin in a stream whose beginning is forgotten. A guess, though one that all that follows bears out. */
export function foothold(bytes: Uint8Array, from: From): Foothold {
  const http = nextHttp(bytes, 0, from)
  if (http >= 0) return { speaks: 'http', at: http }
  const chunks = from === 'server' ? firstChunk(bytes) : -1
  if (chunks >= 0) return { speaks: 'chunks', at: chunks }
  const frames = firstFrame(bytes, from)
  if (frames >= 0) return { speaks: 'frames', at: frames }
  return { speaks: 'unknown', at: bytes.length }
}

/** Where the next line stands with which an HTTP message begins; -1 where none does. */
export function nextHttp(bytes: Uint8Array, from: number, side: From): number {
  const line =
    side === 'client'
      ? /(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) [^\s]+ HTTP\/1\.[01]\r\n/g
      : /HTTP\/1\.[01] \d{3}(?: [^\r\n]*)?\r\n/g
  // Mostly it is near: so look at little first, then at more.
  for (let size = 1024; ; size *= 4) {
    const found = line.exec(latin1(bytes, from, Math.min(from + size, bytes.length)))
    if (found) return from + found.index
    if (from + size >= bytes.length) return -1
    line.lastIndex = 0
  }
}

/** Tries no more places than this: a frame is at most 64 kB here, and a chunk much less. */
const PLACES = 70_000

/** Where chunks begin that go on to the end: at the first byte, or behind the end of another. */
function firstChunk(bytes: Uint8Array): number {
  const sizes = /(?:^|\r\n)[0-9a-f]{1,8}\r\n/gi
  const text = latin1(bytes, 0, PLACES)
  for (let tries = 0, found = sizes.exec(text); found && tries < 100; tries++, found = sizes.exec(text)) {
    const at = found.index + (found[0].startsWith('\r\n') ? 2 : 0)
    const { runs, end } = chunksAt(bytes, at)
    if (end === bytes.length && runs.some(({ frame }) => frame?.name === 'end of chunk')) return at
    sizes.lastIndex = found.index + 1
  }
  return -1
}

/** Where frames begin that follow each other to the end, one of them a whole text. */
function firstFrame(bytes: Uint8Array, from: From): number {
  const effort = { left: EFFORT }
  for (let at = 0; at < Math.min(bytes.length, PLACES) && effort.left > 0; at++)
    if (areFrames(bytes, at, from, effort)) return at
  return -1
}

/** Bytes to read in search of a beginning, the same ones again and again included. */
const EFFORT = 16 * 1024 * 1024

/** So many good frames in a row are no accident. */
const ENOUGH = 32

function areFrames(bytes: Uint8Array, start: number, from: From, effort: { left: number }): boolean {
  let hasText = false
  let at = start
  for (let n = 0; n < ENOUGH && at < bytes.length; n++) {
    const frame = frameAt(bytes, at)
    const { opcode, fin, rsv, length } = frame
    const isControl = opcode > BINARY
    const isMasked = ((bytes[at + 1] ?? 0) & 0x80) !== 0
    const isKnown = opcode <= BINARY || (opcode >= 8 && opcode <= PONG)
    if (!isKnown || rsv !== 0 || (n === 0 && opcode === CONTINUATION)) return false
    if (at + 1 < bytes.length && isMasked !== (from === 'client')) return false
    if (isControl && (!fin || length > 125)) return false
    if (length > 2 ** 26) return false
    effort.left -= frame.end - at
    if (frame.isWhole && opcode === TEXT && fin) {
      if (!isUtf8(unmasked(bytes, frame))) return false
      hasText = true
    }
    at = frame.end
  }
  return hasText
}
