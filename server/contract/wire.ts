import Type, { type Static } from 'typebox'
import { cursorPattern } from './cursor.ts'
import { tallyFields } from './meter.ts'
import { transportNames } from './transports.ts'

/**
 * THE WIRE: what travels between a client and this server, as JSON in UTF-8. Unknown fields are ignored.
 *
 * Each schema serves three readers: the validator, the compiler (`Static`) and the API page at /docs. `description`
 * completes the sentence "<field> must be …", and `x-error` is the code under which a wrong value is refused.
 */

/** No NUL and no lone surrogate: text that every store and every client can hold. Patterns are matched with /u. */
const wellFormed = '[^\\u0000\\p{Cs}]'

export const RoomName = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
  description: 'a room name: 1 to 64 of a-z, 0-9 and "-", not beginning with "-"',
  'x-error': 'bad-room',
})

export const ClientName = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,64}$',
  description: 'a client name: 1 to 64 of A-Z, a-z, 0-9, "_" and "-", given once',
  'x-error': 'bad-query',
})

export const AuthorName = Type.String({
  minLength: 1,
  maxLength: 40,
  pattern: '^[^\\p{Cc}\\p{Cs}]+$',
  description: 'a string of 1 to 40 characters without control characters',
})

export const After = Type.String({
  pattern: cursorPattern,
  description: 'one cursor as the server gave it, like "k3f9.42", or "0" for all that is kept',
  'x-error': 'bad-cursor',
})

export const Wait = Type.String({
  pattern: '^(60(\\.0{1,3})?|[1-5]?\\d(\\.\\d{1,3})?)$',
  description: 'a number of seconds from 0 to 60',
  'x-error': 'bad-query',
})

const Milliseconds = (description: string) => Type.Number({ minimum: 0, maximum: 8.64e15, description })

const textDescription = 'a string of 1 to 4,000 code points of well-formed Unicode, without NUL'
const dataDescription = 'what to signal: an offer, an answer or a candidate, as JSON of at most 16 kB'

