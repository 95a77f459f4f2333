import type { TransportName } from '../../server/contract/transports.ts'
import { nameOf, written } from '../stats/words.ts'
import { compressedEvents } from './bugs/compressed.ts'
import {
  delivered,
  inMs,
  type LaneOutcome,
  type LanesOutcome,
  laneOf,
  longestDelay,
  mean,
  meanDelay,
  medianDelay,
  missed,
  percentileOf,
  reconnects,
} from './figures/lanes.ts'
import { type Finding, lesson } from './lesson.ts'

/** What the proxy does, as the preset `corporate-proxy` has it: ms until what was gathered is passed on. */
const HELD = 2_000
const IDLE = 3

const nothing: Finding = { holds: false, because: 'too few entries were delivered to say anything' }

const enough = (outcome: LanesOutcome, transport: TransportName): LaneOutcome | undefined => {
  const lane = laneOf(outcome, transport)
  return lane && lane.delays.length >= 4 ? lane : undefined
}

const median = ({ delays }: LaneOutcome): number => percentileOf(delays, 0.5)

/** Its usual delay is less than half of what the stream's is. */
const passes = (transport: TransportName) => ({
  check(outcome: LanesOutcome): Finding {
    const [lane, stream] = [enough(outcome, transport), enough(outcome, 'sse')]
    if (!lane || !stream) return nothing
    return {
      holds: median(lane) < mean(stream.delays) / 2,
      because: `over ${nameOf[transport]} half of the entries came within ${inMs(median(lane))}, over SSE the mean was ${inMs(mean(stream.delays))}`,
    }
  },
})

const lossesIn = (outcome: LanesOutcome): Finding => ({
  holds: outcome.lanes.length > 0 && outcome.lanes.every(({ missed }) => missed === 0),
  because: outcome.lanes.map(({ transport, missed }) => `${nameOf[transport]} missed ${missed}`).join(', '),
})

const lostIn = (outcome: LanesOutcome): string =>
  outcome.lanes
    .map(({ transport, reconnects }) => `${nameOf[transport]} lost its connection ${reconnects} times`)
    .join(', ')

const isSlow = (lane: LaneOutcome | undefined) => lane !== undefined && mean(lane.delays) > HELD / 4

