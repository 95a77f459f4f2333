import Type, { type Static, type TSchema } from 'typebox'
import type { ErrorCode } from './errors.ts'
import { After, Away, Draft, Entry, Presence, Receipt, RoomName } from './wire.ts'

/**
 * What crosses the two sockets, raw WebSocket and Socket.IO. The transports check what comes with these schemas, and the
 * description at /docs/asyncapi.yaml is made of them. Up is what a client says, down what the server says.
 */

const YesOrNo = Type.Boolean({ description: 'true or false' })
const RoomText = Type.String({ description: 'The name of the room.' })
const CursorText = Type.String({ description: 'Where the reader stands before what follows.' })
const GapCursor = Type.String({
  description: 'Where what is still kept begins: what follows comes after it.',
})

/** To join: where to go on from, and whether to be told who is here. */
const joining = {
  after: Type.Optional(Type.Union([After, Type.Null()])),
  presence: Type.Optional(YesOrNo),
}

/** What went wrong. The codes are those of HTTP. */
const wrong = (...codes: ErrorCode[]) => ({
  code: Type.Enum(codes, { description: 'Stable, for programs.' }),
  message: Type.String({ description: 'What is wrong and what to do, for a person.' }),
})
const retryAfter = Type.Optional(
  Type.Integer({ minimum: 1, description: 'With `too-many` and `overloaded`: seconds until the next try.' }),
)
/** What any publish, join or word may be refused with. */
const ofTheFeed = [
  'bad-cursor',
  'bad-draft',
  'bad-room',
  'expired',
  'not-found',
  'id-taken',
  'too-many',
  'internal',
  'log-unavailable',
  'overloaded',
] as const satisfies ErrorCode[]

/** Raw WebSocket: one JSON text a frame. */
export const up = {
  join: Type.Object({ join: RoomName, ...joining }),
  leave: Type.Object({ leave: RoomName }),
  publish: Type.Object({ publish: Draft, room: Type.Optional(RoomName) }),
  typing: Type.Object({ typing: RoomName }),
  away: Type.Object({ away: YesOrNo }),
  ping: Type.Object({ ping: Type.Literal(true, { description: 'true' }) }),
}

export const down = {
  joined: Type.Object({ joined: RoomText, cursor: CursorText }),
  left: Type.Object({ left: RoomText }),
  entry: Type.Object({ entry: Entry }),
  gap: Type.Object({ gap: RoomText, cursor: GapCursor }),
  receipt: Type.Object({ receipt: Receipt }),
  presence: Type.Object({ presence: Presence, room: RoomText }),
  pong: Type.Object({ pong: Type.Literal(true) }),
  error: Type.Object({
    error: Type.Object({
      ...wrong('bad-frame', 'removed', ...ofTheFeed),
      retryAfter,
      id: Type.Optional(Type.String({ description: 'The id of the draft that it is about.' })),
      room: Type.Optional(Type.String({ description: 'The room that it is about.' })),
    }),
  }),
}
/** What the server says in a frame, but for entries and presence, which are encoded once for all readers. */
export type Said = Static<Exclude<(typeof down)[keyof typeof down], typeof down.entry | typeof down.presence>>

/** What a client may say in one frame, several things at once too; `null` counts as absent. */
export const Command = Type.Partial(
  Type.Object({
    ...up.join.properties,
    ...up.leave.properties,
    // A draft has a check and an error of its own.
    publish: Type.Unknown(),
    room: RoomName,
    ...up.typing.properties,
    ...up.away.properties,
    ...up.ping.properties,
  }),
  {
    description: 'a JSON object with "join", "leave", "publish", "typing", "away" or "ping"',
    'x-error': 'bad-frame',
  },
)
export type Command = Static<typeof Command>

const aboutRoom = (description: string) => ({ description, 'x-error': 'bad-room' })
const RoomRequest = Type.Object({ room: RoomName }, aboutRoom('an object with "room"'))

