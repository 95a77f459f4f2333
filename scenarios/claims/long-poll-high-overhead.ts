import { scenario } from '../define.ts'
import type { Run } from '../report.ts'
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
  say,
  sayEach,
} from './evidence.ts'

export const longPollHighOverhead: Claim = {
  id: 'long-poll-high-overhead',
  sentence: 'Long polling is better than polling, but its overhead stays high',
  said: 'course notes',
  scenario: scenario({
    name: 'claim-long-poll-high-overhead',
    title: 'What a long poll adds',
    question: 'How many bytes does long polling add to each message?',
    about:
      'A room with a message a second, with thirty a second and with a thousand a second, on long polling ' +
      'and, to compare, on a WebSocket. Looked at are the bytes beyond the entry itself. What falls due ' +
      'while an answer is on its way waits for the next one, and then shares its heads.',
    transports: ['long-polling', 'websocket'],
    readers: 4,
    publishers: 10,
    traffic: { rate: 1, arrivals: 'poisson', payload: 'conversation' },
    warmUp: 1,
    seconds: 4,
    repeat: 3,
    sweep: { of: 'rate', values: [1, 30, 1_000] },
  }),
  rule(report) {
    const over = pointsOf(report, (label) => medianOf(report, 'long-polling', label, 'overhead'))
    const shares = pointsOf(report, (label) => medianOf(report, 'long-polling', label, overheadOfPayload))
    if (!enough(shares)) return notEnough(report, 'messages delivered by long polls at two rates or more')
    const socket = pointsOf(report, (label) => medianOf(report, 'websocket', label, 'overhead'))
    const requests = pointsOf(report, (label) => medianOf(report, 'long-polling', label, 'requests'))
    const turn = crossing(shares, HIGH)
    const turning =
      turn === undefined
        ? ''
        : ` From about ${say(turn)} messages a second on it is less than the message itself.`
    const beside = socket.length > 0 ? `; a WebSocket added ${sayEach(socket, 'B')}` : ''
    return judged(
      report,
      byCase(report, shares, ({ value }) => value > HIGH),
      `Beyond the message itself a long poll carried ${sayEach(over, 'B')} ` +
        `messages a second${beside}.${turning}`,
      [
        ...measuredEach('Overhead a message, long polling', over, 'B'),
        ...measuredEach('Overhead over payload, long polling', shares, '×'),
        ...measuredEach('Requests a message, long polling', requests, ''),
        ...measuredEach('Overhead a message, WebSocket', socket, 'B'),
        ...(turn === undefined ? [] : [modelled('Overhead equals the message at', turn, 'messages/s')]),
      ],
    )
  },
  nuance:
    'A long poll pays one request and one response for whatever was waiting when it was answered. When ' +
    'messages come one by one that is two heads for each; when they come faster than the reader can ask ' +
    'again, they share. On a far network asking again takes a round trip, so sharing begins at lower ' +
    'rates than on one machine. Most of the heads are what a browser sends unasked; a client of one’s own ' +
    'can leave them out.',
  quoted: [
    {
      value: 'HTTP/1: about 800 B for a request and its response',
      source: 'Grigorik, High Performance Browser Networking',
    },
  ],
}

/** “High”: more wrapping than message. */
const HIGH = 1

function overheadOfPayload({ readersTally: tally }: Run): number | undefined {
  const payload = tally.payloadBytesIn + tally.payloadBytesOut
  return payload > 0 ? (tally.bytesIn + tally.bytesOut - payload) / payload : undefined
}
