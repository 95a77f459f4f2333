import type { TransportName } from '../../server/contract/transports.ts'
import { scenario } from '../define.ts'
import type { Report, Run } from '../report.ts'
import type { Claim } from './claim.ts'
import { judged, measured, medianOf, notEnough, pointsOf, say } from './evidence.ts'

export const statefulMemory: Claim = {
  id: 'stateful-memory',
  sentence: 'WebSockets cost memory for each connection',
  said: 'course notes',
  scenario: scenario({
    name: 'claim-stateful-memory',
    title: 'Memory held',
    question: 'How much of the server’s memory does an idle connection hold?',
    about:
      'Two hundred readers and then two thousand connect, and nobody speaks. The rise of the server’s ' +
      'resident memory between the two, divided by the readers it took, is what one more connection ' +
      'costs; what the process takes once falls out. Short polls go over connections that stay open ' +
      'between them.',
    transports: ['websocket', 'sse', 'short-polling'],
    readers: 200,
    publishers: 0,
    interval: 2,
    traffic: { rate: 0, arrivals: 'even', payload: 'conversation' },
    warmUp: 0,
    seconds: 1,
    repeat: 3,
    sweep: { of: 'readers', values: [200, 2_000] },
    notInBrowser:
      'A page does not see the memory of the server, and opens only a handful of connections to it.',
  }),
  rule(report) {
    const socket = slope(report, 'websocket')
    const poll = slope(report, 'short-polling')
    if (socket === undefined || poll === undefined) {
      return notEnough(
        report,
        'the server’s memory with few and with many readers, on WebSocket and short polling',
      )
    }
    const sse = slope(report, 'sse')
    return judged(
      report,
      socket >= SOMETHING ? 'holds' : 'does not hold',
      `An idle WebSocket held ${say(socket, 'KiB')} of the server’s memory, ` +
        `a poller with its kept connection ${say(poll, 'KiB')}` +
        `${sse === undefined ? '' : `, an SSE stream ${say(sse, 'KiB')}`}.`,
      [
        measured('Memory an idle WebSocket', socket, 'KiB'),
        measured('Memory a poller between polls', poll, 'KiB'),
        ...(sse === undefined ? [] : [measured('Memory an idle SSE stream', sse, 'KiB')]),
      ],
    )
  },
  nuance:
    'What costs memory is a connection that stays open, whatever is spoken on it: keep-alive holds one ' +
    'for a poller as well, for as long as the server’s time-out lets it. A poller can be let go and will ' +
    'come back; a reader that is to be told something cannot. The figure is the process’s; the kernel’s ' +
    'socket buffers come on top, and one’s own state for each user is usually more than either.',
  quoted: [
    {
      value: 'an idle WebSocket in Centrifugo 27 kB, 10.9 kB tuned, and about 4 kB in the kernel',
      source: 'Centrifugo’s blog, 2026',
    },
    {
      value: 'heap for 10,000 clients: Socket.IO about 98 MB, ws about 46 MB',
      source: 'Socket.IO’s own chart',
    },
  ],
}

/** A connection cannot be had for less than its socket object; below a KiB the rise is the noise of pages. */
const SOMETHING = 1

/** KiB for one more connection: between the fewest and the most readers of the sweep. */
function slope(report: Report, transport: TransportName): number | undefined {
  const rises = pointsOf(report, (label) => medianOf(report, transport, label, rise))
  rises.sort((one, other) => one.at - other.at)
  const few = rises[0]
  const many = rises.at(-1)
  return few && many && many.at > few.at ? (many.value - few.value) / (many.at - few.at) : undefined
}

const rise = ({ server }: Run) => server && (server.rssConnected - server.rssBefore) / 1024
