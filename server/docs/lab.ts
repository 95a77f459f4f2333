import { connecting, lab } from '../contract/sockets.ts'
import { labLimits } from '../lab.ts'
import { handshakeHeaders } from './handshake.ts'
import type { SocketDescription } from './socket.ts'
import { connect, connectError, connected, engineQuery, engineRefusals, errorAck } from './socket-io.ts'

const page = { page: 'Eight of a-z and 0-9, of one’s own choice.' }
const said = { what: 'io.to', text: 'hi', from: 'oBq2X8cVZk1J0dTeAAAB' }

export const labDescription: SocketDescription = {
  name: 'lab',
  title: 'Socket.IO, the lab',
  server: 'socketIo',
  description: `Socket.IO's own ways to emit, apart from the feed: nothing of it is stored, resumed or counted as an entry. A namespace takes ${labLimits.sockets} sockets, a socket ${labLimits.commandsASecond} commands a second and ${labLimits.rooms} rooms.`,
  channels: {
    lab: { address: '/lab', description: 'For everybody.' },
    labPage: {
      address: '/lab/{page}',
      description: 'One’s own: `io.emit` reaches those who entered the same.',
      parameters: page,
    },
    labAdmin: { address: '/lab-admin', description: 'For who shows the token "open-sesame".' },
    labAdminPage: {
      address: '/lab-admin/{page}',
      description: 'One’s own, for who shows the token.',
      parameters: page,
    },
  },
  query: engineQuery,
  headers: handshakeHeaders,
  up: {
    connect: connect(connecting.lab, { token: 'open-sesame' }),
    do: {
      title: 'Have the server run one of its lines',
      summary: '`room` is "red" and `text` "hi" where they are left out.',
      payload: lab.do,
      example: { what: 'io.to', room: 'red', text: 'hi' },
      wire: '42<namespace>,<n>["do",<payload>]',
      answers: ['done', 'error'],
      promises: ['bounded'],
    },
    answer: {
      title: 'Acknowledge what was asked',
      summary: 'Within 1 s, or who asked is told that somebody was late.',
      payload: lab.answer,
      example: 'here',
      wire: '43<namespace>,<n>[<payload>]',
      isAnswer: true,
    },
  },
  down: {
    connected,
    connectError: connectError(connecting.refusedByLab, { message: 'This token does not open /lab-admin.' }),
    done: {
      title: 'It has run',
      summary: 'The acknowledgement of `do`.',
      payload: lab.done,
      example: { done: true, rooms: ['oBq2X8cVZk1J0dTeAAAB', 'red'] },
      wire: '43<namespace>,<n>[<payload>]',
      isAnswer: true,
    },
    error: errorAck(lab.refused, { code: 'too-many', message: 'Too fast. Try again in 1 s.', retryAfter: 1 }),
    said: {
      title: 'Something was said',
      summary: 'By any of the ways that ask for no acknowledgement.',
      payload: lab.said,
      example: said,
      wire: '42<namespace>,["said",<payload>]',
    },
    asked: {
      title: 'Something was said, and an acknowledgement is waited for',
      summary: 'By `io.timeout`.',
      payload: lab.asked,
      example: { ...said, what: 'io.timeout' },
      wire: '42<namespace>,<n>["asked",<payload>]',
      answers: ['answer'],
    },
  },
  closes: [
    {
      reason: 'io server disconnect',
      when: 'The command was `disconnect`, or the server goes.',
      next: 'The library does not come back by itself here. Connect again.',
    },
    {
      reason: 'transport close',
      when: `A client reads too slowly, with ${labLimits.waiting} packets waiting, or sends what is none of the protocol.`,
      next: 'The library comes back by itself, with another `socket.id` and in no room.',
    },
  ],
  refusals: engineRefusals,
}