/** Socket.IO: the one argument of each event that a client emits in `/chat`. */
export const emitted = {
  join: Type.Object(
    { room: RoomName, ...joining },
    aboutRoom('an object with "room" and, to resume, "after"'),
  ),
  leave: RoomRequest,
  publish: Type.Object(
    { room: RoomName, draft: Type.Unknown() },
    aboutRoom('an object with "room" and "draft"'),
  ),
  typing: RoomRequest,
  away: Away,
}

/** What an acknowledgement receives, by the event, unless it receives `refused`. */
export const acknowledged = {
  join: Type.Object({ room: RoomText, cursor: CursorText }),
  leave: Type.Object({ room: RoomText }),
  publish: Receipt,
  typing: Type.Object({ room: RoomText }),
  away: Away,
}
export const refused = Type.Object({
  error: Type.Object({ ...wrong('bad-request', ...ofTheFeed), retryAfter }),
})

/** The one argument of each event that the server emits in `/chat`. */
export const told = {
  entry: Entry,
  gap: Type.Object({ room: RoomText, cursor: GapCursor }),
  presence: Type.Object({ room: RoomText, ...Presence.properties }),
  expired: Type.Object(wrong('expired')),
  removed: Type.Object({ room: RoomText, ...wrong('removed') }),
}

/** A connection to a namespace: what a client shows, and what it is answered. */
export const connecting = {
  chat: Type.Object({
    token: Type.Optional(
      Type.Union([Type.String(), Type.Null()], {
        description: 'Of a session, from `POST /session`. It counts before a bearer and a cookie.',
      }),
    ),
  }),
  lab: Type.Object({
    token: Type.Optional(Type.String({ description: 'In `/lab-admin`: "open-sesame".' })),
  }),
  connected: Type.Object({ sid: Type.String({ description: 'The `socket.id` in this namespace.' }) }),
  refused: Type.Object({
    message: Type.String({ description: 'What is wrong and what to do, for a person.' }),
    data: Type.Optional(Type.Object(wrong('unauthorized', 'expired'))),
  }),
  refusedByLab: Type.Object({ message: Type.String({ description: 'What is wrong, for a person.' }) }),
}

/** The ways to emit that the lab has, by the words of the server's own API. */
export const labWays = [
  'io.emit',
  'socket.emit',
  'socket.broadcast.emit',
  'io.to',
  'socket.to',
  'io.except',
  'io.volatile',
  'io.timeout',
  'join',
  'leave',
  'disconnect',
] as const
export type LabWay = (typeof labWays)[number]

const labSaid = (...ways: LabWay[]) =>
  Type.Object({
    what: Type.Enum(ways, { description: 'The way by which it was said.' }),
    text: Type.String(),
    from: Type.String({ description: 'The `socket.id` of who asked for it.' }),
  })

/** The lab, in `/lab` and its like. */
export const lab = {
  do: Type.Object(
    {
      what: Type.Enum([...labWays], { description: `one of ${labWays.join(', ')}` }),
      room: Type.Optional(RoomName),
      text: Type.Optional(Type.String({ maxLength: 200 })),
    },
    {
      description: `an object with "what" (${labWays.join(', ')}) and, where it needs them, "room" and "text"`,
      'x-error': 'bad-draft',
    },
  ),
  done: Type.Object({
    done: Type.Optional(
      Type.Union(
        [
          Type.Boolean(),
          Type.Object({
            answers: Type.Array(Type.String(), { description: 'Of those who acknowledged within 1 s.' }),
            late: Type.Boolean({ description: 'Whether somebody did not.' }),
          }),
        ],
        { description: 'What the line of the server returned; absent where that is nothing.' },
      ),
    ),
    rooms: Type.Array(Type.String(), {
      description: 'The rooms of this socket, its own `socket.id` among them.',
    }),
  }),
  refused: Type.Object({
    error: Type.Object({ ...wrong('bad-draft', 'bad-room', 'too-many', 'internal'), retryAfter }),
  }),
  said: labSaid(
    'io.emit',
    'socket.emit',
    'socket.broadcast.emit',
    'io.to',
    'socket.to',
    'io.except',
    'io.volatile',
  ),
  asked: labSaid('io.timeout'),
  answer: Type.String({
    maxLength: 64,
    description: 'Anything of at most 64 characters; the rest does not count.',
  }),
} satisfies Record<string, TSchema>
