import { scenario } from '../define.ts'
import type { Claim } from './claim.ts'
import { measured, notLooked, numberSeen, observed, say, textSeen } from './evidence.ts'

export const socketioFallback: Claim = {
  id: 'socketio-fallback',
  sentence: 'Socket.IO falls back to polling where WebSocket is blocked',
  said: 'course notes',
  scenario: scenario({
    name: 'claim-socketio-fallback',
    title: 'Behind a firewall',
    question: 'Does Socket.IO deliver where every WebSocket is refused, and at what price?',
    about:
      'Socket.IO’s own client, as it is by default, behind a link that answers every upgrade with 403: what ' +
      'it is connected over, after how long, and how many requests its messages take. Beside it, readers ' +
      'over Socket.IO, long polling and WebSocket on the same network.',
    transports: ['long-polling', 'websocket', 'socket-io'],
    readers: 4,
    traffic: { rate: 5, arrivals: 'poisson', payload: 'conversation' },
    conditions: 'school-firewall',
    warmUp: 1,
    seconds: 5,
    repeat: 1,
  }),
  experiment: 'socketio-fallback',
  rule(report) {
    const published = numberSeen(report, 'published')
    const entries = numberSeen(report, 'entries')
    const transport = textSeen(report, 'transport')
    if (published === undefined || entries === undefined || transport === undefined) {
      return notLooked('Socket.IO’s client behind a link that refuses upgrades')
    }
    const after = numberSeen(report, 'connected-after')
    const requests = numberSeen(report, 'requests')
    const status = numberSeen(report, 'ws-status')
    const raw = status === undefined ? '' : ` A plain WebSocket’s handshake was answered ${status}.`
    const when = after === undefined ? '' : ` It was connected after ${say(after, 'ms')}.`
    const each = requests === undefined || entries === 0 ? undefined : requests / entries
    const price = each === undefined ? '' : ` It took ${say(each)} requests a message.`
    return observed(
      entries === published && transport === 'polling' ? 'holds' : 'does not hold',
      `Of ${published} messages Socket.IO’s client got ${entries}, over ${transport}.${when}${price}${raw}`,
      [
        measured('Messages it got', entries, ''),
        ...(after === undefined ? [] : [measured('Connected after', after, 'ms')]),
        ...(each === undefined ? [] : [measured('Requests a message', each, '')]),
      ],
    )
  },
  nuance:
    'Strictly it does not fall back: it begins with polling and goes on with it when the upgrade fails, so ' +
    'nothing is lost and hardly any time. A client that was told to use WebSocket only ' +
    '(transports: ["websocket"]) has nothing to go on with. On polling each batch of messages is a request, ' +
    'with its heads, and several servers behind a balancer then need sticky sessions. Where the block ' +
    'swallows the upgrade in silence instead of refusing it, the client goes on polling while it waits.',
}
