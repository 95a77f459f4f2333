import { scenario } from '../define.ts'
import type { Claim } from './claim.ts'
import { flagSeen, measured, notLooked, numberSeen, observed, say } from './evidence.ts'

export const idleCut: Claim = {
  id: 'idle-cut',
  sentence: 'Proxies cut idle sockets after 60 s',
  said: 'issue threads',
  scenario: scenario({
    name: 'claim-idle-cut',
    title: 'Silence behind a proxy',
    question: 'Does a connection outlive a proxy that cuts what is idle?',
    about:
      'Two WebSockets behind a link that ends whatever carries no byte for two seconds, so that nobody has to ' +
      'wait for sixty: one says nothing, the other pings twice a second. Beside them readers in a room with ' +
      'traffic, whose connections are never idle for so long.',
    transports: ['sse', 'websocket'],
    readers: 4,
    traffic: { rate: 5, arrivals: 'even', payload: 'conversation' },
    conditions: { idleCut: 2 },
    warmUp: 1,
    seconds: 4,
    repeat: 1,
  }),
  experiment: 'idle-cut',
  rule(report) {
    const silent = flagSeen(report, 'silent-cut')
    const beating = flagSeen(report, 'beating-cut')
    const limit = numberSeen(report, 'limit')
    if (silent === undefined || beating === undefined || limit === undefined) {
      return notLooked('two WebSockets behind a link that cuts what is idle')
    }
    const after = numberSeen(report, 'silent-cut-after')
    const beat = numberSeen(report, 'beat')
    const when = silent && after !== undefined ? ` after ${say(after, 's')}` : ''
    const every = beat === undefined ? '' : ` every ${say(beat, 's')}`
    return observed(
      silent ? (beating ? 'holds' : 'depends') : 'does not hold',
      `Behind a link that cuts after ${say(limit, 's')} of silence, a WebSocket that said nothing was ` +
        `${silent ? `ended${when}` : 'not ended'}; one that pinged${every} was ` +
        `${beating ? 'ended as well' : 'still open after three times as long'}.`,
      silent && after !== undefined ? [measured('The silent WebSocket was ended after', after, 's')] : [],
    )
  },
  nuance:
    'It depends on whether anybody says anything: a ping is enough, from either side, and this server sends ' +
    'heartbeats on every transport that holds a connection. They have to come sooner than the shortest ' +
    'limit on the way, and limits differ. The figure of 60 s is a default of some proxies, not a law, and ' +
    'is not measured here: the link’s limit is short so that a class need not wait.',
  quoted: [
    { value: '60 s between two reads from the server, then it closes', source: 'nginx, proxy_read_timeout' },
    {
      value: 'at least 2 h 4 min, asked of a NAT for established TCP connections',
      source: 'RFC 5382, REQ-5',
    },
  ],
}