export const proxies = lesson<'lanes'>({
  number: 16,
  slug: 'proxies',
  title: 'Proxies: buffering, compression, idle cuts',
  question: 'Why does it work on my machine and arrive in lumps, or not at all, at the customer’s?',
  minutes: 10,
  goal: 'recognise buffering, compression and idle cuts by their symptoms, and name the cure of each',
  figure: {
    name: 'lanes',
    parameters: {
      transports: ['long-polling', 'sse', 'websocket'],
      rate: 1,
      seconds: 8,
      network: 'corporate-proxy',
    },
  },
  prediction: {
    kind: 'choice',
    question:
      'A proxy holds what the server says over HTTP until 4 kB wait, two seconds have passed, or the answer is whole. One message a second is sent. Which of these is late?',
    options: [
      { id: 'all', label: 'All three: they go through the same proxy.' },
      { id: 'http', label: 'Long polling and SSE: both are HTTP.' },
      { id: 'sse', label: 'SSE alone.' },
      { id: 'websocket', label: 'WebSocket alone: the proxy does not know it.' },
    ],
    answer(outcome) {
      const slow = outcome.lanes.filter(isSlow).map(({ transport }) => transport)
      if (slow.length === outcome.lanes.length) return 'all'
      if (slow.length === 1 && slow[0] !== 'long-polling') return slow[0]
      return slow.includes('long-polling') && slow.includes('sse') ? 'http' : undefined
    },
  },
  measures: {
    'long-mean': meanDelay('long-polling'),
    'long-median': medianDelay('long-polling'),
    'sse-mean': meanDelay('sse'),
    'sse-longest': longestDelay('sse'),
    'ws-mean': meanDelay('websocket'),
    'ws-median': medianDelay('websocket'),
    'sse-delivered': delivered('sse'),
    'long-reconnects': reconnects('long-polling'),
    'sse-reconnects': reconnects('sse'),
    'ws-reconnects': reconnects('websocket'),
    'sse-missed': missed('sse'),
  },
  claims: {
    'sse-late': {
      check(outcome) {
        const lane = enough(outcome, 'sse')
        if (!lane) return nothing
        const found = mean(lane.delays)
        return {
          holds: found > HELD / 4 && found < HELD + 1_000,
          because: `the mean delay was ${inMs(found)}, with n = ${lane.delays.length}`,
        }
      },
    },
    'long-passes': passes('long-polling'),
    'ws-passes': passes('websocket'),
    'nothing-lost': { check: lossesIn },
  },
  change: {
    task: 'Change what stands in between, and run again. Look at the delays and at the reconnects.',
    label: 'Between this page and the server',
    prediction: {
      kind: 'choice',
      question: 'A box ends every connection that is silent for three seconds. Do messages get lost?',
      options: [
        { id: 'lost', label: 'Yes, those that come while there is no connection.' },
        { id: 'kept', label: 'No: each lane comes back and says where it was.' },
      ],
      answer: ({ after }) => (lossesIn(after).holds ? 'kept' : 'lost'),
    },
    options: [
      {
        label: 'cut after 3 s of silence, a message every 5 s',
        parameters: { network: { rtt: 10, idleCut: IDLE }, rate: 0.2, arrivals: 'even', seconds: 11 },
        sentence:
          'Whatever is silent is cut, an event stream and a WebSocket alike. They come back with their cursor, and nothing is lost.',
        check({ after }) {
          const streams = after.lanes.filter(({ transport }) => transport !== 'long-polling')
          return {
            holds: streams.every(({ reconnects }) => reconnects >= 1) && lossesIn(after).holds,
            because: `${lostIn(after)}; ${lossesIn(after).because}`,
          }
        },
      },
      {
        label: 'the same, and a message every second',
        parameters: { network: { rtt: 10, idleCut: IDLE }, rate: 1, arrivals: 'even', seconds: 8 },
        sentence:
          'Any byte will do: with one message a second nobody is ever silent for long, and nothing is cut. A heartbeat is such a byte with nothing to say.',
        check: ({ after }) => ({
          holds: after.lanes.every(({ reconnects }) => reconnects === 0) && lossesIn(after).holds,
          because: `${lostIn(after)}; ${lossesIn(after).because}`,
        }),
      },
      {
        label: 'nothing',
        parameters: { network: 'clear' },
        sentence: 'Without the proxy SSE is as fast as the others: the transport was never slow.',
        check({ before, after }) {
          const [one, other] = [enough(before, 'sse'), enough(after, 'sse')]
          if (!one || !other) return nothing
          return {
            holds: median(other) < mean(one.delays) / 2,
            because: `over SSE half of the entries came within ${inMs(median(other))}; through the proxy the mean was ${inMs(mean(one.delays))}, ${written(mean(one.delays) / median(other))} times as long`,
          }
        },
      },
    ],
  },
  hints: [
    'What does the proxy wait for? Ask of each transport when one of its answers is whole.',
    'A long poll’s answer ends with the message it brings. An event stream’s answer never ends.',
    'A WebSocket is no HTTP after its upgrade, so the proxy passes its bytes on. Only the event stream is held, up to two seconds.',
  ],
  quiz: {
    question:
      'Behind a customer’s proxy events come about a minute late, many at once. On your machine they come at once. What is it?',
    options: [
      {
        text: 'The proxy cuts idle connections.',
        because:
          'Then connections would be lost, and seen to be lost. Here one is open all the time, and its events come late.',
      },
      {
        text: 'The proxy buffers the answer until enough has come.',
        right: true,
        because:
          'Many at once, and late by as long as it takes to fill a buffer: this is how buffering looks. Ask the proxy not to (nginx heeds X-Accel-Buffering: no), or fall back to long polling.',
      },
      {
        text: 'The network there is slow.',
        because: 'A slow network makes each event late by about the same. It does not collect them.',
      },
      {
        text: 'The server sends its heartbeats too seldom.',
        because:
          'Heartbeats keep a connection from being cut. More of them fill the buffer sooner, and that is no cure.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/transports/sse.ts',
        from: "'X-Accel-Buffering': 'no',",
        note: 'Asks nginx, and those who copied the word, to pass everything on at once.',
      },
      {
        file: 'server/transports/sse.ts',
        from: 'for (const stream of streams) stream.write(encodeComment(',
        note: 'The heartbeat: a comment every 15 s, so that no connection is silent for longer.',
      },
    ],
    client: [
      {
        file: 'web/transports/sse.ts',
        from: 'const silent = () => stream.abort(',
        lines: 2,
        note: 'Who has heard no heartbeat for two and a half of them takes the connection for dead and opens another.',
      },
    ],
  },
  bug: compressedEvents,
  facts: [
    {
      statement:
        'Nobody can rely on it that parts of a message are delivered as they come: some implementations buffer or delay them.',
      source: 'RFC 9110',
      section: '§7.6',
    },
    {
      statement: 'Content-Encoding names the compression of the content, gzip for instance.',
      source: 'RFC 9110',
      section: '§8.4',
    },
    {
      statement:
        'Old proxies drop a connection that is silent for a while; a comment line every 15 seconds or so protects against them.',
      source: 'WHATWG HTML',
      section: '§9.2.7',
    },
    {
      statement: 'A ping may serve to keep a WebSocket connection alive.',
      source: 'RFC 6455',
      section: '§5.5.2',
    },
    {
      statement:
        'A NAT must not forget an established TCP connection before it was idle for 2 hours and 4 minutes.',
      source: 'RFC 5382',
      section: '§5',
    },
  ],
  terms: ['proxy', 'buffer', 'heartbeat', 'link', 'sse', 'long-polling', 'cursor'],
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 2 },
      { part: 'Run and observe', minutes: 2 },
      { part: 'Explain', minutes: 2 },
      { part: 'Change it', minutes: 2 },
      { part: 'Compression, and the question', minutes: 2 },
    ],
    wrongPredictions: [
      {
        prediction: '“All three: they go through the same proxy.”',
        answer:
          'Ask what a proxy can know. It passes on what is whole at once; which of the three answers is never whole?',
      },
      {
        prediction: '“Long polling too: it is HTTP.”',
        answer:
          'It is, and each of its answers is short and ends. A buffer waits for the end or for more, and here the end comes at once.',
      },
      {
        prediction: '“Compression only changes the number of bytes.”',
        answer:
          'Run the broken version. A compressor is a buffer too: it waits for more so that it can find what repeats.',
      },
    ],
    expect:
      'SSE late by 1 to 1.5 s on average and by a little over 2 s at most, in lumps; long polling and WebSocket by some tens of ms. The proxy is a link with the preset “Corporate proxy”: what it does is modelled, and the delays are measured through it. With the idle cut each stream loses its connection two to four times and misses nothing. Without flushing, gzip delivers none of the eight messages; with it, all.',
  },
})
