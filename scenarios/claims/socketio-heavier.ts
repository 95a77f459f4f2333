import { scenario } from '../define.ts'
import { median } from '../stats/bootstrap.ts'
import type { FigureId } from '../stats/figures.ts'
import type { Claim } from './claim.ts'
import { allOrNone, judged, measured, notEnough, pairsOf, say } from './evidence.ts'

export const socketioHeavier: Claim = {
  id: 'socketio-heavier',
  sentence: 'Socket.IO costs more than a raw WebSocket',
  said: 'course notes',
  scenario: scenario({
    name: 'claim-socketio-heavier',
    title: 'The weight of Socket.IO',
    question: 'What does Socket.IO cost beyond the WebSocket under it?',
    about:
      'The same feed to a thousand readers over Socket.IO, which ends on a WebSocket, and over a ' +
      'WebSocket alone. Looked at side by side are the bytes of a delivery, the server’s CPU for it, and ' +
      'the memory of a connection.',
    transports: ['websocket', 'socket-io'],
    readers: 1_000,
    traffic: { rate: 2, arrivals: 'poisson', payload: 'conversation' },
    warmUp: 1,
    seconds: 5,
    repeat: 5,
  }),
  rule(report) {
    const compared = aspects.flatMap(({ figure, label, what, unit, more }) => {
      const pairs = pairsOf(report, ['socket-io', 'websocket'], '', figure).filter(([, raw]) => raw > 0)
      if (pairs.length === 0) return []
      const socketIo = median(pairs.map(([socketIo]) => socketIo))
      const raw = median(pairs.map(([, raw]) => raw))
      const times = median(pairs.map(([socketIo, raw]) => socketIo / raw))
      const told = `${say(times)} times the ${what} (${say(socketIo, unit)} against ${say(raw, unit)})`
      const figures = [
        measured(`${label}, Socket.IO`, socketIo, unit),
        measured(`${label}, WebSocket`, raw, unit),
        measured(`${label}, Socket.IO over WebSocket`, times, '×'),
      ]
      return { heavier: times > more, told, figures, figure }
    })
    if (!compared.some(({ figure }) => figure === 'bytes')) {
      return notEnough(report, 'messages delivered on both transports')
    }
    return judged(
      report,
      allOrNone(compared, ({ heavier }) => heavier),
      `Socket.IO took ${compared.map(({ told }) => told).join(', ')}.`,
      compared.flatMap(({ figures }) => figures),
    )
  },
  nuance:
    'What it costs more buys something: reconnecting, a fall-back where upgrades are refused, ' +
    'acknowledgements, rooms. A WebSocket with all that written by hand is heavier than a bare one, too. ' +
    'The bytes a message are few: packet type, namespace and event name. What is left out here is the ' +
    'client: Socket.IO’s has to be loaded before it can connect.',
  quoted: [
    {
      value: 'heap for 10,000 clients: Socket.IO about 98 MB, ws about 46 MB',
      source: 'Socket.IO’s own chart',
    },
  ],
}

interface Aspect {
  figure: FigureId
  label: string
  what: string
  unit: string
  /**
   * From which ratio on it is told as more: bytes are counted exactly, CPU and memory waver by themselves.
   */
  more: number
}

const aspects: readonly Aspect[] = [
  { figure: 'bytes', label: 'Bytes a delivery', what: 'bytes a delivery', unit: 'B', more: 1.01 },
  { figure: 'cpu', label: 'CPU a delivery', what: 'server’s CPU', unit: 'µs', more: 1.1 },
  { figure: 'memory', label: 'Memory a connection', what: 'memory a connection', unit: 'KiB', more: 1.1 },
]