export const Draft = Type.Object(
  {
    text: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 4000,
        pattern: `^${wellFormed}+$`,
        description: textDescription,
      }),
    ),
    id: Type.Optional(
      Type.String({
        pattern: '^[\\x21-\\x7e]{1,64}$',
        description: 'a string of 1 to 64 printable ASCII characters without spaces',
      }),
    ),
    sentAt: Type.Optional(
      Milliseconds("a number: the author's clock when the entry was due to be sent, in ms since 1970"),
    ),
    name: Type.Optional(AuthorName),
    kind: Type.Optional(
      Type.Union([Type.Literal('text'), Type.Literal('signal')], {
        description: '"text", or in a direct room "signal"',
      }),
    ),
    data: Type.Optional(Type.Unknown({ description: dataDescription })),
    to: Type.Optional(
      Type.String({ pattern: '^[a-z0-9]{16}$', description: "a person's id, for whom the signal is" }),
    ),
  },
  {
    // A signal has "data", everything else a "text".
    if: { required: ['kind'], properties: { kind: { const: 'signal' } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema, and no promise
    then: { required: ['data'], properties: { data: { description: dataDescription } } },
    else: { required: ['text'], properties: { text: { description: textDescription } } },
    description: 'a JSON object with at least a "text"',
    'x-error': 'bad-draft',
    examples: [{ text: 'hi' }],
  },
)
/** What an author publishes. */
export type Draft = Static<typeof Draft>

const entryExample = {
  room: 'lobby',
  seq: 42,
  kind: 'text',
  id: 'a1-7',
  from: { name: 'Ada' },
  text: 'hi',
  sentAt: 1763668800000.25,
  at: 1763668800001.5,
}

export const Entry = Type.Object(
  {
    room: Type.String(),
    seq: Type.Integer({ minimum: 1, description: 'Rises by exactly 1 per room.' }),
    kind: Type.Union([Type.Literal('text'), Type.Literal('notice'), Type.Literal('signal')]),
    id: Type.String({ description: "The author's id for the draft, or one the server made." }),
    from: Type.Object({
      name: Type.String(),
      id: Type.Optional(Type.String({ description: "The author's, when the author holds a session." })),
    }),
    text: Type.String({ description: 'Empty where it is a signal.' }),
    data: Type.Optional(Type.Unknown({ description: 'What is signalled.' })),
    to: Type.Optional(Type.String({ description: 'For whom the signal is.' })),
    sentAt: Type.Optional(Milliseconds("The author's clock, ms since 1970.")),
    at: Milliseconds("The server's clock, ms since 1970, fractions allowed."),
  },
  { description: "One thing in a room's feed.", examples: [entryExample] },
)
/** One thing in a room's feed. */
export type Entry = Static<typeof Entry>

export const Receipt = Type.Object(
  {
    id: Type.String(),
    seq: Type.Integer({ minimum: 1 }),
    at: Milliseconds("The server's clock when the entry was appended, ms since 1970."),
    stored: Type.Union([Type.Literal('memory'), Type.Literal('disk')], {
      description: 'How safe the entry is: in memory, or fsynced to disk.',
    }),
  },
  {
    description: 'The proof that an entry is in the log.',
    examples: [{ id: 'a1-7', seq: 42, at: 1763668800001.5, stored: 'disk' }],
  },
)
/** The proof that an entry is in the log. It carries no cursor: a writer who took it for his own would skip others. */
export type Receipt = Static<typeof Receipt>

const Typing = Type.Object({
  name: Type.String({ description: 'Of a guest: as in the last draft published here, or "guest".' }),
  id: Type.Optional(Type.String({ description: "A person's, when they hold a session." })),
})

export const Present = Type.Object({
  ...Typing.properties,
  away: Type.Optional(Type.Literal(true, { description: 'When nobody looks at any of their devices.' })),
})
/** Somebody who is in a room, by however many devices. */
export type Present = Static<typeof Present>

export const Presence = Type.Object(
  {
    v: Type.Integer({ description: 'The version of this state. It rises; what came between is never told.' }),
    online: Type.Array(Present),
    typing: Type.Array(Typing),
  },
  {
    description: 'Who is in a room, and who is typing: the latest state.',
    examples: [{ v: 7, online: [{ name: 'Ada', id: '3k9x0c2m5v7q1w8z' }], typing: [] }],
  },
)
/** Who is in a room, and who is typing: the latest state, never stored. */
export type Presence = Static<typeof Presence>

export const Page = Type.Object(
  {
    cursor: Type.String({ description: 'Where the reader stands after this page: the next `after`.' }),
    gap: Type.Boolean({ description: 'True when entries after the given cursor are no longer kept.' }),
    more: Type.Boolean({ description: 'True when another page waits.' }),
    entries: Type.Array(Entry, { maxItems: 200 }),
    presence: Type.Optional(Presence),
  },
  {
    description: 'What a poll returns. It has `presence` where that was asked for and has moved on.',
    examples: [{ cursor: 'k3f9.42', gap: false, more: false, entries: [entryExample] }],
  },
)
/** What a poll returns. */
export type Page = Static<typeof Page>

export const History = Type.Object(
  {
    cursor: Type.String({
      description: 'Where a reader stands who has these: `after`, to read on from here.',
    }),
    more: Type.Boolean({
      description: 'True when there is more before these: ask for it with the first seq.',
    }),
    entries: Type.Array(Entry, { maxItems: 200 }),
  },
  {
    description: 'A page of history, the oldest entry first.',
    examples: [{ cursor: 'k3f9.42', more: true, entries: [entryExample] }],
  },
)
/** A page of history. */
export type History = Static<typeof History>

/** A page holds at most this many entries. */
export const PAGE_SIZE = 200
/** A reader without a cursor first gets this many of the latest entries. */
export const BACKLOG = 50
/** The most bytes of a signal's `data`, as JSON. */
export const MAX_SIGNAL = 16 * 1024
/** The most bytes of one HTTP body, one WebSocket message or one Socket.IO message. */
export const MAX_BODY = 64 * 1024

export const ErrorReply = Type.Object(
  { error: Type.Object({ code: Type.String(), message: Type.String() }) },
  {
    description: 'What went wrong (`code`, stable) and what to do (`message`).',
    examples: [{ error: { code: 'bad-draft', message: 'What is wrong, and what to do.' } }],
  },
)

export const TallySchema = Type.Object(
  Object.fromEntries(tallyFields.map((field) => [field, Type.Integer()])),
  { description: 'What one transport has cost: connections, requests, and bytes read from the sockets.' },
)
export const TalliesSchema = Type.Object(
  Object.fromEntries([...transportNames, 'other'].map((name) => [name, TallySchema])),
  { description: 'A tally per transport; `other` is what no transport’s URL named.' },
)

/** The query of a request that reads a feed. */
export const ReadQuery = Type.Object({
  after: Type.Optional(After),
  presence: Type.Optional(
    Type.String({
      pattern: '^\\d{1,15}$',
      description: 'the version of presence that you have, or 0: a whole number, given once',
      'x-error': 'bad-query',
    }),
  ),
  client: Type.Optional(ClientName),
})
export const WaitQuery = Type.Object({ ...ReadQuery.properties, wait: Type.Optional(Wait) })
export const RoomParams = Type.Object({ room: RoomName })

export const Away = Type.Object(
  { away: Type.Boolean({ description: 'true or false' }) },
  { description: 'a JSON object with "away"', 'x-error': 'bad-request', examples: [{ away: true }] },
)

/** Where a reader stands before what follows: the first thing said on a stream. */
export interface Joined {
  room: string
  cursor: string
}
