import { excerpt, utf8 } from './bytes.ts'
import { entryPart, isEntry } from './feed.ts'
import { parseJson, type Span } from './json.ts'
import type { Segment } from './message.ts'

/** Server-sent events: the text/event-stream format of WHATWG HTML §9.2. */

const HTML = 'WHATWG HTML §9.2.6'

/** One line of an event stream, its end included. */
export interface Line extends Span {
  /** Where the value begins and ends. */
  value: Span
  /** `event`, `data`, `id`, `retry`, another field's name; empty for a comment; absent for the empty line. */
  field?: string
  /** Whether its end has come. */
  isWhole: boolean
}

/** Lines up to the empty one that dispatches the event. */
export interface Block extends Span {
  lines: Line[]
  isWhole: boolean
  event?: string
  id?: string
  /** Absent when there is none: then nothing is dispatched. */
  data?: string
}

/** Splits the bytes of an event stream. Every byte is in one line, and every line in one block. */
export function blocksOf(bytes: Uint8Array): Block[] {
  const blocks: Block[] = []
  let lines: Line[] = []
  for (let at = 0; at < bytes.length; ) {
    const line = lineAt(bytes, at)
    lines.push(line)
    at = line.end
    if (line.field === undefined && line.isWhole) {
      blocks.push(blockOf(bytes, lines, true))
      lines = []
    }
  }
  if (lines.length > 0) blocks.push(blockOf(bytes, lines, false))
  return blocks
}

function lineAt(bytes: Uint8Array, start: number): Line {
  let end = start
  while (end < bytes.length && bytes[end] !== LF && bytes[end] !== CR) end++
  // A line ends with CR LF, LF or CR.
  const next = bytes[end] === CR && bytes[end + 1] === LF ? end + 2 : Math.min(end + 1, bytes.length)
  const isWhole = end < bytes.length
  // A byte order mark may stand at the very beginning, and is none of the first field's name.
  const from = start === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : start
  const text = { start: Math.min(from, end), end }
  if (text.start === end) return { start, end: next, value: text, isWhole, ...(!isWhole && { field: '' }) }
  const colon = bytes.subarray(text.start, end).indexOf(COLON)
  if (colon < 0)
    return { start, end: next, value: { start: end, end }, field: utf8(bytes, text.start, end), isWhole }
  const afterColon = text.start + colon + 1
  const value = { start: bytes[afterColon] === SPACE && afterColon < end ? afterColon + 1 : afterColon, end }
  return { start, end: next, value, field: utf8(bytes, text.start, text.start + colon), isWhole }
}

function blockOf(bytes: Uint8Array, lines: Line[], isWhole: boolean): Block {
  const block: Block = { start: lines[0]?.start ?? 0, end: lines.at(-1)?.end ?? 0, lines, isWhole }
  const data: string[] = []
  for (const { field, value } of lines) {
    const text = utf8(bytes, value.start, value.end)
    if (field === 'data') data.push(text)
    else if (field === 'event') block.event = text
    else if (field === 'id' && !text.includes('\0')) block.id = text
  }
  if (data.length > 0) block.data = data.join('\n')
  return block
}

/** An event of our feed: an entry is payload in framing, every other event and each comment is control. */
export function eventContent(bytes: Uint8Array, block: Block): { title: string; parts: Segment[] } {
  const { lines, event, data } = block
  const dataLines = lines.filter(({ field }) => field === 'data')
  const [only] = dataLines
  const entry =
    (event === undefined || event === '' || event === 'message') &&
    dataLines.length === 1 &&
    only &&
    block.isWhole
      ? parseJson(bytes, only.value)?.value
      : undefined
  const kind = isEntry(entry) || !block.isWhole ? 'framing' : 'control'
  const parts = lines.flatMap((line): Segment[] => {
    const about = aboutOf(line)
    const { start, end, value } = line
    if (line.field !== 'data' || !isEntry(entry))
      return [{ start, end, kind, ...about, value: excerpt(bytes, value.start, value.end), rfc: HTML }]
    return [
      { start, end: value.start, kind, ...about, rfc: HTML },
      ...entryPart(bytes, value),
      {
        start: value.end,
        end,
        kind,
        name: 'end of line',
        about: 'A line ends with LF, CR, or both.',
        rfc: HTML,
      },
    ]
  })
  return { title: titleOf(block, entry, data), parts }
}

function titleOf({ lines, event, isWhole }: Block, entry: unknown, data: string | undefined): string {
  const name = isEntry(entry)
    ? `event, entry ${entry.seq}`
    : data === undefined
      ? undefined
      : `event ${event || 'message'}`
  const words =
    name ??
    (lines.some(({ field }) => field === '')
      ? 'comment'
      : lines.find(({ field }) => field !== undefined)?.field) ??
    'empty line'
  return isWhole ? words : `${name ? words : 'event'}, its end is still to come`
}

function aboutOf({ field }: Line): { name: string; about: string } {
  if (field === undefined) return { name: 'empty line', about: 'Ends the event: now it is dispatched.' }
  if (field === '')
    return {
      name: 'comment',
      about: 'A line that begins with a colon is no event, but keeps the connection alive.',
    }
  return { name: field, about: fields[field] ?? 'A field that no reader knows, and so ignores.' }
}

const fields: Record<string, string> = {
  id: 'Where a reader stands after this event: it comes back as Last-Event-ID after a cut.',
  event: 'The name under which the page listens; without one it is "message".',
  data: 'What the event carries; several such lines are joined by line feeds.',
  retry: 'How many ms a reader waits before it connects again after a cut.',
}

const [LF, CR, COLON, SPACE] = [0x0a, 0x0d, 0x3a, 0x20]
