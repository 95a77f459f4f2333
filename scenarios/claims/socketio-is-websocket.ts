import { scenario } from '../define.ts'
import type { Claim } from './claim.ts'
import { measured, medianOf, notLooked, numberSeen, observed, say, textSeen } from './evidence.ts'

export const socketioIsWebsocket: Claim = {
  id: 'socketio-is-websocket',
  sentence: 'Socket.IO is WebSocket',
  said: 'course notes, which say that it is not',
  scenario: scenario({
    name: 'claim-socketio-is-websocket',
    title: 'Socket.IO and WebSocket',
    question: 'Can a plain WebSocket client read a feed from Socket.IO’s endpoint?',
    about:
      'A plain WebSocket client connects to Socket.IO’s endpoint and to this feed’s own WebSocket, and ' +
      'messages are published. A third client speaks Socket.IO’s protocol by hand over the same kind of ' +
      'connection. Beside them the framing of both is measured: what Socket.IO puts around an entry is ' +
      'its protocol.',
    transports: ['websocket', 'socket-io'],
    readers: 4,
    traffic: { rate: 10, arrivals: 'even', payload: 'conversation' },
    warmUp: 1,
    seconds: 3,
    repeat: 1,
    notInBrowser: 'The three clients are part of the command line; a page would have to carry them all.',
  }),
  experiment: 'socketio-is-websocket',
  rule(report) {
    const published = numberSeen(report, 'published')
    const raw = numberSeen(report, 'entries-websocket')
    const plain = numberSeen(report, 'entries-plain')
    const spoken = numberSeen(report, 'entries-spoken')
    if (published === undefined || raw === undefined || plain === undefined || spoken === undefined) {
      return notLooked('a plain WebSocket client at Socket.IO’s endpoint')
    }
    // A client that hears nothing proves nothing, unless one beside it heard.
    if (raw === 0 || spoken === 0) return notLooked('messages that arrive where they should')
    const packet = textSeen(report, 'packet')
    const looks = packet === undefined ? '' : `, where an entry looks like ${packet}…`
    const framing = (transport: 'websocket' | 'socket-io') => medianOf(report, transport, '', 'framing')
    const [bare, wrapped] = [framing('websocket'), framing('socket-io')]
    const around =
      bare === undefined || wrapped === undefined
        ? ''
        : ` Framing was ${say(wrapped, 'B')} a delivery on Socket.IO and ${say(bare, 'B')} on the WebSocket.`
    return observed(
      plain > 0 ? 'holds' : 'does not hold',
      `Of ${published} messages a plain WebSocket client had ${raw} from a WebSocket ` +
        `and ${plain} from Socket.IO’s endpoint; ` +
        `one that spoke Socket.IO’s protocol there had ${spoken}${looks}.${around}`,
      [
        measured('Entries a plain client had from a WebSocket', raw, ''),
        measured('Entries a plain client had from Socket.IO', plain, ''),
        measured('Entries a client had there by speaking the protocol', spoken, ''),
        ...(bare === undefined ? [] : [measured('Framing a delivery, WebSocket', bare, 'B')]),
        ...(wrapped === undefined ? [] : [measured('Framing a delivery, Socket.IO', wrapped, 'B')]),
      ],
    )
  },
  nuance:
    'The frames are those of a WebSocket, and the handshake succeeds: that is what misleads. Inside the ' +
    'frames are two more protocols, Engine.IO’s packet types and Socket.IO’s namespaces, events and ' +
    'acknowledgements, and a client has to speak both, answer pings at their level, and join a namespace ' +
    'before it is told anything. So each side of Socket.IO needs Socket.IO on the other.',
}
