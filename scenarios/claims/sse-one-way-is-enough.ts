import { scenario } from '../define.ts'
import type { Run } from '../report.ts'
import type { Claim } from './claim.ts'
import { byCase, judged, measuredEach, medianOf, notEnough, pointsOf, ratio, say } from './evidence.ts'

export const sseOneWayIsEnough: Claim = {
  id: 'sse-one-way-is-enough',
  sentence: 'For a feed, SSE costs the same as WebSocket',
  said: 'articles',
  scenario: scenario({
    name: 'claim-sse-one-way-is-enough',
    title: 'One way is enough',
    question: 'Does a feed over SSE, publishing by POST, cost what it costs over WebSocket?',
    about:
      'One writer and 1, 4 or 100 readers, over SSE and over WebSocket. The writer’s way up is counted ' +
      'with the readers’ way down: a POST with all its heads for each message, or a frame. The more ' +
      'readers share a message, the less that weighs. Looked at are bytes, the median delivery and, where ' +
      'it can be seen, the server’s CPU.',
    transports: ['sse', 'websocket'],
    traffic: { rate: 10, arrivals: 'poisson', payload: 'conversation' },
    warmUp: 1,
    seconds: 5,
    repeat: 3,
    sweep: { of: 'readers', values: [1, 4, 100] },
  }),
  rule(report) {
    const times = (reading: Parameters<typeof medianOf>[3]) =>
      pointsOf(report, (label) =>
        ratio(medianOf(report, 'sse', label, reading), medianOf(report, 'websocket', label, reading)),
      )
    const bytes = times(bytesBothWays)
    if (bytes.length === 0) return notEnough(report, 'messages delivered on both transports')
    const cpu = times('cpu')
    const later = pointsOf(report, (label) => {
      const sse = medianOf(report, 'sse', label, 'latency.p50')
      const socket = medianOf(report, 'websocket', label, 'latency.p50')
      return sse === undefined || socket === undefined ? undefined : sse - socket
    })
    const at = (points: typeof bytes, label: string) => points.find((point) => point.label === label)?.value
    const same = (label: string) =>
      (at(bytes, label) ?? 1) <= SAME_BYTES &&
      (at(cpu, label) ?? 1) <= SAME_CPU &&
      (at(later, label) ?? 0) < TIE
    const told = bytes.map(({ label, at: readers, value }) => {
      const work = at(cpu, label)
      const delay = at(later, label)
      const says = [
        `${say(value)} times the bytes`,
        ...(work === undefined ? [] : [`${say(work)} times the CPU`]),
        ...(delay === undefined
          ? []
          : [`a median delivery ${say(Math.abs(delay), 'ms')} ${delay < 0 ? 'sooner' : 'later'}`]),
      ]
      return `with ${say(readers)} ${readers === 1 ? 'reader' : 'readers'} ${says.join(', ')}`
    })
    return judged(
      report,
      byCase(report, bytes, ({ label }) => same(label)),
      `SSE against WebSocket, publishing included: ${told.join('; ')}.`,
      [
        ...measuredEach('Bytes, SSE over WebSocket', bytes, '×'),
        ...measuredEach('CPU a delivery, SSE over WebSocket', cpu, '×'),
        ...measuredEach('Median delivery later by', later, 'ms'),
      ],
    )
  },
  nuance:
    'On the way down an event costs a few bytes more than a frame, and no less than that. The way up is ' +
    'where they part: each POST carries the browser’s heads, so it depends on how many read for each who ' +
    'writes. SSE comes with what a WebSocket leaves to you, reconnecting and Last-Event-ID; a browser ' +
    'opens only six HTTP/1.1 connections to a host, and each stream holds one.',
  quoted: [
    {
      value: 'SSE from 5 B a message; WebSocket 2–10 B down and 6–14 B up',
      source: 'Grigorik, High Performance Browser Networking',
    },
  ],
}

/** Bytes are counted exactly; a tenth more is what nobody would plan differently for. */
const SAME_BYTES = 1.1
/** CPU of a few seconds on a shared machine wavers more than that by itself. */
const SAME_CPU = 1.2
/** Closer than this many ms is a tie on one machine. */
const TIE = 2

function bytesBothWays({ readersTally, publishersTally }: Run): number | undefined {
  const bytes = [readersTally, publishersTally].reduce(
    (sum, { bytesIn, bytesOut }) => sum + bytesIn + bytesOut,
    0,
  )
  return ratio(bytes, readersTally.entriesOut)
}
