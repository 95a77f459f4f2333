import { scenario } from '../define.ts'
import type { Run } from '../report.ts'
import type { Claim } from './claim.ts'
import { byCase, enough, judged, measuredEach, medianOf, notEnough, pointsOf, say } from './evidence.ts'

export const wsLowLatency: Claim = {
  id: 'ws-low-latency',
  sentence: 'WebSocket has lower latency than long polling',
  said: 'course notes and articles',
  scenario: scenario({
    name: 'claim-ws-low-latency',
    title: 'Latency and distance',
    question: 'Does a WebSocket deliver sooner than a long poll, and from which distance on?',
    about:
      'The same messages to the same number of readers over long polling and WebSocket, ten a second, through ' +
      'a link that adds nothing, 80 and 200 ms to each round trip. A held request can be answered as soon as ' +
      'a frame can be sent. The difference should show when the next message comes before the reader has ' +
      'asked again, which takes a round trip.',
    transports: ['long-polling', 'websocket'],
    readers: 20,
    publishers: 4,
    traffic: { rate: 10, arrivals: 'poisson', payload: 'conversation' },
    warmUp: 1,
    seconds: 5,
    repeat: 3,
    sweep: { of: 'rtt', values: [0, 80, 200] },
  }),
  rule(report) {
    const p50 = (transport: 'long-polling' | 'websocket') =>
      pointsOf(report, (label) => medianOf(report, transport, label, median))
    const polls = p50('long-polling')
    const sockets = p50('websocket')
    const gains = polls.flatMap((poll) => {
      const socket = sockets.find(({ label }) => label === poll.label)
      return socket
        ? { ...poll, value: poll.value - socket.value, socket: socket.value, poll: poll.value }
        : []
    })
    if (!enough(gains))
      return notEnough(report, `${ENOUGH} deliveries on both transports at two distances or more`)
    const told = gains.map(({ at, value, poll, socket }) => {
      const each = `${say(socket, 'ms')} by WebSocket and ${say(poll, 'ms')} by long polling`
      const tie = Math.abs(value) < TIE ? ', a tie on one machine' : ''
      const far = at === 0 ? 'Without distance' : `With ${say(at)} ms of round trip`
      return `${far} the median delivery took ${each}${tie}.`
    })
    return judged(
      report,
      byCase(report, gains, ({ value }) => value >= TIE),
      told.join(' '),
      [
        ...measuredEach('Latency p50, WebSocket', sockets, 'ms'),
        ...measuredEach('Latency p50, long polling', polls, 'ms'),
        ...measuredEach('Long polling takes longer by', gains, 'ms'),
      ],
    )
  },
  nuance:
    'The distance is made by a link of ours, which delays what passes; connections are open before figures ' +
    'count, so no modelled handshake is in the medians. A message that finds a long poll waiting travels as fast as a ' +
    'frame: one way across the network. One that comes just after an answer has to wait for the answer to ' +
    'arrive and the next request to come back, up to a round trip more. So the sentence grows truer with ' +
    'distance and with rate, and on one machine it is mostly about the server’s work.',
}

/** Closer than this many ms is a tie on one machine: schedulers and timers there differ by as much. */
const TIE = 2
const ENOUGH = 10

const median = ({ latency }: Run) => (latency.n >= ENOUGH ? latency.p50 : undefined)
