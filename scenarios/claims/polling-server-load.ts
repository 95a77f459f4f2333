import { scenario } from '../define.ts'
import type { Claim } from './claim.ts'
import {
  byCase,
  crossing,
  enough,
  judged,
  measuredEach,
  medianOf,
  modelled,
  notEnough,
  pointsOf,
  ratio,
  say,
  sayEach,
} from './evidence.ts'

export const pollingServerLoad: Claim = {
  id: 'polling-server-load',
  sentence: 'Polling loads the server more than pushing',
  said: 'course notes',
  scenario: scenario({
    name: 'claim-polling-server-load',
    title: 'The server’s work',
    question: 'Does polling cost the server more CPU than pushing?',
    about:
      'Fifty readers poll every second, or hold a WebSocket, in a room in which a message comes every two ' +
      'seconds, and five, fifty or two hundred a second. Looked at is the CPU time of the server’s ' +
      'process for each delivery.',
    transports: ['short-polling', 'websocket'],
    readers: 50,
    publishers: 4,
    traffic: { rate: 0.5, arrivals: 'even', payload: 'conversation' },
    warmUp: 1,
    seconds: 3,
    repeat: 3,
    sweep: { of: 'rate', values: [0.5, 5, 50, 200] },
    notInBrowser: 'A page does not see the CPU time of the server’s process.',
  }),
  rule(report) {
    const cpu = (transport: 'short-polling' | 'websocket') =>
      pointsOf(report, (label) => medianOf(report, transport, label, 'cpu'))
    const times = pointsOf(report, (label) =>
      ratio(medianOf(report, 'short-polling', label, 'cpu'), medianOf(report, 'websocket', label, 'cpu')),
    )
    if (!enough(times))
      return notEnough(report, 'the server’s CPU time on both transports at two rates or more')
    const turn = crossing(times, 1)
    const turning =
      turn === undefined ? '' : ` The two cost the same at about ${say(turn)} messages a second.`
    return judged(
      report,
      byCase(report, times, ({ value }) => value > CLEARLY),
      `A delivery by polling took ${sayEach(times, 'times')} messages a second ` +
        `the CPU of one by WebSocket.${turning}`,
      [
        ...measuredEach('CPU a delivery, short polling', cpu('short-polling'), 'µs'),
        ...measuredEach('CPU a delivery, WebSocket', cpu('websocket'), 'µs'),
        ...(turn === undefined ? [] : [modelled('Equal at', turn, 'messages/s')]),
      ],
    )
  },
  nuance:
    'Who polls pays for each question, who pushes pays for each message. With little news most questions ' +
    'are wasted; with much news one answer carries many messages under one head and one write, while a ' +
    'push writes once for each. So it depends on messages in an interval. Pushing also delivers at once, ' +
    'which this comparison leaves out: a poller that wants to be as quick has to ask far more often.',
  quoted: [{ value: 'push took 7 times the CPU of pull', source: 'Bozdag 2007' }],
}

/**
 * Repeated runs of a few seconds differ by several per cent of CPU on a shared machine; a tenth is beyond
 * that.
 */
const CLEARLY = 1.1
