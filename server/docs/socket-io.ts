import Type from 'typebox'
import { acknowledged, connecting, emitted, refused, told } from '../contract/sockets.ts'
import { BACKLOG, ClientName, Draft, Entry, MAX_BODY, Presence, Receipt } from '../contract/wire.ts'
import { idTaken } from '../feed/entries.ts'
import { removed } from '../people/rooms.ts'
import { expired } from '../people/sessions.ts'
import { MAX_JOINS } from '../transports/joins.ts'
import { MAX_QUEUE } from '../transports/transport.ts'
import { doorRefusals, handshakeHeaders } from './handshake.ts'
import {
  type CloseDescription,
  exampleOf,
  type MessageDescription,
  type SocketDescription,
} from './socket.ts'

const entry = exampleOf(Entry)
const receipt = exampleOf(Receipt)
const presence = exampleOf(Presence)

export const engineQuery = Type.Object({
  EIO: Type.Literal('4', { description: 'The protocol of Engine.IO.' }),
  transport: Type.Union([Type.Literal('polling'), Type.Literal('websocket')], {
    description: 'Clients begin with the one and upgrade to the other, or begin with that.',
  }),
  client: Type.Optional(ClientName),
})

export const engineRefusals = [
  {
    status: 400,
    codes: ['bad-query'],
    when: 'The `client` is ill-formed. (What Engine.IO does not understand is 400 as well, with a number as its code.)',
  },
  ...doorRefusals,
]

/** Socket.IO's own packets that open a namespace. */
export const connect = (auth: MessageDescription['payload'], example: object): MessageDescription => ({
  title: 'Enter the namespace',
  summary: 'CONNECT, with the client’s `auth` where it has one.',
  payload: auth,
  example,
  wire: '40<namespace>,<payload>',
  answers: ['connected', 'connectError'],
})
export const connected: MessageDescription = {
  title: 'The namespace is entered',
  summary: 'The client’s event `connect`.',
  payload: connecting.connected,
  example: { sid: 'oBq2X8cVZk1J0dTeAAAB' },
  wire: '40<namespace>,<payload>',
  isAnswer: true,
}
export const connectError = (
  payload: MessageDescription['payload'],
  example: object,
): MessageDescription => ({
  title: 'The namespace is closed to this client',
  summary: 'The client’s event `connect_error`.',
  payload,
  example,
  wire: '44<namespace>,<payload>',
  isAnswer: true,
})

const event = (name: string) => `42<namespace>,["${name}",<payload>]`
const asking = (name: string) => `42<namespace>,<n>["${name}",<payload>]`
const answering = '43<namespace>,<n>[<payload>]'

export const errorAck = (payload: MessageDescription['payload'], error: object): MessageDescription => ({
  title: 'What was refused',
  summary: 'The acknowledgement of whatever failed.',
  payload,
  example: { error },
  wire: answering,
  isAnswer: true,
  promises: ['publish once', 'bounded'],
})

const closes: readonly CloseDescription[] = [
  {
    reason: 'io server disconnect',
    when: 'The session has expired (after the event `expired`), or the server goes.',
    next: 'The library does not come back by itself here. Connect again, and join with the cursor.',
  },
  {
    reason: 'transport close',
    when: `The log cannot be read, a reader owes more than ${MAX_QUEUE / 1024 / 1024} MB, or a packet is none of the protocol or over ${MAX_BODY / 1024} kB.`,
    next: 'The library comes back by itself. Join with the cursor.',
  },
]

