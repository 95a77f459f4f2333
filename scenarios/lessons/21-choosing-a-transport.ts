import type { TransportName } from '../../server/contract/transports.ts'
import { nameOf, written } from '../stats/words.ts'
import {
  allRequests,
  answerOf,
  bytesPerDelivery,
  type ChoosingOutcome,
  choiceOf,
  costFor,
  costsOf,
  p95Delay,
  requestRate,
} from './figures/choosing.ts'
import { inMs, laneOf } from './figures/lanes.ts'
import { type Compared, type Finding, lesson } from './lesson.ts'

const both = (outcome: ChoosingOutcome, one: TransportName, other: TransportName) => {
  const [first, second] = [costFor(outcome, one), costFor(outcome, other)]
  return first && second ? { first, second } : undefined
}

const nothing: Finding = { holds: false, because: 'a transport that this is about has delivered nothing' }

/** The card answers this. What it said of another is told too, where that is the point. */
const answers =
  (transport: TransportName, not?: TransportName) =>
  ({ after }: Compared<'choosing'>): Finding => {
    const choice = choiceOf(after)
    const why = not && choice.against[not]
    return {
      holds: choice.transport === transport,
      because: `the card says ${answerOf(after)}${why ? `, and of ${nameOf[not]}: “${why.replace(/\.$/, '')}”` : ''}`,
    }
  }

