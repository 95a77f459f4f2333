import { scenario } from '../define.ts'
import type { Run } from '../report.ts'
import type { Claim } from './claim.ts'
import { judged, measured, medianOf, notEnough, say } from './evidence.ts'

export const proxiesBufferSse: Claim = {
  id: 'proxies-buffer-sse',
  sentence: 'Proxies hold back server-sent events',
  said: 'issue threads',
  scenario: scenario({
    name: 'claim-proxies-buffer-sse',
    title: 'A proxy that collects',
    question: 'Do events arrive late behind a proxy that buffers responses?',
    about:
      'The same messages over SSE, long polling and WebSocket through a link that holds back what a response ' +
      'brings until four kilobytes wait, two seconds have passed or the response is whole, as a proxy does ' +
      'that buffers and knows nothing of streams. A long poll’s answer is whole at once; what follows an ' +
      'upgrade is no response.',
    transports: ['long-polling', 'sse', 'websocket'],
    readers: 5,
    traffic: { rate: 2, arrivals: 'poisson', payload: 'conversation' },
    conditions: 'corporate-proxy',
    warmUp: 1,
    seconds: 8,
    repeat: 3,
  }),
  rule(report) {
    const p50 = (transport: 'long-polling' | 'sse' | 'websocket') => medianOf(report, transport, '', median)
    const [polls, events, frames] = [p50('long-polling'), p50('sse'), p50('websocket')]
    if (events === undefined || frames === undefined) {
      return notEnough(report, `${ENOUGH} deliveries over SSE and over WebSocket`)
    }
    const besides = polls === undefined ? '' : `, and ${say(polls, 'ms')} by long polling`
    return judged(
      report,
      events - frames >= HELD ? 'holds' : 'does not hold',
      `Behind a link that buffers responses the median delivery took ${say(events, 'ms')} by SSE, ` +
        `${say(frames, 'ms')} by WebSocket${besides}.`,
      [
        measured('Latency p50 behind the buffering link, SSE', events, 'ms'),
        measured('Latency p50 behind the buffering link, WebSocket', frames, 'ms'),
        ...(polls === undefined
          ? []
          : [measured('Latency p50 behind the buffering link, long polling', polls, 'ms')]),
      ],
    )
  },
  nuance:
    'It holds of a proxy that buffers, and this one was made to. Many do as they come: nginx buffers what it ' +
    'proxies until it is told not to, by its configuration or by the response itself with ' +
    '“X-Accel-Buffering: no”, which our link does not read. A proxy that buffers without a time limit ' +
    'holds a quiet stream back for good; heartbeats only fill its buffer sooner.',
}

/** A buffer that is felt holds things back for at least so long, in ms; the link’s limit is 2 s. */
const HELD = 200
const ENOUGH = 10

const median = ({ latency }: Run) => (latency.n >= ENOUGH ? latency.p50 : undefined)
