import Type, { type Static } from 'typebox'
import { AuthorName, ClientName, RoomName } from './wire.ts'

/** People on the wire: sessions, and the rooms they share. */

export const PersonId = Type.String({
  pattern: '^[a-z0-9]{16}$',
  description: "a person's id, as the `from` of their entries has it",
})

export const SessionDraft = Type.Object(
  { name: Type.Optional(AuthorName) },
  {
    description: 'a JSON object with a "name", or with none to renew the session that you hold',
    'x-error': 'bad-request',
    examples: [{ name: 'Ada' }],
  },
)

export const Rename = Type.Object(
  { name: AuthorName },
  {
    description: 'a JSON object with the "name" that you go by from now on',
    'x-error': 'bad-request',
    examples: [{ name: 'Ada L.' }],
  },
)

export const Person = Type.Object(
  { id: PersonId, name: Type.String() },
  { examples: [{ id: '3k9x0c2m5v7q1w8z', name: 'Ada' }] },
)
export type Person = Static<typeof Person>

/** Who holds a session, until when, and, where it has just been made, the token that proves it. */
export const Session = Type.Object(
  {
    ...Person.properties,
    expiresAt: Type.Number({ description: "By the server's clock, ms since 1970." }),
    token: Type.Optional(
      Type.String({
        description: 'Show it as `Authorization: Bearer …`. A browser has it as a cookie, too.',
      }),
    ),
  },
  { description: 'Who somebody is, and until when.' },
)
export type Session = Static<typeof Session>

/** What a room is called by its people; its name on the wire is another. */
const Title = Type.String({
  minLength: 1,
  maxLength: 60,
  pattern: '^[^\\p{Cc}\\p{Cs}]+$',
  description: 'a string of 1 to 60 characters without control characters',
})

const InviteToken = Type.String({ pattern: '^[a-z0-9]{24}$', description: 'an invitation as it was given' })

export const RoomDraft = Type.Object(
  { name: Type.Optional(Title), with: Type.Optional(PersonId) },
  {
    description: 'a JSON object with a "name" for a private room, or "with" a person\'s id for a direct one',
    'x-error': 'bad-request',
    examples: [{ name: 'Homework' }],
  },
)

export const Invitation = Type.Object(
  { invite: InviteToken },
  { description: 'a JSON object with an "invite"', 'x-error': 'bad-request' },
)

export const MemberParams = Type.Object({ room: RoomName, person: PersonId }, { 'x-error': 'bad-request' })

export const HistoryQuery = Type.Object({
  before: Type.Optional(
    Type.String({
      pattern: '^[1-9]\\d{0,14}$',
      description: 'the seq of an entry: a whole number from 1, given once',
      'x-error': 'bad-query',
    }),
  ),
  limit: Type.Optional(
    Type.String({
      pattern: '^(200|1\\d\\d|[1-9]\\d?)$',
      description: 'a whole number from 1 to 200, given once',
      'x-error': 'bad-query',
    }),
  ),
  client: Type.Optional(ClientName),
})

export const Room = Type.Object(
  {
    room: Type.String({ description: 'Its name on the wire.' }),
    kind: Type.Union([Type.Literal('public'), Type.Literal('private'), Type.Literal('direct')]),
    name: Type.String({ description: 'What people call it; of a direct room, the name of the other.' }),
    owner: Type.Optional(Type.String({ description: 'The id of whoever may invite and remove.' })),
    members: Type.Optional(Type.Array(Person)),
    invite: Type.Optional(Type.String({ description: 'The invitation that is good now; for its owner.' })),
    head: Type.Integer({
      description: 'The seq of its latest entry: what is after the one you read is unread.',
    }),
  },
  {
    description: 'A room, as somebody who may read it sees it.',
    examples: [{ room: 'lobby', kind: 'public', name: 'lobby', head: 42 }],
  },
)
export type Room = Static<typeof Room>
