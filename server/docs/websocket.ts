import { down, up } from '../contract/sockets.ts'
import { HEARTBEAT_MS, pathOf } from '../contract/transports.ts'
import { BACKLOG, Entry, MAX_BODY, Presence, ReadQuery, Receipt } from '../contract/wire.ts'
import { idTaken } from '../feed/entries.ts'
import { MAX_JOINS } from '../transports/joins.ts'
import { MAX_QUEUE } from '../transports/transport.ts'
import { doorRefusals, handshakeHeaders } from './handshake.ts'
import { exampleOf, type SocketDescription } from './socket.ts'

const entry = exampleOf(Entry)
const receipt = exampleOf(Receipt)
const presence = exampleOf(Presence)
const wire = '<payload>'

export const websocketDescription: SocketDescription = {
  name: 'websocket',
  title: 'WebSocket',
  server: 'websocket',
  description: `RFC 6455, one JSON text a frame, at most ${MAX_BODY / 1024} kB. One connection may follow ${MAX_JOINS} rooms and publish in any, joined or not. A frame may hold several of what a client can say; unknown fields are ignored. The server pings every ${HEARTBEAT_MS / 1000} s, and who has not answered one ping by the next is cut.`,
  channels: {
    websocketRoom: {
      address: `${pathOf.websocket}/{room}`,
      description: 'Joins the room of the URL at once. `room` may then be left out of `publish`.',
      parameters: { room: 'A room name: 1 to 64 of a-z, 0-9 and "-", not beginning with "-".' },
    },
    websocket: { address: pathOf.websocket, description: 'Joins nothing until a frame says so.' },
  },
  query: ReadQuery,
  headers: handshakeHeaders,
  up: {
    join: {
      title: 'Follow a room',
      summary: `From \`after\` on, "0" for all that is kept; without it from the latest ${BACKLOG} entries. With \`presence\` who is here is told, too. Joining a room again replaces.`,
      payload: up.join,
      example: { join: 'lobby', after: 'k3f9.41', presence: true },
      wire,
      answers: ['joined', 'error'],
      promises: ['resume or say so'],
    },
    leave: {
      title: 'Follow a room no longer',
      summary: 'Answered when nothing more of the room will come, also where it was not joined.',
      payload: up.leave,
      example: { leave: 'lobby' },
      wire,
      answers: ['left'],
    },
    publish: {
      title: 'Publish an entry',
      summary:
        'In `room`, or in the one that the URL named. An `id` of the author’s makes it safe to repeat.',
      payload: up.publish,
      example: { publish: { text: 'hi', id: 'a1-7' }, room: 'lobby' },
      wire,
      answers: ['receipt', 'error'],
      promises: ['publish once'],
    },
    typing: {
      title: 'Say that you are typing',
      summary:
        'Those who ask for presence see it for 5 s, or until you publish. Answered where it is refused.',
      payload: up.typing,
      example: { typing: 'lobby' },
      wire,
      answers: ['error'],
    },
    away: {
      title: 'Say that nobody looks, or somebody does',
      summary: 'Of this device, in all rooms that the connection follows. Answered where it is refused.',
      payload: up.away,
      example: { away: true },
      wire,
      answers: ['error'],
    },
    ping: {
      title: 'Ask whether the server is there',
      summary: 'A page sees none of the protocol’s own pings, and can send none.',
      payload: up.ping,
      example: { ping: true },
      wire,
      answers: ['pong'],
    },
  },
  down: {
    joined: {
      title: 'Where the reader stands',
      summary: 'The first thing said of a room, before gap and entries.',
      payload: down.joined,
      example: { joined: 'lobby', cursor: 'k3f9.41' },
      wire,
      isAnswer: true,
      promises: ['resume or say so'],
    },
    left: {
      title: 'Nothing more of the room will come',
      summary: 'The answer to `leave`.',
      payload: down.left,
      example: { left: 'lobby' },
      wire,
      isAnswer: true,
    },
    entry: {
      title: 'An entry',
      summary:
        'The next of a room that is followed. Its `seq` is one more than that before. The cursor after it is the epoch, a dot and its `seq`.',
      payload: down.entry,
      example: { entry },
      wire,
      promises: ['same feed'],
    },
    gap: {
      title: 'Entries are lost to this reader',
      summary:
        'What followed the reader’s cursor is no longer kept, or the log began anew. Forget earlier seqs; what is kept follows.',
      payload: down.gap,
      example: { gap: 'lobby', cursor: 'k3f9.30' },
      wire,
      promises: ['resume or say so'],
    },
    receipt: {
      title: 'The entry is in the log',
      summary: 'The answer to `publish`, of a repeat the first one again.',
      payload: down.receipt,
      example: { receipt },
      wire,
      isAnswer: true,
      promises: ['publish once'],
    },
    presence: {
      title: 'Who is here, and who is typing',
      summary:
        'The latest state, at most four times a second, for those who ask. What came between is never told.',
      payload: down.presence,
      example: { presence, room: 'lobby' },
      wire,
      promises: ['bounded'],
    },
    pong: {
      title: 'The server is there',
      summary: 'The answer to `ping`.',
      payload: down.pong,
      example: { pong: true },
      wire,
      isAnswer: true,
    },
    error: {
      title: 'What was refused',
      summary:
        'The connection stays. `id` names the draft and `room` the join that it answers; `removed` with a `room` says that the reader is no longer a member of it, and has left it.',
      payload: down.error,
      example: { error: { ...idTaken('a1-7').body, id: 'a1-7' } },
      wire,
      promises: ['publish once', 'bounded'],
    },
  },
  closes: [
    {
      code: 1002,
      when: 'A frame is not one of RFC 6455.',
      next: 'Mend the client.',
    },
    { code: 1003, reason: 'send text frames', when: 'A frame is binary.', next: 'Send texts.' },
    { code: 1007, when: 'A text is not UTF-8.', next: 'Mend the client.' },
    {
      code: 1008,
      reason: 'ten bad frames in a row',
      when: 'A message came in more than 1,000 fragments; or ten texts in a row were no JSON, or nothing that a client can say.',
      next: 'Mend the client.',
    },
    { code: 1009, when: `A message is larger than ${MAX_BODY / 1024} kB.`, next: 'Send less at a time.' },
    {
      code: 1011,
      reason: 'the log cannot be read; come back with your cursor',
      when: 'The log failed while a room was followed.',
      next: 'Come back with the cursor.',
    },
    {
      code: 1012,
      reason: 'restarting',
      when: 'The server goes, and may be back.',
      next: 'Come back with the cursor, after a moment of one’s own.',
    },
    {
      code: 1013,
      reason: 'reading too slowly; come back with your cursor',
      when: `The reader owes more than ${MAX_QUEUE / 1024 / 1024} MB.`,
      next: 'Come back with the cursor.',
    },
    {
      code: 4401,
      when: 'The session of the handshake has expired.',
      next: 'Start another, or renew it in time, and come back with the cursor.',
    },
    {
      code: 4403,
      only: 'websocketRoom',
      when: 'The reader is no longer a member of the room that the URL named. Of another room an `error` says so.',
      next: 'Stay away.',
    },
  ],
  refusals: [
    {
      status: 400,
      codes: ['bad-room', 'bad-cursor', 'bad-query'],
      when: 'The room of the URL or its query is ill-formed. (A key or version that is none is 400 as well, without a code.)',
    },
    {
      status: 401,
      codes: ['unauthorized', 'expired'],
      when: 'The token is none of this server, or no longer good.',
    },
    { status: 426, codes: ['upgrade-required'], when: 'It is a plain request.' },
    ...doorRefusals,
  ],
}
