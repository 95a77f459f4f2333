import type { TransportName } from '../../server/contract/transports.ts'
import { nameOf } from '../stats/words.ts'
import { lastFive } from './bugs/last-five.ts'
import {
  duplicated,
  inMs,
  type LaneOutcome,
  type LanesOutcome,
  longestDelay,
  medianDelay,
  missed,
  reconnects,
} from './figures/lanes.ts'
import type { Measure } from './figures.ts'
import { type Finding, lesson } from './lesson.ts'

const transports = ['sse', 'websocket'] as const satisfies readonly TransportName[]
const CUT = { at: 3, how: 'rst', seconds: 2 } as const

const published: Measure<LanesOutcome> = {
  label: 'messages published',
  read: ({ published }) => ({ value: published, unit: '', origin: 'measured' }),
}

/** That something is so of every lane, with what is so of each. */
function ofEach(
  { lanes }: LanesOutcome,
  holds: (lane: LaneOutcome) => boolean,
  because: (lane: LaneOutcome) => string,
): Finding {
  return {
    holds: lanes.length > 0 && lanes.every(holds),
    because: lanes.map((lane) => `${nameOf[lane.transport]} ${because(lane)}`).join(', '),
  }
}

const isWhole = (outcome: LanesOutcome) =>
  ofEach(
    outcome,
    (lane) => lane.missed === 0 && lane.duplicated === 0 && lane.delivered === outcome.published,
    (lane) => `missed ${lane.missed} of ${outcome.published} and got ${lane.duplicated} twice`,
  )

const longest = ({ delays }: LaneOutcome) => Math.max(0, ...delays)

