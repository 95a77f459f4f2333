import { scenario } from '../define.ts'
import type { Claim } from './claim.ts'
import { flagSeen, measured, notLooked, numberSeen, observed, say } from './evidence.ts'

export const autoReconnect: Claim = {
  id: 'auto-reconnect',
  sentence: 'Socket.IO reconnects by itself, a raw WebSocket does not',
  said: 'course notes',
  scenario: scenario({
    name: 'claim-auto-reconnect',
    title: 'Who comes back',
    question: 'Who is back after the network was gone for a moment?',
    about:
      'The connections of a plain WebSocket and of Socket.IO’s own client, as it is by default, are cut ' +
      'for a second and then let in again, and messages are published. Looked at is who asked to be let ' +
      'in, and what they then heard.',
    transports: ['websocket', 'socket-io'],
    readers: 2,
    traffic: { rate: 5, arrivals: 'even', payload: 'conversation' },
    warmUp: 0,
    seconds: 2,
    repeat: 1,
    notInBrowser: 'A page cannot cut its own connections the way a network does.',
  }),
  experiment: 'auto-reconnect',
  rule(report) {
    const socketIo = flagSeen(report, 'socketio-back')
    const raw = flagSeen(report, 'ws-back')
    if (socketIo === undefined || raw === undefined) return notLooked('both clients, cut and let in again')
    const after = numberSeen(report, 'socketio-back-after')
    const heard = numberSeen(report, 'entries-after')
    const when = socketIo && after !== undefined ? `, ${say(after, 'ms')} after it could be` : ''
    const rooms =
      socketIo && heard !== undefined
        ? ` Until it joined its room again it heard ${heard} of the messages published then.`
        : ''
    return observed(
      socketIo && !raw ? 'holds' : 'does not hold',
      `Socket.IO’s client was ${socketIo ? 'back' : 'not back'}${when}; the plain WebSocket ` +
        `${raw ? 'had tried to come back' : 'had not tried'}.${rooms}`,
      [
        ...(socketIo && after !== undefined ? [measured('Socket.IO was back after', after, 'ms')] : []),
        ...(heard === undefined ? [] : [measured('Messages it heard without joining again', heard, '')]),
      ],
    )
  },
  nuance:
    'Reconnecting is the easy half. The connection that comes back is a new one: the server has put it in ' +
    'no room, and what was said meanwhile is gone unless both ends count messages. A WebSocket with a ' +
    'timer, growing pauses and a cursor is a screenful of code, which every lane of the dashboard has. ' +
    'SSE is the third case: the browser reconnects and repeats the last id it saw.',
}