export const choosingATransport = lesson<'choosing'>({
  number: 21,
  slug: 'choosing-a-transport',
  title: 'Choosing a transport',
  question: 'Which transport should I take?',
  minutes: 10,
  goal: 'say which figures and which needs decide between the transports, and defend a choice with your own run',
  figure: {
    name: 'choosing',
    parameters: {
      rate: 20,
      readers: 1_000,
      delay: 5_000,
      clientsSpeak: false,
      between: 'nothing',
      binary: false,
      manyTabs: false,
      anyClient: false,
    },
  },
  prediction: {
    kind: 'choice',
    question:
      'A page shows the scores of all matches of a day: 20 changes a second, 1,000 readers who only read, and a score may be 5 s old. Which transport will the card name?',
    options: [
      { id: 'websocket', label: 'WebSocket: it is the fastest.' },
      { id: 'socket-io', label: 'Socket.IO: it takes care of everything.' },
      { id: 'sse', label: 'SSE: only the server speaks.' },
      { id: 'long-polling', label: 'Long polling: no request is in vain.' },
      { id: 'short-polling', label: 'Short polling: 5 s is long.' },
    ],
    answer: (outcome) => choiceOf(outcome).transport,
  },
  measures: {
    'short-p95': p95Delay('short-polling'),
    'long-p95': p95Delay('long-polling'),
    'sse-p95': p95Delay('sse'),
    'ws-p95': p95Delay('websocket'),
    'io-p95': p95Delay('socket-io'),
    'short-bytes': bytesPerDelivery('short-polling'),
    'long-bytes': bytesPerDelivery('long-polling'),
    'sse-bytes': bytesPerDelivery('sse'),
    'ws-bytes': bytesPerDelivery('websocket'),
    'io-bytes': bytesPerDelivery('socket-io'),
    'short-requests': requestRate('short-polling'),
    'long-requests': requestRate('long-polling'),
    'short-all': allRequests('short-polling'),
    'long-all': allRequests('long-polling'),
  },
  claims: {
    polling: {
      check: (outcome) => ({
        holds: choiceOf(outcome).transport === 'short-polling',
        because: `the card says ${answerOf(outcome)}`,
      }),
    },
    // The others take some ms, or some tens of them on a busy machine; a poll every 3 s takes nearly 3 s.
    'latest-and-in-time': {
      check(outcome) {
        const short = costFor(outcome, 'short-polling')
        if (!short) return nothing
        const others = costsOf(outcome).filter(({ transport }) => transport !== 'short-polling')
        return {
          holds: short.p95 <= outcome.load.delay && others.every(({ p95 }) => p95 < short.p95 / 2),
          because: `p95 was ${inMs(short.p95)} by polling, ${inMs(Math.max(...others.map(({ p95 }) => p95)))} by the slowest of the others, and ${inMs(outcome.load.delay)} were allowed`,
        }
      },
    },
    // A run has four polls; one may fall between the start and the first message.
    'not-in-vain': {
      check({ run }) {
        const polls = laneOf(run, 'short-polling')?.tally
        if (!polls) return nothing
        return {
          holds: polls.requests > 0 && 4 * polls.emptyResponses <= polls.requests,
          because: `${polls.emptyResponses} of ${polls.requests} polls came back empty`,
        }
      },
    },
    // Some 60 entries share one poll: the heads are some 5 % of its bytes.
    'heads-shared': {
      check(outcome) {
        const found = both(outcome, 'short-polling', 'websocket')
        if (!found) return nothing
        const { first, second } = found
        return {
          holds: first.bytes < 1.5 * second.bytes,
          because: `a delivery took ${written(first.bytes)} B by polling and ${written(second.bytes)} B by WebSocket`,
        }
      },
    },
    // Nearly 20 a second against one in 3 s; on a busy machine several entries share an answer, and it is still tenfold.
    'long-asks': {
      check(outcome) {
        const found = both(outcome, 'short-polling', 'long-polling')
        if (!found) return nothing
        const { first, second } = found
        return {
          holds: second.requests > 5 * first.requests,
          because: `a reader asked ${written(first.requests)} times a second by short polling and ${written(second.requests)} times by long polling`,
        }
      },
    },
  },
  change: {
    task: 'Change one thing about the load and run again, then set up a load of your own: your project’s. Defend the card’s answer, or say what it does not know.',
    label: 'This time',
    prediction: {
      kind: 'choice',
      question: 'With what you change: which transport will the card name?',
      options: [
        { id: 'short-polling', label: 'Short polling, as before' },
        { id: 'sse', label: 'SSE' },
        { id: 'websocket', label: 'WebSocket' },
        { id: 'other', label: 'another, or none' },
      ],
      answer({ after }) {
        const { transport = 'other' } = choiceOf(after)
        return transport === 'long-polling' || transport === 'socket-io' ? 'other' : transport
      },
    },
    options: [
      {
        label: 'a message may take half a second',
        parameters: { delay: 500 },
        sentence:
          'Polling comes too late, and the simplest that is left is SSE: only the server speaks, and it needs nothing but HTTP.',
        check: answers('sse', 'short-polling'),
      },
      {
        label: 'there are 10,000 readers',
        parameters: { readers: 10_000 },
        sentence:
          'Each poll is a request, and all readers’ together are too many. A stream is opened once, however many messages it brings.',
        check: answers('sse', 'short-polling'),
      },
      {
        label: 'half a second, and readers write as well',
        parameters: { delay: 500, clientsSpeak: true },
        sentence:
          'It is a chat now. Where clients speak as well, both ways on one connection is the simple thing.',
        check: answers('websocket', 'sse'),
      },
      {
        label: 'half a second, and a proxy buffers',
        parameters: { delay: 500, between: 'buffers' },
        sentence: 'The stream waits in the proxy and comes too late. A WebSocket is past it.',
        check: answers('websocket', 'sse'),
      },
      {
        label: 'a chat of 20, and a firewall refuses upgrades',
        parameters: { delay: 500, readers: 20, clientsSpeak: true, between: 'refuses' },
        sentence:
          'There is no WebSocket on this way. What is left is HTTP: Socket.IO without being told, or SSE with a request for each message that is written.',
        check({ after }) {
          const { transport } = choiceOf(after)
          return {
            holds: !after.upgraded && (transport === 'socket-io' || transport === 'sse'),
            because: `a WebSocket could ${after.upgraded ? '' : 'not '}be opened, and the card says ${answerOf(after)}`,
          }
        },
      },
      {
        label: 'a load of my own, typed in above',
        parameters: {},
        sentence: 'There is an answer: something here meets these needs.',
        check: ({ after }) => ({
          holds: choiceOf(after).transport !== undefined,
          because: `the card says ${answerOf(after)}`,
        }),
      },
    ],
  },
  hints: [
    'Write down what the load asks for, before you think of any transport: how late, how many, who speaks.',
    'The card strikes out what does not meet the needs. Of what is left it does not take the fastest, but the simplest that costs no more than three times the leanest.',
    'Is 5 s enough for a poll every 3 s? And how many of 20 changes a second does one poll bring home?',
  ],
  quiz: {
    question:
      'A dashboard in an office shows the room temperatures, five messages a second, and may be 10 s behind. A colleague wants WebSockets “because polling is wasteful”. What do you say?',
    options: [
      {
        text: 'He is right: polls mostly come back empty.',
        because:
          'They do where news are rarer than polls. Here a poll every 5 s brings 25 messages, none is empty, and its heads are shared by all of them.',
      },
      {
        text: 'Polling wins: it is always simpler.',
        because:
          'Simplicity counts only among what meets the needs. With a delay of 100 ms polling would be out, however simple.',
      },
      {
        text: 'Measure it with this load: it may well cost no more, and needs nothing held open.',
        right: true,
        because:
          'Whether polling is wasteful depends on messages per poll, and that is a figure, not a principle. Then count readers times polls, and decide.',
      },
      {
        text: 'Take long polling, as a compromise.',
        because:
          'It is none here. At five messages a second it asks nearly five times a second, for a freshness that nobody has asked for.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/transports/short-polling.ts',
        from: 'const page = feed.page(room, after, who)',
        note: 'A poll brings whatever is new since the cursor, one entry or two hundred, under one head.',
      },
    ],
    client: [
      {
        file: 'scenarios/lessons/choosing.ts',
        from: 'const left = transportNames.flatMap((transport) => {',
        lines: 6,
        note: 'First the needs: what does not meet them is out, and is told why.',
      },
      {
        file: 'scenarios/lessons/choosing.ts',
        from: 'const chosen = inOrder.find(',
        note: 'Then the simplest of the rest that is not too dear.',
      },
      {
        file: 'scenarios/lessons/choosing.ts',
        from: 'export const WORTH = 3',
        note: 'What simplicity is worth. This is a judgement, not a measurement: disagree with it.',
      },
    ],
  },
  facts: [
    {
      statement:
        'By polling a client asks at regular intervals, and how late it hears of an event depends on the interval.',
      source: 'RFC 6202',
      section: '§1',
    },
    {
      statement: 'By long polling each message costs a whole request and a whole answer, with their heads.',
      source: 'RFC 6202',
      section: '§2.2',
    },
    {
      statement: 'Who asks for an upgrade may be refused it, and HTTP goes on.',
      source: 'RFC 9110',
      section: '§7.8',
    },
  ],
  terms: ['transport', 'short-polling', 'long-polling', 'sse', 'websocket', 'percentile', 'modelled', 'head'],
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 2 },
      { part: 'Run and observe', minutes: 2 },
      { part: 'Explain', minutes: 2 },
      { part: 'Change it, and the question', minutes: 4 },
    ],
    wrongPredictions: [
      {
        prediction: '“WebSocket: it is the fastest.”',
        answer:
          'It is among the fastest, and nobody asked for that. Ask which reader would notice 5 ms instead of 3 s on a page that may be 5 s old.',
      },
      {
        prediction: '“SSE: only the server speaks.”',
        answer:
          'A good second, and the answer as soon as the delay shrinks or the readers are many. Let them find what a stream needs that a poll does not: a connection held open for each reader.',
      },
      {
        prediction: '“Polling cannot be it, it is wasteful.”',
        answer:
          'Let them look at the bytes a delivery before anything else. Waste is empty polls, and here there are none.',
      },
    ],
    expect:
      'Short polling with a p95 just under 3 s; the others some ms to some tens of ms. Bytes a delivery about equal for all but long polling, which takes some five times as many. For a chat the card says WebSocket; behind a firewall SSE or Socket.IO, whose bytes a delivery are about three times as many. Five lanes share one page and one machine, so small differences in delay mean nothing: this is a demonstration, and `npm run bench` is the measurement.',
  },
})
