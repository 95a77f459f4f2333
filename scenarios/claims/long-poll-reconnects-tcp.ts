import { scenario } from '../define.ts'
import type { Run } from '../report.ts'
import type { Claim } from './claim.ts'
import { judged, measured, medianOf, notEnough, say } from './evidence.ts'

export const longPollReconnectsTcp: Claim = {
  id: 'long-poll-reconnects-tcp',
  sentence: 'Long polling opens a new TCP connection for each message',
  said: 'articles',
  scenario: scenario({
    name: 'claim-long-poll-reconnects-tcp',
    title: 'Long polls and connections',
    question: 'Does each message over long polling cost a new TCP connection?',
    about:
      'Some fifty messages to readers on long polling. Each answer ends a request, and the next request ' +
      'follows at once; the server counts the TCP connections it accepts meanwhile.',
    transports: ['long-polling'],
    readers: 2,
    traffic: { rate: 5, arrivals: 'poisson', payload: 'conversation' },
    warmUp: 1,
    seconds: 10,
    repeat: 3,
  }),
  rule(report) {
    const opened = medianOf(report, 'long-polling', '', connectionsPerEntry)
    if (opened === undefined) return notEnough(report, `${ENOUGH} messages delivered by long polls`)
    const requests = medianOf(report, 'long-polling', '', 'requests')
    const figures = [measured('New connections a message', opened, '')]
    if (requests !== undefined) figures.push(measured('Requests a message', requests, ''))
    const verdict = opened >= MOSTLY ? 'holds' : opened <= RARELY ? 'does not hold' : 'depends'
    const asked = requests === undefined ? '' : ` for ${say(requests)} requests a message`
    return judged(
      report,
      verdict,
      `Long polling opened ${say(opened)} new TCP connections a message${asked}.`,
      figures,
    )
  },
  nuance:
    'What is new for each message is the request, not the connection: the answer ends the one, and the ' +
    'next goes out on the same socket. So each message pays for two HTTP heads and, on a far network, a ' +
    'round trip in which nothing can be sent to this reader. With “Connection: close”, or a proxy that ' +
    'closes after each answer, it would be so.',
}

/** “For each message”: nine in ten are as good as each, one in ten are accidents of the network. */
const MOSTLY = 0.9
const RARELY = 0.1
/** Below this many messages one stray reconnect would look like a habit. */
const ENOUGH = 20

const connectionsPerEntry = ({ readersTally: { connections, entriesOut } }: Run) =>
  entriesOut >= ENOUGH ? connections / entriesOut : undefined