export const chatDescription: SocketDescription = {
  name: 'chat',
  title: 'Socket.IO',
  server: 'socketIo',
  description: `Socket.IO 4 (protocol 5 over Engine.IO 4). Each event has one argument; what a client emits is answered in the acknowledgement, where it asks for one. One connection may follow ${MAX_JOINS} rooms and publish in any, joined or not. Engine.IO pings every 25 s and waits 20 s for the answer.`,
  channels: {
    chat: { address: '/chat', description: 'The namespace of the feed.' },
  },
  query: engineQuery,
  headers: handshakeHeaders,
  up: {
    connect: connect(connecting.chat, { token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl' }),
    join: {
      title: 'Follow a room',
      summary: `From \`after\` on, "0" for all that is kept; without it from the latest ${BACKLOG} entries. With \`presence\` who is here is told, too. Joining a room again replaces.`,
      payload: emitted.join,
      example: { room: 'lobby', after: 'k3f9.41', presence: true },
      wire: asking('join'),
      answers: ['joined', 'error'],
      promises: ['resume or say so'],
    },
    leave: {
      title: 'Follow a room no longer',
      summary: 'Answered when nothing more of the room will come, also where it was not joined.',
      payload: emitted.leave,
      example: { room: 'lobby' },
      wire: asking('leave'),
      answers: ['left', 'error'],
    },
    publish: {
      title: 'Publish an entry',
      summary: 'An `id` of the author’s makes it safe to repeat.',
      payload: Type.Object({ ...emitted.publish.properties, draft: Draft }),
      example: { room: 'lobby', draft: { text: 'hi', id: 'a1-7' } },
      wire: asking('publish'),
      answers: ['receipt', 'error'],
      promises: ['publish once'],
    },
    typing: {
      title: 'Say that you are typing',
      summary: 'Those who ask for presence see it for 5 s, or until you publish.',
      payload: emitted.typing,
      example: { room: 'lobby' },
      wire: asking('typing'),
      answers: ['typed', 'error'],
    },
    away: {
      title: 'Say that nobody looks, or somebody does',
      summary: 'Of this device, in all rooms that the connection follows.',
      payload: emitted.away,
      example: { away: true },
      wire: asking('away'),
      answers: ['awayHeard', 'error'],
    },
  },
  down: {
    connected,
    connectError: connectError(connecting.refused, {
      message: expired().message,
      data: expired().body,
    }),
    joined: {
      title: 'Where the reader stands',
      summary: 'The acknowledgement of `join`, before gap and entries.',
      payload: acknowledged.join,
      example: { room: 'lobby', cursor: 'k3f9.41' },
      wire: answering,
      isAnswer: true,
      promises: ['resume or say so'],
    },
    left: {
      title: 'Nothing more of the room will come',
      summary: 'The acknowledgement of `leave`.',
      payload: acknowledged.leave,
      example: { room: 'lobby' },
      wire: answering,
      isAnswer: true,
    },
    receipt: {
      title: 'The entry is in the log',
      summary: 'The acknowledgement of `publish`, of a repeat the first one again.',
      payload: acknowledged.publish,
      example: receipt,
      wire: answering,
      isAnswer: true,
      promises: ['publish once'],
    },
    typed: {
      title: 'It is heard',
      summary: 'The acknowledgement of `typing`.',
      payload: acknowledged.typing,
      example: { room: 'lobby' },
      wire: answering,
      isAnswer: true,
    },
    awayHeard: {
      title: 'It is heard',
      summary: 'The acknowledgement of `away`.',
      payload: acknowledged.away,
      example: { away: true },
      wire: answering,
      isAnswer: true,
    },
    error: errorAck(refused, idTaken('a1-7').body),
    entry: {
      title: 'An entry',
      summary:
        'The next of a room that is followed. Its `seq` is one more than that before. The cursor after it is the epoch, a dot and its `seq`.',
      payload: told.entry,
      example: entry,
      wire: event('entry'),
      promises: ['same feed'],
    },
    gap: {
      title: 'Entries are lost to this reader',
      summary:
        'What followed the reader’s cursor is no longer kept, or the log began anew. Forget earlier seqs; what is kept follows.',
      payload: told.gap,
      example: { room: 'lobby', cursor: 'k3f9.30' },
      wire: event('gap'),
      promises: ['resume or say so'],
    },
    presence: {
      title: 'Who is here, and who is typing',
      summary:
        'The latest state, at most four times a second, for those who ask. What came between is never told.',
      payload: told.presence,
      example: { room: 'lobby', ...presence },
      wire: event('presence'),
      promises: ['bounded'],
    },
    expired: {
      title: 'The session has run out',
      summary:
        'Everything has been left, and the server disconnects. With another session and the cursor nothing is missed.',
      payload: told.expired,
      example: expired().body,
      wire: event('expired'),
      promises: ['resume or say so'],
    },
    removed: {
      title: 'The reader is no longer a member',
      summary: 'Of this room, which has been left. The connection stays.',
      payload: told.removed,
      example: { ...removed().body, room: 'private-0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d' },
      wire: event('removed'),
    },
  },
  closes,
  refusals: engineRefusals,
}
