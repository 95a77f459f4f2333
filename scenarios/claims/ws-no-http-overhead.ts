import { scenario } from '../define.ts'
import type { Run } from '../report.ts'
import type { Claim } from './claim.ts'
import { judged, measured, medianOf, notEnough, say } from './evidence.ts'

export const wsNoHttpOverhead: Claim = {
  id: 'ws-no-http-overhead',
  sentence: 'On a WebSocket there is no HTTP overhead for each message',
  said: 'course notes',
  scenario: scenario({
    name: 'claim-ws-no-http-overhead',
    title: 'After the handshake',
    question: 'Does any HTTP travel on a WebSocket once it is open?',
    about:
      'Messages up and down on WebSockets that are already open. The server counts the bytes of HTTP ' +
      'heads apart from those of frames, of messages about the feed and of the entries themselves.',
    transports: ['websocket'],
    readers: 4,
    traffic: { rate: 10, arrivals: 'poisson', payload: 'conversation' },
    warmUp: 1,
    seconds: 5,
    repeat: 3,
  }),
  rule(report) {
    const heads = medianOf(report, 'websocket', '', headBytes)
    const framing = medianOf(report, 'websocket', '', 'framing')
    if (heads === undefined || framing === undefined) {
      return notEnough(report, 'messages on WebSockets that were open before figures counted')
    }
    return judged(
      report,
      heads === 0 ? 'holds' : 'does not hold',
      `After the handshake ${say(heads, 'B')} of HTTP heads crossed, ` +
        `and ${say(framing, 'B')} of framing for each message delivered.`,
      [
        measured('HTTP heads after the handshake, all messages together', heads, 'B'),
        measured('Framing a delivery', framing, 'B'),
      ],
    )
  },
  nuance:
    'No HTTP, but not nothing: each frame has a head of its own of 2 to 14 bytes (RFC 6455 §5.2), upward ' +
    '4 of them a mask, and this feed wraps each entry in a JSON object of 10 bytes. The handshake is HTTP ' +
    'with all that a browser sends, once for each connection and again after each cut. TCP and IP add at ' +
    'least 40 bytes a packet to every transport alike; the meter, which reads the socket, does not see ' +
    'them.',
  quoted: [
    {
      value: 'WebSocket 2–10 B down and 6–14 B up a message, plus 60–100 B of IP, TCP and TLS',
      source: 'Grigorik, High Performance Browser Networking',
    },
  ],
}

/**
 * Of readers and publishers. Not known where a handshake fell into the time that counted: its heads are in
 * there.
 */
function headBytes({ readersTally, publishersTally }: Run): number | undefined {
  const tallies = [readersTally, publishersTally]
  if (readersTally.entriesOut === 0 || tallies.some(({ upgrades }) => upgrades > 0)) return undefined
  return tallies.reduce((sum, { headBytesIn, headBytesOut }) => sum + headBytesIn + headBytesOut, 0)
}
