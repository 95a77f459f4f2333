import { excerpt, utf8 } from './bytes.ts'
import { isObject, membersOf, parseJson, type Span, withoutSpace } from './json.ts'
import { cover } from './layer.ts'
import type { Segment } from './message.ts'

/** What carried bytes turn out to be: a few words for the title, segments that cover them, and the things within. */
export interface Content {
  title: string
  parts: Segment[]
  children?: (Span & { title: string })[]
}

type Meaning = Omit<Segment, 'start' | 'end'>

/** Everything in a span means this one thing. */
export const all = (bytes: Uint8Array, { start, end }: Span, meaning: Meaning): Segment[] =>
  end > start ? [{ ...meaning, start, end, value: meaning.value ?? excerpt(bytes, start, end) }] : []

export const whole = (bytes: Uint8Array): Span => ({ start: 0, end: bytes.length })

/** An entry of a feed, as far as one can tell by looking. */
export const isEntry = (value: unknown): value is { seq: number; room: string } =>
  isObject(value) && typeof value.seq === 'number' && typeof value.room === 'string'

export const entryPart = (bytes: Uint8Array, span: Span): Segment[] =>
  all(bytes, span, {
    kind: 'payload',
    name: 'entry',
    about:
      'The entry itself, in JSON: the same bytes on every transport. All the rest is what carrying it costs.',
    rfc: 'RFC 8259',
  })

/** Whether the server takes it for a draft: the contract's `Draft`, without its validator, which no page needs. */
export function isDraft(value: unknown): boolean {
  if (!isObject(value)) return false
  const { text, id, sentAt, name, kind } = value
  return (
    isText(text, 4000, /^[^\0\p{Cs}]+$/u) &&
    (id === undefined || isText(id, 64, /^[\x21-\x7e]+$/)) &&
    (name === undefined || isText(name, 40, /^[^\p{Cc}\p{Cs}]+$/u)) &&
    (sentAt === undefined || (typeof sentAt === 'number' && sentAt >= 0 && sentAt <= 8.64e15)) &&
    (kind === undefined || kind === 'text')
  )
}

const isText = (value: unknown, most: number, pattern: RegExp) =>
  typeof value === 'string' && [...value].length <= most && pattern.test(value)

/** A draft: the meter counts it as JSON.stringify writes it, so white space between its tokens is framing. */
export const draftParts = (bytes: Uint8Array, span: Span): Segment[] =>
  cover(
    span.start,
    span.end,
    withoutSpace(bytes, span).flatMap((run) =>
      all(bytes, run, {
        kind: 'payload',
        name: 'draft',
        about:
          'What somebody publishes, in JSON: the server gives it a place in the feed and makes an entry of it.',
        rfc: 'RFC 8259',
      }),
    ),
    { kind: 'framing', name: 'white space', about: 'Space between JSON tokens, which means nothing.' },
  )

/** What a poll is answered with: `{"cursor":…,"entries":[…]}`. Nothing when it is no such page. */
export function pageContent(bytes: Uint8Array): Content | undefined {
  const page = parseJson(bytes, whole(bytes))?.value
  if (!isObject(page) || !Array.isArray(page.entries) || typeof page.cursor !== 'string') return undefined
  const entries = membersOf(bytes, whole(bytes)).get('entries')
  const spans = entries ? [...membersOf(bytes, entries).values()] : []
  const seqOf = (index: number) => {
    const entry: unknown = (page.entries as unknown[])[index]
    return isEntry(entry) ? entry.seq : '?'
  }
  return {
    title: spans.length === 0 ? 'page, nothing new' : `page, ${count(spans.length, 'entry', 'entries')}`,
    parts: cover(
      0,
      bytes.length,
      spans.flatMap((span) => entryPart(bytes, span)),
      {
        kind: 'control',
        name: 'page envelope',
        about:
          'What a poll’s answer says about itself: where the reader stands now, and whether something was lost.',
      },
    ),
    children: spans.map((span, index) => ({ ...span, title: `entry ${seqOf(index)}` })),
  }
}

/** A message about the feed: nothing of it is an entry or a draft. */
export function controlContent(bytes: Uint8Array): Content {
  const value = parseJson(bytes, whole(bytes))?.value
  const name = isObject(value) ? nameOf(value) : 'message'
  return {
    title: name,
    parts: all(bytes, whole(bytes), { kind: 'control', name, about: aboutOf[name] ?? aboutMessage }),
  }
}

function nameOf(value: Record<string, unknown>): string {
  if (typeof value.stored === 'string') return 'receipt'
  if (typeof value.room === 'string' && typeof value.cursor === 'string') return 'joined'
  return Object.keys(aboutOf).find((key) => Object.hasOwn(value, key)) ?? 'message'
}

const aboutMessage = 'A message about the feed: neither an entry nor a draft.'
const aboutOf: Record<string, string> = {
  receipt: 'The proof that a draft is in the log, with its place there and how safe it is.',
  joined: 'The reader follows the room from here on: the cursor says where it stands.',
  join: 'Asks to follow a room, from a cursor on if one is given.',
  gap: 'Entries after the reader’s cursor are no longer kept: what is still there follows.',
  leave: 'Asks to hear no more of a room.',
  left: 'The reader hears no more of this room.',
  error: 'What went wrong, under a stable code, and what to do.',
  publish: 'A draft that is refused: what is wrong with it is said in the answer.',
  typing: 'Somebody is typing: gone after five seconds, and never stored.',
  presence: 'Who is online and who is typing now: the latest state, never stored.',
}

/** One text message of our raw WebSocket. */
export function commandContent(bytes: Uint8Array, from: 'client' | 'server', roomIsKnown: boolean): Content {
  const value = parseJson(bytes, whole(bytes))?.value
  if (!isObject(value)) return controlContent(bytes)
  const wrapper = (name: string): Meaning => ({
    kind: 'framing',
    name: 'message envelope',
    about: `A frame does not say what it holds, so the JSON around says that it is ${name}.`,
  })
  const members = membersOf(bytes, whole(bytes))
  const entry = members.get('entry')
  if (from === 'server' && entry && isEntry(value.entry)) {
    return {
      title: `entry ${value.entry.seq}`,
      parts: cover(0, bytes.length, entryPart(bytes, entry), wrapper('an entry'), bytes),
    }
  }
  const draft = members.get('publish')
  if (from === 'client' && draft && isDraft(value.publish) && (roomIsKnown || typeof value.room === 'string'))
    return {
      title: 'publish',
      parts: cover(0, bytes.length, draftParts(bytes, draft), wrapper('a draft'), bytes),
    }
  return controlContent(bytes)
}

/** What is nobody's message: framing, as the meter has it. */
export const plainContent = (bytes: Uint8Array, title: string, about: string): Content => ({
  title,
  parts: all(bytes, whole(bytes), { kind: 'framing', name: title, about }),
})

export const count = (n: number, one: string, many = `${one}s`) =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`

export const textOf = (bytes: Uint8Array, { start, end }: Span) => utf8(bytes, start, end)