export const cutTheWire = lesson<'lanes'>({
  number: 14,
  slug: 'cut-the-wire',
  title: 'Cut the wire: resume, exactly once',
  question: 'If your connection breaks for two seconds, what have you missed?',
  minutes: 11,
  goal: 'say what TCP promises across a cut and what it does not, and build what makes up for it',
  figure: {
    name: 'lanes',
    parameters: { transports, rate: 4, seconds: 8, cuts: [CUT] },
  },
  prediction: {
    kind: 'number',
    question:
      'Four messages a second are published, 32 in all. After three seconds every lane is cut, and for two seconds none can connect. How many messages will a lane have missed in the end?',
    unit: '',
    min: 0,
    max: 32,
    step: 1,
    close: 0.1,
    answer: ({ lanes }) => (lanes.length === 0 ? undefined : Math.max(...lanes.map(({ missed }) => missed))),
  },
  measures: {
    published,
    'sse-cuts': reconnects('sse'),
    'ws-cuts': reconnects('websocket'),
    'sse-missed': missed('sse'),
    'ws-missed': missed('websocket'),
    'sse-twice': duplicated('sse'),
    'ws-twice': duplicated('websocket'),
    'sse-median': medianDelay('sse'),
    'sse-longest': longestDelay('sse'),
    'ws-longest': longestDelay('websocket'),
  },
  claims: {
    'all-cut': {
      check: (outcome) =>
        ofEach(
          outcome,
          (lane) => lane.reconnects >= 1,
          (lane) => `lost its connection ${lane.reconnects} times`,
        ),
    },
    'nothing-missed': { check: isWhole },
    late: {
      check: (outcome) =>
        ofEach(
          outcome,
          (lane) => longest(lane) > 1_000,
          (lane) => `had to wait ${inMs(longest(lane))} for one`,
        ),
    },
  },
  change: {
    task: 'Run again with one of these. The cut is as before, unless it says otherwise.',
    label: 'Change',
    prediction: {
      kind: 'choice',
      question:
        'The first choice below: the author behaves as if no receipt had come and sends every message a second time, under the same id. What does a reader get?',
      options: [
        { id: 'once', label: 'Each message once.' },
        { id: 'twice', label: 'Each message twice.' },
        { id: 'first', label: 'Once, except those around the cut.' },
      ],
      answer({ after }) {
        const [lane] = after.lanes
        if (!lane || after.sent < 2 * after.published) return undefined
        if (lane.delivered === after.published) return 'once'
        return lane.delivered >= 2 * after.published ? 'twice' : 'first'
      },
    },
    options: [
      {
        label: 'the author sends every message twice',
        parameters: { repeat: true },
        sentence:
          'The id makes the second a repeat: it is answered with the first receipt, and nothing is added.',
        check({ after }) {
          const whole = isWhole(after)
          return {
            holds: whole.holds && after.sent === 2 * after.published,
            because: `${after.sent} drafts became ${after.published} entries, and ${whole.because}`,
          }
        },
      },
      {
        label: 'the wire is cut twice',
        parameters: {
          cuts: [
            { at: 2, how: 'rst', seconds: 1 },
            { at: 5, how: 'fin', seconds: 1 },
          ],
        },
        sentence:
          'Each lane came back twice, the second cut was an orderly end, and still nothing is missing.',
        check({ after }) {
          const whole = isWhole(after)
          const back = ofEach(
            after,
            (lane) => lane.reconnects >= 2,
            (lane) => `came back ${lane.reconnects} times`,
          )
          return { holds: whole.holds && back.holds, because: `${back.because}; ${whole.because}` }
        },
      },
    ],
  },
  hints: [
    'What the server writes into a dead connection is lost. Who still has the messages?',
    'The server keeps them in a log, and each has a number. What must the reader say when it comes back?',
    'It says the number of its last one and gets all that follow: late, but none is missing.',
  ],
  quiz: {
    question: '“WebSocket runs on TCP, so no message can be lost.” What is wrong with it?',
    options: [
      {
        text: 'Nothing: TCP repeats what is lost until it has arrived.',
        because:
          'As long as the connection lives. When it dies, what was under way dies with it, and the next connection knows nothing of the last.',
      },
      {
        text: 'TCP promises order and completeness within one connection, and a reconnect is another one.',
        right: true,
        because:
          'What lies between two connections nobody promises. The application must: by a number for each message and a reader who says which was its last.',
      },
      {
        text: 'TCP may lose single packets.',
        because: 'The network may. TCP sends them again, and the program sees nothing of it but a delay.',
      },
      {
        text: 'WebSocket does not use TCP, Socket.IO does.',
        because: 'Both do, and over both a message is gone when it was sent while nobody was connected.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/feed/feed.ts',
        from: 'const slice = await log.after(room, reader.position, PAGE_SIZE)',
        note: 'Whoever comes with a cursor is first given what follows it in the log.',
      },
      {
        file: 'server/feed/feed.ts',
        from: 'publish(room, draft, who) {',
        note: 'The log knows the author and the id: a repeat gets the first receipt.',
      },
    ],
    client: [
      {
        file: 'web/transports/reconnect.ts',
        from: 'const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures++)',
        lines: 4,
        note: 'The longest wait doubles with each failure, and the wait is a random part of it.',
      },
    ],
  },
  facts: [
    {
      statement:
        'After a connection was lost a WebSocket client should wait a random time before the first new try, and longer and longer before each next.',
      source: 'RFC 6455',
      section: '§7.2.3',
    },
    {
      statement: 'Code 1006 says that a connection ended without a close frame; it is never sent.',
      source: 'RFC 6455',
      section: '§7.1.5',
    },
    {
      statement:
        'A request may be repeated by itself only if repeating it has the effect of doing it once, or if it is known not to have been applied.',
      source: 'RFC 9110',
      section: '§9.2.2',
    },
    {
      statement: 'On connecting again the browser sends the id of the latest event as Last-Event-ID.',
      source: 'WHATWG HTML',
      section: '§9.2.4',
    },
  ],
  terms: ['exactly-once', 'cursor', 'log', 'seq', 'backoff', 'idempotent', 'gap', 'link', 'tcp'],
  bug: lastFive,
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 2 },
      { part: 'Run and observe', minutes: 2 },
      { part: 'Explain', minutes: 3 },
      { part: 'Change it, and the question', minutes: 2 },
      { part: 'The bug, broken and cured', minutes: 2 },
    ],
    wrongPredictions: [
      {
        prediction: '“Eight: two seconds, four a second.”',
        answer:
          'Right for what was written into dead connections. Ask who else has those messages, and what the lane says when it comes back.',
      },
      {
        prediction: '“WebSocket none, because of TCP; SSE some.”',
        answer: 'Both run on TCP, and both lost it. What they share is the cursor.',
      },
      {
        prediction: '“Twice as many, when the author sends twice.”',
        answer:
          'Let them find the id in the draft, and then say what an author without an id would have done.',
      },
    ],
    expect:
      'Each lane loses its connection once, misses none of 32 and gets none twice. The longest delay is a little over two seconds: the cut and the wait before the try that succeeds. That wait is random, so the lanes come back at different moments, up to some seconds later.',
  },
})
