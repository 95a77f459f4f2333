import { scenario } from '../define.ts'
import type { Claim } from './claim.ts'
import { byCase, enough, judged, measuredEach, medianOf, notEnough, pointsOf, sayEach } from './evidence.ts'

export const percentLess98: Claim = {
  id: '98-percent-less',
  sentence: 'WebSocket cuts protocol overhead by 98.8 %',
  said: 'websocket.org',
  scenario: scenario({
    name: 'claim-98-percent-less',
    title: '98.8 % less',
    question: 'How much of polling’s overhead does a WebSocket save?',
    about:
      'A poll every second, or a WebSocket, in a room with a message every two seconds, with five a ' +
      'second and with fifty a second. Overhead is every byte that is not the entry itself; the entry is ' +
      'what one wanted.',
    transports: ['short-polling', 'websocket'],
    readers: 4,
    traffic: { rate: 0.5, arrivals: 'even', payload: 'conversation' },
    warmUp: 1,
    seconds: 4,
    repeat: 3,
    sweep: { of: 'rate', values: [0.5, 5, 50] },
  }),
  rule(report) {
    const saved = pointsOf(report, (label) => {
      const poll = medianOf(report, 'short-polling', label, 'overhead')
      const socket = medianOf(report, 'websocket', label, 'overhead')
      return poll === undefined || socket === undefined || poll <= 0 ? undefined : 100 * (1 - socket / poll)
    })
    if (!enough(saved)) return notEnough(report, 'messages delivered on both transports at two rates or more')
    const overhead = (transport: 'short-polling' | 'websocket') =>
      pointsOf(report, (label) => medianOf(report, transport, label, 'overhead'))
    return judged(
      report,
      byCase(report, saved, ({ value }) => value >= CLAIMED),
      `A WebSocket saved ${sayEach(saved, '%')} messages a second.`,
      [
        ...measuredEach('Overhead saved', saved, '%'),
        ...measuredEach('Overhead a delivery, short polling', overhead('short-polling'), 'B'),
        ...measuredEach('Overhead a delivery, WebSocket', overhead('websocket'), 'B'),
      ],
    )
  },
  nuance:
    'The number compares one message for each poll with one frame. With less news than that, the empty ' +
    'polls are overhead too and the saving is greater still; with more, one answer carries many entries ' +
    'and the saving shrinks. Protocol overhead is also not the whole: a percentage of it says nothing of ' +
    'what share it was of all the bytes.',
  quoted: [{ value: '98.8 % less protocol overhead', source: 'websocket.org' }],
}

/** 98.8 % rounded down to what the sentence is remembered as. */
const CLAIMED = 98
