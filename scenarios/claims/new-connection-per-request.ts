import { scenario } from '../define.ts'
import type { Report, Run } from '../report.ts'
import type { Claim } from './claim.ts'
import { caseWhere, judged, measured, medianOf, modelled, notEnough, numberSeen, say } from './evidence.ts'

export const newConnectionPerRequest: Claim = {
  id: 'new-connection-per-request',
  sentence: 'Every HTTP request does a new TCP three-way handshake',
  said: 'course notes and many articles',
  scenario: scenario({
    name: 'claim-new-connection-per-request',
    title: 'A connection for each request',
    question: 'Does every HTTP request open a new TCP connection?',
    about:
      'Short polls five times a second, once over connections that are used again, which is what HTTP/1.1 ' +
      'does unless told otherwise, and once with “Connection: close”. The server counts the TCP ' +
      'connections it accepts and the requests they carry. Besides, single requests are timed on old and on ' +
      'new connections, here and with 80 and 200 ms of round trip made by a link.',
    transports: ['short-polling'],
    readers: 4,
    interval: 0.2,
    traffic: { rate: 2, arrivals: 'poisson', payload: 'conversation' },
    warmUp: 1,
    seconds: 5,
    repeat: 3,
    sweep: { of: 'keepAlive', values: [true, false] },
    notInBrowser: 'A page cannot ask for “Connection: close”: browsers keep that header to themselves.',
  }),
  experiment: 'new-connection-cost',
  rule(report) {
    const kept = caseWhere(report, ({ keepAlive }) => keepAlive)
    const closed = caseWhere(report, ({ keepAlive }) => !keepAlive)
    const each = (label: string | undefined) =>
      label === undefined ? undefined : medianOf(report, 'short-polling', label, connectionsPerRequest)
    const whenKept = each(kept)
    if (whenKept === undefined) return notEnough(report, `${ENOUGH} requests with keep-alive`)

    const figures = [measured('New connections a request, keep-alive', whenKept, '')]
    const sentences = [`With keep-alive the server accepted ${say(whenKept)} new connections a request.`]
    const whenClosed = each(closed)
    if (whenClosed !== undefined) {
      figures.push(measured('New connections a request, Connection: close', whenClosed, ''))
      sentences.push(`With “Connection: close” on every request it accepted ${say(whenClosed)}.`)
    }
    for (const { rtt, extra } of costs(report)) {
      const what = `A new connection takes longer by, round trip + ${rtt} ms`
      figures.push(rtt === 0 ? measured(what, extra, 'ms') : modelled(what, extra, 'ms'))
      const where = rtt === 0 ? 'on this machine' : `with ${rtt} ms of round trip (modelled)`
      sentences.push(`A request on a new connection took ${say(extra, 'ms')} longer ${where}.`)
    }
    const verdict = whenKept >= MOSTLY ? 'holds' : whenKept <= RARELY ? 'does not hold' : 'depends'
    return judged(report, verdict, sentences.join(' '), figures)
  },
  nuance:
    'It was so in HTTP/1.0. HTTP/1.1 keeps connections open unless one side says otherwise (RFC 9112 ' +
    '§9.3), and HTTP/2 puts all requests of a browser on one. A new connection is still paid for by the ' +
    'first request, after idle time-outs, and behind proxies that close: then it costs one round trip ' +
    'before the request may leave, two or three with TLS, which is nothing on this machine and can be ' +
    'felt across an ocean.',
}

/**
 * The claim says “every”: nine in ten still is, one in ten no more; between them it depends on who closes.
 */
const MOSTLY = 0.9
const RARELY = 0.1
/** Below this many requests one stray reconnect would look like a habit. */
const ENOUGH = 20

/** What a new connection takes beyond one that is there, where somebody looked. Behind a link its handshake is modelled. */
const costs = (report: Report) =>
  [0, 80, 200].flatMap((rtt) => {
    const kept = numberSeen(report, `kept-${rtt}`)
    const fresh = numberSeen(report, `fresh-${rtt}`)
    return kept === undefined || fresh === undefined ? [] : { rtt, extra: fresh - kept }
  })

const connectionsPerRequest = ({ readersTally: { connections, requests } }: Run) =>
  requests >= ENOUGH ? connections / requests : undefined
