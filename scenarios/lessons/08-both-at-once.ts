import { noHeartbeat } from './bugs/no-heartbeat.ts'
import {
  atOnce,
  backOf,
  backWhileSending,
  type EchoOutcome,
  inFlight,
  medianTrip,
  messages,
  oneByOne,
  took,
} from './figures/echo.ts'
import { inMs } from './figures/lanes.ts'
import { lesson } from './lesson.ts'

/** The round trip of the link, in ms. */
const RTT = 200

const inWords = (ms: number | undefined) => (ms === undefined ? 'not all came back' : inMs(ms))

/** The option that the second prediction is about. */
const DEAD = 'without a word'

/** Only what the ending shows is run again. */
const ended = (how: 'half-open' | 'rst') => ({ messages: 0, ending: { how, seconds: 4 } })

const whatCameOfIt = ({ end, afterwards }: EchoOutcome): string => {
  if (!end) return 'the connection was not ended'
  const knew =
    end.knownAfter === undefined
      ? 'was told nothing'
      : `knew after ${inMs(end.knownAfter)}${end.code === undefined ? '' : `, by code ${end.code}`}`
  const said = afterwards.length
  const heard =
    said === 0 ? 'it said no more' : `of ${said} messages that it said ${backOf(afterwards)} came back`
  return `the socket called itself ${end.state}, the page ${knew}, and ${heard}`
}

