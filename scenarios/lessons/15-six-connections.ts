import { seventhTab } from './bugs/seventh-tab.ts'
import { inMs } from './figures/lanes.ts'
import {
  afterwards,
  answered,
  arrivedIn,
  directly,
  held,
  letGo,
  type PoolOutcome,
  waited,
} from './figures/pool.ts'
import { type Compared, type Finding, lesson } from './lesson.ts'

const PATIENCE = 2_000

const answerIn = ({ answeredAfter }: PoolOutcome): string =>
  answeredAfter === undefined ? 'it was never answered' : `it was answered after ${inMs(answeredAfter)}`

/** So many were held, and the request waited or not. */
const heldAnd =
  (count: number, waits: boolean) =>
  ({ after }: Compared<'pool'>): Finding => ({
    holds: arrivedIn(after) === count && waited(after) === waits && after.answeredAfter !== undefined,
    because: `the server had ${arrivedIn(after)} of ${after.held.length}, and when the page asked for one thing more ${answerIn(after)}`,
  })

export const sixConnections = lesson<'pool'>({
  number: 15,
  slug: 'six-connections',
  title: 'The six connections',
  question: 'Why does a page hang when it is opened in a seventh tab?',
  minutes: 8,
  goal: 'say which connections count among the six, see from a page that it waits for one, and keep a page from taking them all',
  figure: {
    name: 'pool',
    parameters: { held: 6, by: 'sse', patience: PATIENCE },
  },
  prediction: {
    kind: 'choice',
    question:
      'This page opens six event streams and keeps them. Then it asks for one thing more, which the server answers at once. After two seconds it lets go of one stream. When does the answer come?',
    options: [
      { id: 'at-once', label: 'At once: the server is not busy.' },
      { id: 'late', label: 'After two seconds, when a stream was let go.' },
      { id: 'never', label: 'Never: the browser reports an error.' },
    ],
    answer: (outcome) =>
      outcome.answeredAfter === undefined ? 'never' : waited(outcome) ? 'late' : 'at-once',
  },
  measures: { held, answered, 'let-go': letGo, afterwards, directly },
  claims: {
    'six-open': {
      check: (outcome) => ({
        holds: arrivedIn(outcome) === 6,
        because: `the server had ${arrivedIn(outcome)} of the ${outcome.held.length} streams`,
      }),
    },
    'never-sent': {
      check: ({ arrived, letGoAfter }) => ({
        holds: !arrived && letGoAfter !== undefined,
        because: arrived
          ? 'the server had the request'
          : `the server had not seen the request${letGoAfter === undefined ? '' : ` after ${inMs(letGoAfter)}`}`,
      }),
    },
    'server-free': {
      check: ({ directly, letGoAfter }) => ({
        holds: letGoAfter !== undefined && directly < letGoAfter / 4,
        because: `over another connection the server answered in ${inMs(directly)}`,
      }),
    },
    'then-at-once': {
      check(outcome) {
        const { answeredAfter, letGoAfter } = outcome
        if (answeredAfter === undefined || letGoAfter === undefined)
          return { holds: false, because: answerIn(outcome) }
        return {
          holds: answeredAfter >= letGoAfter && answeredAfter - letGoAfter < 1_000,
          because: `it came ${inMs(answeredAfter - letGoAfter)} after a stream was let go`,
        }
      },
    },
  },
  change: {
    task: 'Change what is held, and run again. Each time look whether the last request waits, and ask what shares a pool with what.',
    label: 'This page holds',
    prediction: {
      kind: 'choice',
      question: 'Six WebSockets instead of six streams: does one request more have to wait?',
      options: [
        { id: 'waits', label: 'Yes: they are connections to the same server.' },
        { id: 'free', label: 'No: the six are for HTTP, and a WebSocket is none any more.' },
      ],
      answer: ({ option, after }) =>
        option === 'six WebSockets' ? (waited(after) ? 'waits' : 'free') : undefined,
    },
    options: [
      {
        label: 'six WebSockets',
        parameters: { by: 'websocket' },
        sentence: 'WebSockets do not count among the six: the request is answered at once.',
        check: heldAnd(6, false),
      },
      {
        label: 'five streams',
        parameters: { held: 5 },
        sentence: 'One connection is left, and one is enough for all that is answered at once.',
        check: heldAnd(5, false),
      },
      {
        label: 'six long polls',
        parameters: { by: 'long-polling' },
        sentence: 'A long poll that is held takes a connection as a stream does: the request waits.',
        check: heldAnd(6, true),
      },
      {
        label: 'six streams, of another port',
        parameters: { elsewhere: true },
        sentence: 'Another port is another origin, with six connections of its own. This one’s are all free.',
        check: heldAnd(6, false),
      },
    ],
  },
  hints: [
    'An event stream is an HTTP response that never ends. What can its connection be used for meanwhile?',
    'For nothing else. And for one server a browser opens only so many connections for HTTP/1.1: think of the title.',
    'Six are open and all are taken. The seventh request stays inside the browser until one is let go, after two seconds.',
  ],
  quiz: {
    question:
      'A page reads one event stream. People open it in many tabs, and the seventh hangs. What do you do?',
    options: [
      {
        text: 'Put more servers behind the load balancer.',
        because:
          'The server is idle. The requests never leave the browser, and however many servers there are, they have one name.',
      },
      {
        text: 'Raise the limit in the server.',
        because: 'The limit is the browser’s. A server cannot change it, and a page cannot either.',
      },
      {
        text: 'Let hidden tabs let go of their stream, or let all tabs share one.',
        right: true,
        because:
          'Then one or two connections are held, however many tabs there are. A tab that is seen again goes on after its last cursor. A WebSocket, or HTTP/2, would help too.',
      },
      {
        text: 'Let the request time out and try again.',
        because: 'The second try waits in the same queue. It only hides from the user what is wrong.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/transports/sse.ts',
        from: "'Content-Type': 'text/event-stream'",
        note: 'A response without an end: its connection is taken for as long as somebody reads.',
      },
    ],
    client: [
      {
        file: 'web/lessons/figures/pool-run.ts',
        from: 'async function look(): Promise<number> {',
        lines: 11,
        note: 'Asks the server what has reached it, over a connection that is none of the browser’s pool.',
      },
    ],
  },
  bug: seventhTab,
  facts: [
    {
      statement:
        'A client ought to limit how many connections it has open to a server; HTTP names no number.',
      source: 'RFC 9112',
      section: '§9.4',
    },
    {
      statement:
        'There is no limit to how many established WebSocket connections a client may have to one host.',
      source: 'RFC 6455',
      section: '§4.1',
    },
    {
      statement: 'Over HTTP/2 many requests share one connection, and a client should not open a second.',
      source: 'RFC 9113',
      section: '§9.1',
    },
    {
      statement:
        'Where each page of a site has an event stream, a limit on connections is trouble; pages may share one stream instead.',
      source: 'WHATWG HTML',
      section: '§9.2.7',
    },
  ],
  terms: ['sse', 'long-polling', 'websocket', 'origin', 'pool', 'link'],
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 2 },
      { part: 'Run and observe', minutes: 1 },
      { part: 'Explain', minutes: 2 },
      { part: 'Change it, the tabs, and the question', minutes: 3 },
    ],
    wrongPredictions: [
      {
        prediction: '“At once: the server can do thousands.”',
        answer:
          'It can, and it has not been asked. Point at the last row: the server has not seen it. Who keeps it back?',
      },
      {
        prediction: '“There will be an error.”',
        answer:
          'That would be a help. The browser sees nothing wrong: it waits for a free connection, for as long as it takes. Open the network panel: the request is “stalled”.',
      },
      {
        prediction: '“A WebSocket is a connection too, so it counts.”',
        answer:
          'It is one to the same server, but browsers keep it out of the pool for HTTP (RFC 6455 §4.1). Let them run it.',
      },
    ],
    expect:
      'Six streams open within some tens of ms, the request waits for the two seconds and comes some ms after a stream was let go. With five streams, WebSockets or another port it is answered at once. Another tab of Wireside that is visible takes two connections of the same six: close it before you run. The number is that of Chromium, Firefox and Safari today; no standard fixes it.',
  },
})
