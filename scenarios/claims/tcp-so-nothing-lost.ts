import { scenario } from '../define.ts'
import type { Claim } from './claim.ts'
import { measured, medianOf, notLooked, numberSeen, observed, say } from './evidence.ts'

export const tcpSoNothingLost: Claim = {
  id: 'tcp-so-nothing-lost',
  sentence: 'WebSocket runs on TCP, so nothing is lost',
  said: 'course notes',
  scenario: scenario({
    name: 'claim-tcp-so-nothing-lost',
    title: 'What TCP promises',
    question: 'Is anything lost when a WebSocket is cut and made again?',
    about:
      'A reader’s connection is cut, sixty messages are published, and it comes back: once as a bare ' +
      'WebSocket would, once with a cursor that says where it stood. Beside it, readers whose connections ' +
      'are left alone show what TCP does promise.',
    transports: ['websocket'],
    readers: 4,
    traffic: { rate: 20, arrivals: 'poisson', payload: 'conversation' },
    warmUp: 1,
    seconds: 3,
    repeat: 1,
    notInBrowser: 'A page’s WebSocket cannot be cut without a word, as a network cuts it.',
  }),
  experiment: 'tcp-so-nothing-lost',
  rule(report) {
    const published = numberSeen(report, 'published-away')
    const without = numberSeen(report, 'lost-without-cursor')
    const withCursor = numberSeen(report, 'lost-with-cursor')
    if (published === undefined || without === undefined || withCursor === undefined) {
      return notLooked('a reader that was cut and came back')
    }
    const uncut = medianOf(report, 'websocket', '', 'lost')
    const alone =
      uncut === undefined ? '' : ` On connections that were left alone ${say(uncut)} deliveries were lost.`
    return observed(
      without === 0 ? 'holds' : 'does not hold',
      `Of ${published} messages published while it was cut off, ` +
        `a reader that came back without a cursor never got ${without}, and one with its cursor ${withCursor}.${alone}`,
      [
        measured('Messages lost over the cut, without a cursor', without, ''),
        measured('Messages lost over the cut, with a cursor', withCursor, ''),
        ...(uncut === undefined ? [] : [measured('Deliveries lost without a cut', uncut, '')]),
      ],
    )
  },
  nuance:
    'TCP promises that what arrives has no holes, for as long as the connection lives. It does not ' +
    'outlive the connection, and what the kernel had accepted for sending when that ended may never have ' +
    'arrived. This server replays the last fifty entries to a reader without a cursor; most replay ' +
    'nothing. To lose nothing, the messages need numbers, the reader has to remember one, and the server ' +
    'has to keep what comes after it.',
}