export const bothAtOnce = lesson<'echo'>({
  number: 8,
  slug: 'both-at-once',
  title: 'Both at once: full duplex, echo, half-open, heartbeats',
  question: 'Must you wait for an answer before you speak again, and what if none ever comes?',
  minutes: 11,
  goal: 'say what full duplex saves, and how an end finds out that the other is gone',
  figure: { name: 'echo', parameters: { messages: 12, apart: 40, rtt: RTT } },
  prediction: {
    kind: 'number',
    question:
      'A round trip takes 200 ms, so twelve messages that wait for each other take 2,400 ms. How long do twelve take that leave 40 ms apart, from the first that leaves until the last is back?',
    unit: 'ms',
    min: 100,
    max: 3_000,
    step: 20,
    close: 0.25,
    answer: ({ atOnce }) => took(atOnce),
  },
  measures: {
    messages,
    trip: medianTrip,
    'one-by-one': oneByOne,
    'at-once': atOnce,
    'in-flight': inFlight,
    'while-sending': backWhileSending,
  },
  claims: {
    // A link may be late and never early, but for the fraction of a millisecond that a timer leaves out.
    'round-trips': {
      check({ oneByOne }) {
        const whole = took(oneByOne)
        return {
          holds: whole !== undefined && oneByOne.length > 0 && whole > 0.95 * oneByOne.length * RTT,
          because: `${oneByOne.length} messages took ${inWords(whole)}`,
        }
      },
    },
    // Some 2,450 ms against 650 on an idle machine: half leaves room for a pause of half a second.
    sooner: {
      check({ oneByOne, atOnce }) {
        const [slow = Number.NaN, fast = Number.NaN] = [took(oneByOne), took(atOnce)]
        return {
          holds: fast < slow / 2,
          because: `one by one it was ${inWords(took(oneByOne))}, and without waiting ${inWords(took(atOnce))}`,
        }
      },
    },
    // Five or six of each on an idle machine.
    both: {
      check: ({ inFlight, backWhileSending }) => ({
        holds: inFlight > 1 && backWhileSending > 0,
        because: `${inFlight} were under way at most, and ${backWhileSending} were back before the last had left`,
      }),
    },
    order: {
      check: ({ atOnce, inOrder }) => ({
        holds: inOrder && atOnce.length > 0 && backOf(atOnce) === atOnce.length,
        because: inOrder
          ? `${backOf(atOnce)} of ${atOnce.length} came back, each in its turn`
          : 'one echo overtook another',
      }),
    },
  },
  change: {
    task: 'Have the link end the connection, and watch what the page is told while it goes on speaking.',
    label: 'The connection ends',
    prediction: {
      kind: 'choice',
      question:
        'First choice: from one moment on the network swallows everything that either end says. What does the socket call itself after four seconds of that?',
      options: [
        { id: 'closed', label: 'Closed.' },
        { id: 'open', label: 'Open.' },
      ],
      answer: ({ after, option }) => (option === DEAD ? after.end?.state : undefined),
    },
    options: [
      {
        label: DEAD,
        parameters: ended('half-open'),
        sentence: 'The socket still called itself open and took every message. None came back.',
        check: ({ after }) => ({
          holds:
            after.end?.state === 'open' &&
            after.end.knownAfter === undefined &&
            after.afterwards.length > 0 &&
            backOf(after.afterwards) === 0,
          because: whatCameOfIt(after),
        }),
      },
      {
        label: 'with a reset',
        parameters: ended('rst'),
        sentence: 'The page was told: the socket closed by itself, with code 1006.',
        check: ({ after }) => ({
          holds: after.end?.state === 'closed' && after.end.code === 1006,
          because: whatCameOfIt(after),
        }),
      },
    ],
  },
  hints: [
    'When does the last message leave, if none waits for another?',
    'Before the last of the twelve there are eleven pauses of 40 ms. Then it travels like any other.',
    '11 × 40 ms and one round trip of 200 ms: about 640 ms.',
  ],
  quiz: {
    question: 'A page calls send() on its WebSocket, and there is no error. What does it know?',
    options: [
      {
        text: 'The server has the message.',
        because: 'Only an answer of the server says that. send() returns before anything has left.',
      },
      {
        text: 'The connection was alive at that moment.',
        because:
          'On a half-open connection send() succeeds as well: you saw every message go into the silence.',
      },
      {
        text: 'The browser has taken the message, and no more.',
        right: true,
        because:
          'It was put into a buffer. Whoever has to know more asks for an answer and counts how long none comes.',
      },
      {
        text: 'TCP would have reported a failure, so it arrived.',
        because:
          'TCP reports a failure when it has given up repeating, on Linux after some 15 minutes. Where nothing is sent it has nothing to repeat.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/transports/websocket.ts',
        from: 'if (!answered.delete(socket)) socket.terminate()',
        lines: 2,
        note: 'Every 15 s: who has not answered the last ping is gone, and all others get another.',
      },
    ],
    client: [
      {
        file: 'web/transports/websocket.ts',
        from: 'const silence = performance.now() - heardAt',
        lines: 5,
        note: 'A page sees no ping, so it asks; with no answer for two and a half heartbeats it opens another connection.',
      },
    ],
  },
  facts: [
    {
      statement:
        'After the handshakes each end of a WebSocket may send whenever it likes, whatever the other does.',
      source: 'RFC 6455',
      section: '§1.2',
    },
    {
      statement: 'A ping may keep a connection alive, or find out whether the other end still responds.',
      source: 'RFC 6455',
      section: '§5.5.2',
    },
    {
      statement:
        'Who gets a ping answers with a pong; a pong that nobody asked for may serve as a heartbeat one way.',
      source: 'RFC 6455',
      section: '§5.5.2, §5.5.3',
    },
    {
      statement: 'Code 1006 is what an end says to itself when the connection ended without a close frame.',
      source: 'RFC 6455',
      section: '§7.1.5',
    },
    {
      statement:
        'A connection is half-open when one end has ended it or lost it and the other does not know.',
      source: 'RFC 9293',
      section: '§3.5.1',
    },
    {
      statement:
        'Keep-alives of TCP are optional, off unless the application asks, and by default wait for at least two hours.',
      source: 'RFC 9293',
      section: '§3.8.4',
    },
  ],
  terms: ['full-duplex', 'round-trip', 'half-open', 'heartbeat', 'watchdog', 'ping', 'ack', 'link'],
  bug: noHeartbeat,
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 2 },
      { part: 'Run and observe', minutes: 2 },
      { part: 'Explain', minutes: 2 },
      { part: 'End the connection, both ways, and the question', minutes: 3 },
      { part: 'The bug, broken and cured', minutes: 2 },
    ],
    wrongPredictions: [
      {
        prediction: '“2,400 ms: twelve round trips are twelve round trips.”',
        answer:
          'They are, but they overlap. Let them count in the second drawing how many are under way at once.',
      },
      {
        prediction: '“480 ms: twelve times 40.”',
        answer: 'Then the last has left, or nearly. Ask when it is back.',
      },
      {
        prediction: '“Closed: a dead connection is noticed.”',
        answer: 'By whom? Silence looks the same whether nobody speaks or nobody is there.',
      },
    ],
    expect:
      'About 2,450 ms one by one and 650 ms without waiting, with five or six messages under way at once. Ended without a word, the socket stays open for all the four seconds; with a reset it is closed within some milliseconds. In the cured version of the bug the page knows after one and a half to two seconds. A busy machine makes all times longer.',
  },
})
