import { scenario } from '../define.ts'
import type { Run } from '../report.ts'
import type { Claim, Verdict } from './claim.ts'
import { judged, measured, measuredEach, medianOf, modelled, notEnough, pointsOf, say } from './evidence.ts'

export const bytes871To2: Claim = {
  id: '871-to-2-bytes',
  sentence: 'HTTP costs 871 bytes of headers, a WebSocket 2 bytes of frame',
  said: 'the “Quantum Leap” article',
  scenario: scenario({
    name: 'claim-871-to-2-bytes',
    title: '871 bytes or 2',
    question: 'How long are the heads of a poll, and how long is a frame’s?',
    about:
      'Polls with the headers that Chrome sends, without cookies and with 2,300 bytes of them, and the ' +
      'same entries in WebSocket frames. The server counts the bytes of heads, request and response ' +
      'together, and those of framing.',
    transports: ['short-polling', 'websocket'],
    readers: 4,
    interval: 0.25,
    traffic: { rate: 5, arrivals: 'poisson', payload: 'conversation' },
    warmUp: 1,
    seconds: 4,
    repeat: 3,
    sweep: { of: 'cookieBytes', values: [0, 2_300] },
    notInBrowser:
      'A page does not write its own Cookie header: the browser does, with whatever it keeps for this site.',
  }),
  rule(report) {
    const heads = pointsOf(report, (label) => medianOf(report, 'short-polling', label, headsPerRequest))
    const framing = pointsOf(report, (label) => medianOf(report, 'websocket', label, 'framing'))
    // Not the first that is there: that may be the one with cookies.
    const bare = heads.find(({ at }) => at === 0)
    const framed = framing[0]
    if (bare === undefined || framed === undefined)
      return notEnough(report, 'polls without cookies, and messages on a WebSocket')
    const frame = framed.value - ENVELOPE
    const told = heads.map(({ at, value }) => `${say(value, 'B')} with ${say(at, 'B')} of cookies`)
    return judged(
      report,
      together(near(bare.value, 871), near(frame, 2)),
      `A poll’s heads, both ways, were ${told.join(' and ')}; a frame’s head was ${say(frame, 'B')}, ` +
        `of ${say(framed.value, 'B')} framing with this feed’s envelope.`,
      [
        ...measuredEach('Heads a poll, request and response', heads, 'B'),
        measured('Framing a delivery, WebSocket', framed.value, 'B'),
        modelled('Frame head, less this feed’s envelope of 10 B', frame, 'B'),
      ],
    )
  },
  nuance:
    'Both numbers are of one message and one browser. The heads of a request are as long as the browser, ' +
    'the site’s cookies and the server make them. A frame’s head is 2 bytes up to 125 bytes of text, 4 up ' +
    'to 65,535, then 10, and 4 more upward for the mask (RFC 6455 §5.2); entries of a chat are longer ' +
    'than 125 bytes. And a head is shared by all the entries its answer brings, while each frame carries ' +
    'one.',
  quoted: [
    { value: '871 B of HTTP headers, 2 B of frame', source: 'the “Quantum Leap” article' },
    { value: '490 B a request without cookies, 2,800 B with', source: 'StackOverflow 14711517' },
    {
      value: 'HTTP/1: about 800 B for a request and its response',
      source: 'Grigorik, High Performance Browser Networking',
    },
  ],
}

/**
 * `{"entry":` and `}`, which this feed puts around every entry, are framing to the meter but not the frame’s.
 */
const ENVELOPE = 10
/** A number that is a quarter off is still the right one to have in mind; at twice or half it misleads. */
const near = (value: number, claimed: number) => Math.abs(value / claimed - 1) <= 0.25

function together(heads: boolean, frame: boolean): Verdict['verdict'] {
  if (heads && frame) return 'holds'
  return heads || frame ? 'depends' : 'does not hold'
}

const headsPerRequest = ({ readersTally: { headBytesIn, headBytesOut, requests } }: Run) =>
  requests > 0 ? (headBytesIn + headBytesOut) / requests : undefined
