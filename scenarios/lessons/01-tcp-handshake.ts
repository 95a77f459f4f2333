import { written } from '../stats/words.ts'
import { inMs } from './figures/lanes.ts'
import {
  bytes,
  connections,
  connectionsIn,
  type RequestsOutcome,
  roundTripsIn,
  seriesOf,
  took,
  total,
} from './figures/requests.ts'
import { type Finding, lesson } from './lesson.ts'

const COUNT = 10
const RTT = 80
const KEPT = 'One kept connection'
const NEW = 'A new connection for each request'
/** What the requests of the second series have and those of the first have not. */
const CLOSE = 'Connection: close'

const both = (outcome: RequestsOutcome) => {
  const [kept, fresh] = [seriesOf(outcome, KEPT), seriesOf(outcome, NEW)]
  return kept && fresh && { kept, fresh }
}

/** How much longer new connections took, in ms. */
function longer(outcome: RequestsOutcome): number | undefined {
  const found = both(outcome)
  return found && total(found.fresh, 'took') - total(found.kept, 'took')
}

const nothing: Finding = { holds: false, because: 'not all requests were answered' }

/** One more handshake for each request but the first. A busy machine adds to it and never takes away. */
function oneEach(outcome: RequestsOutcome): Finding {
  const extra = longer(outcome)
  if (extra === undefined || outcome.rtt === 0) return nothing
  const each = extra / (COUNT - 1)
  return {
    holds: each > 0.6 * outcome.rtt && each < 1.6 * outcome.rtt,
    because: `each of the ${COUNT - 1} further connections took ${inMs(each)} more, at a round trip of ${outcome.rtt} ms`,
  }
}

