import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import { WireError } from '../contract/errors.ts'
import { HistoryQuery, Invitation, MemberParams, Room, RoomDraft } from '../contract/people.ts'
import { ErrorReply, History, RoomParams } from '../contract/wire.ts'
import type { Feed } from '../feed/feed.ts'
import { sendJson, takeJson } from '../http.ts'
import type { Limits } from '../limits.ts'
import { whoIs } from '../transports/transport.ts'
import { holderOf, personIn } from './identify.ts'
import type { Rooms } from './rooms.ts'

export interface RoomRoutes {
  rooms: Rooms
  /** For history: the one that asks who may. */
  feed: Feed
  limits: Pick<Limits, 'takeRoom'>
}

const DEFAULT_LIMIT = 50

/** `/rooms…`: which there are, and who is in them. */
export const roomRoutes: FastifyPluginAsync<RoomRoutes> = async (plugin, { rooms, feed, limits }) => {
  const app = plugin.withTypeProvider<TypeBoxTypeProvider>()
  takeJson(plugin, 'bad-request')

  app.get('/rooms', { schema: listSchema }, async (request) => ({
    rooms: rooms.list(personIn(request.raw)),
  }))

  app.post('/rooms', { schema: createSchema }, async (request, reply) => {
    const person = holderOf(request.raw)
    const { name, with: other } = request.body
    if ((name === undefined) === (other === undefined))
      throw new WireError('bad-request', 'Say a "name" for a private room, or "with" whom for a direct one.')
    limits.takeRoom(request.socket)
    if (name !== undefined) return sendJson(reply, 201, await rooms.create(person, name))
    const { room, isNew } = await rooms.direct(person, other ?? '')
    return sendJson(reply, isNew ? 201 : 200, room)
  })

  app.post('/rooms/join', { schema: joinSchema }, async (request) =>
    rooms.join(holderOf(request.raw), request.body.invite),
  )

  app.get('/rooms/:room', { schema: seeSchema }, async (request) =>
    rooms.see(request.params.room, personIn(request.raw)),
  )

  app.get('/rooms/:room/history', { schema: historySchema }, async (request) => {
    const { before, limit = DEFAULT_LIMIT } = request.query
    const seq = before === undefined ? undefined : Number(before)
    return feed.history(request.params.room, seq, Number(limit), whoIs(request.raw))
  })

  app.post('/rooms/:room/invite', { schema: inviteSchema }, async (request) =>
    rooms.invite(request.params.room, holderOf(request.raw)),
  )

  app.delete('/rooms/:room/invite', { schema: revokeSchema }, async (request, reply) => {
    await rooms.revoke(request.params.room, holderOf(request.raw))
    return reply.code(204).send()
  })

  app.post('/rooms/:room/leave', { schema: leaveSchema }, async (request, reply) => {
    await rooms.leave(request.params.room, holderOf(request.raw))
    return reply.code(204).send()
  })

  app.delete('/rooms/:room/members/:person', { schema: removeSchema }, async (request, reply) => {
    const { room, person } = request.params
    await rooms.remove(room, holderOf(request.raw), person)
    return reply.code(204).send()
  })
}

const tags = ['people']
const done = { 204: { type: 'null', description: 'Done.' } }
const errors = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 404: ErrorReply }

const listSchema = {
  summary: 'Your rooms, then the public ones',
  tags,
  response: { 200: Type.Object({ rooms: Type.Array(Room) }), 401: ErrorReply },
}

const createSchema = {
  summary: 'Make a private room, or the direct one of two people',
  description: 'Of a direct room there is one for two people: who asks for it again gets it again (200).',
  tags,
  body: RoomDraft,
  response: { 200: Room, 201: Room, 400: ErrorReply, 401: ErrorReply, 404: ErrorReply, 429: ErrorReply },
}

const joinSchema = {
  summary: 'Become a member by invitation',
  tags,
  body: Invitation,
  response: { 200: Room, ...errors, 429: ErrorReply },
}

const seeSchema = {
  summary: 'A room, and who is in it',
  description: 'A room that is not yours to see is answered like one that does not exist.',
  tags,
  params: RoomParams,
  response: { 200: Room, 400: ErrorReply, 401: ErrorReply, 404: ErrorReply },
}

const historySchema = {
  summary: 'Read back',
  description:
    'The latest entries, or those before a seq, the oldest first: ask with the first seq of a page for the one before.',
  tags,
  params: RoomParams,
  querystring: HistoryQuery,
  response: { 200: History, 400: ErrorReply, 401: ErrorReply, 404: ErrorReply, 503: ErrorReply },
}

const inviteSchema = {
  summary: 'Make a new invitation',
  description: 'For the owner. One that was given before is good no more.',
  tags,
  params: RoomParams,
  response: { 200: Room, ...errors },
}

const revokeSchema = {
  summary: 'Take the invitation back',
  tags,
  params: RoomParams,
  response: { ...done, ...errors },
}

const leaveSchema = {
  summary: 'Leave a private room',
  description:
    'Of an owner who leaves, whoever has been a member for longest takes the place; of the last one, nobody.',
  tags,
  params: RoomParams,
  response: { ...done, ...errors },
}

const removeSchema = {
  summary: 'Remove a member',
  description:
    'For the owner. What the member has open in this room ends at once, and so does the invitation.',
  tags,
  params: MemberParams,
  response: { ...done, ...errors },
}