export const tcpHandshake = lesson<'requests'>({
  number: 1,
  slug: 'tcp-handshake',
  title: 'What a TCP handshake costs',
  question: 'What do you pay if you open a new connection for every request?',
  minutes: 7,
  goal: 'say what a new TCP connection costs in time and in bytes, and when that matters',
  figure: {
    name: 'requests',
    parameters: {
      series: [
        { label: KEPT, version: '1.1', fields: [] },
        { label: NEW, version: '1.1', fields: [CLOSE] },
      ],
      count: COUNT,
      rtt: RTT,
    },
  },
  prediction: {
    kind: 'number',
    question: `Ten requests, one after another, at a round trip of ${RTT} ms. First all ten go over one connection, then each over a new one. How much longer do the ten take then, altogether?`,
    unit: 'ms',
    min: 0,
    max: 2_000,
    step: 10,
    close: 0.25,
    answer: longer,
  },
  measures: {
    'kept-connections': connections(KEPT),
    'new-connections': connections(NEW),
    'kept-time': took(KEPT),
    'new-time': took(NEW),
    longer: {
      label: 'longer with new connections',
      read(outcome) {
        const value = longer(outcome)
        return value === undefined
          ? undefined
          : { value, unit: 'ms', origin: outcome.rtt > 0 ? 'modelled' : 'measured' }
      },
    },
    connect: {
      label: 'longest handshake inside this machine',
      read(outcome) {
        const found = both(outcome)
        if (!found) return undefined
        const times = [...found.kept.exchanges, ...found.fresh.exchanges].flatMap(
          ({ connect }) => connect ?? [],
        )
        return { value: Math.max(...times), unit: 'ms', n: times.length, origin: 'measured' }
      },
    },
    'kept-trips': {
      label: `${KEPT}: round trips`,
      read(outcome) {
        const found = both(outcome)
        return found && { value: roundTripsIn(found.kept), unit: '', origin: 'modelled' }
      },
    },
    'new-trips': {
      label: `${NEW}: round trips`,
      read(outcome) {
        const found = both(outcome)
        return found && { value: roundTripsIn(found.fresh), unit: '', origin: 'modelled' }
      },
    },
    'kept-sent': bytes(KEPT, 'sent', 'bytes up'),
    'new-sent': bytes(NEW, 'sent', 'bytes up'),
    'kept-received': bytes(KEPT, 'received', 'bytes down'),
    'new-received': bytes(NEW, 'received', 'bytes down'),
  },
  claims: {
    'one-and-ten': {
      check(outcome) {
        const found = both(outcome)
        if (!found) return nothing
        const [one, ten] = [connectionsIn(found.kept), connectionsIn(found.fresh)]
        return { holds: one === 1 && ten === COUNT, because: `there were ${one} and ${ten} connections` }
      },
    },
    'one-round-trip-each': { check: oneEach },
    'that-line': {
      check(outcome) {
        const found = both(outcome)
        if (!found) return nothing
        const more = total(found.fresh, 'sent') - total(found.kept, 'sent')
        const line = CLOSE.length + 2
        return {
          holds: more === COUNT * line,
          because: `${COUNT} requests were ${more} bytes longer, and the line has ${line}`,
        }
      },
    },
    'server-closes': {
      check(outcome) {
        const found = both(outcome)
        if (!found) return nothing
        const ended = found.fresh.exchanges.filter(({ isLast }) => isLast).length
        const kept = found.kept.exchanges.filter(({ isLast }) => isLast).length
        return {
          holds: ended === COUNT && kept === 0,
          because: `the server ended ${ended} of the ${COUNT} new connections, and ${kept} times the kept one`,
        }
      },
    },
  },
  change: {
    task: 'Change how far away the server is, and run again. The requests stay as they are.',
    label: 'The round trip is',
    prediction: {
      kind: 'choice',
      question: 'Another round trip: what becomes of the extra time for nine more handshakes?',
      options: [
        { id: 'same', label: 'It stays: a handshake is work for two computers, and they are the same.' },
        { id: 'scales', label: 'It grows and shrinks with the round trip.' },
        {
          id: 'only-grows',
          label: 'It grows with distance; but even next door a handshake costs about 80 ms.',
        },
      ],
      answer({ before, after }) {
        const [one, other] = [longer(before), longer(after)]
        if (one === undefined || other === undefined) return undefined
        if (Math.abs(other - one) < 0.2 * one) return after.rtt === 0 ? 'only-grows' : 'same'
        return 'scales'
      },
    },
    options: [
      {
        label: '0 ms: the server itself',
        parameters: { rtt: 0 },
        sentence: 'On one machine a handshake costs next to nothing. Whoever tests only there never sees it.',
        check({ before, after }) {
          const [one, other] = [longer(before), longer(after)]
          if (one === undefined || other === undefined) return nothing
          return {
            holds: other < 0.4 * one,
            because: `ten new connections took ${inMs(Math.max(0, other))} longer, before ${inMs(one)}`,
          }
        },
      },
      {
        label: '200 ms: another continent',
        parameters: { rtt: 200 },
        sentence:
          'The extra time is the number of further handshakes times the round trip, whatever that is.',
        check({ before, after }) {
          const [one, other] = [longer(before), longer(after)]
          if (one === undefined || other === undefined) return nothing
          const found = oneEach(after)
          return {
            holds: found.holds && other > 1.5 * one,
            because: `${found.because}, ${written(other / one)} times as much as before`,
          }
        },
      },
    ],
  },
  hints: [
    'Before a TCP connection carries a request, both ends have to agree that there is one. How often does something cross the network for that?',
    'The client says SYN, the server answers SYN-ACK, and with its ACK the client may already send the request: one round trip before the first byte.',
    'On one connection that is paid once, on ten it is paid ten times. So nine round trips more: about 9 × 80 = 720 ms.',
  ],
  quiz: {
    question:
      'A page makes 30 small requests one after another, and the round trip is 50 ms. What helps most?',
    options: [
      {
        text: 'A faster server, which answers in 1 ms instead of 5.',
        because:
          'It saves 30 × 4 ms, 120 ms at most. On new connections the handshakes alone take 30 × 50 ms, 1,500 ms.',
      },
      {
        text: 'More bandwidth.',
        because:
          'Small requests hardly use it. A handshake waits for the distance, and a broader road is not a shorter one.',
      },
      {
        text: 'To keep the connection open between requests.',
        right: true,
        because:
          'It saves 29 handshakes of 50 ms each. To make fewer requests would help even more: each still waits a round trip for its answer.',
      },
      {
        text: 'Nothing: a handshake is three tiny segments, and that is not worth a thought.',
        because:
          'They are tiny, and they must cross the network one after another. What they cost is not bytes.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/link/connection.ts',
        from: 'for (const line of [up, down]) line.closeUntil(openedAt + rtt)',
        note: 'The link holds what is said first for one round trip: the model of a handshake far away.',
      },
    ],
    client: [
      {
        file: 'web/lessons/figures/requests-run.ts',
        from: 'wire ??= openWire(port, ended)',
        note: 'A connection that is there is used again; a new one is opened where there is none.',
      },
      {
        file: 'web/lessons/figures/requests-run.ts',
        from: 'function isPersistent(',
        lines: 5,
        note: 'Whether it is still there afterwards is told by the answer.',
      },
    ],
  },
  facts: [
    {
      statement:
        'TCP opens a connection with three segments, SYN, SYN-ACK and ACK: data is handed over only once both ends know of each other.',
      source: 'RFC 9293',
      section: '§3.5',
    },
    {
      statement: 'A TCP header has at least 20 bytes.',
      source: 'RFC 9293',
      section: '§3.1',
    },
    {
      statement:
        'HTTP/1.1 connections persist unless one end says close, and many requests may go over one of them.',
      source: 'RFC 9112',
      section: '§9.3',
    },
    {
      statement:
        'A server that is told close sends the answer and then ends the connection; the client sends nothing more on it.',
      source: 'RFC 9112',
      section: '§9.6',
    },
  ],
  terms: ['tcp', 'handshake', 'round-trip', 'keep-alive', 'link', 'modelled'],
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 2 },
      { part: 'Run and observe', minutes: 1 },
      { part: 'Explain, with the three segments on the board', minutes: 2 },
      { part: 'Change it, and the question', minutes: 2 },
    ],
    wrongPredictions: [
      {
        prediction: '“Three times as long: it takes three segments.”',
        answer:
          'Draw them. The third may carry the request with it, so what one waits for is the first two: there and back once.',
      },
      {
        prediction: '“Ten round trips more.”',
        answer:
          'The kept connection needs a handshake too, its first. Count the hatched pieces in both drawings.',
      },
      {
        prediction: '“Hardly anything: connections are cheap.”',
        answer:
          'On this machine they are. Run it with a round trip of 0 and show the time, then think of a phone.',
      },
    ],
    expect:
      'At 80 ms about 890 ms on one connection and about 1,620 ms on ten, so some 720 to 780 ms more; at 200 ms some 1,800 to 1,900 ms more; at 0 ms a few ms, of either sign on a busy machine. The times go through a link, which holds the first bytes of each connection for a round trip, because the kernel has finished the real handshake before a proxy hears of it: it is modelled, and marked so. Counts and bytes are measured.',
  },
})
