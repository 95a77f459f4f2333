import { givesUp } from './bugs/gives-up.ts'
import {
  areSame,
  backAfter,
  dataBytes,
  events,
  lines,
  type StreamOutcome,
  streamBytes,
} from './figures/stream.ts'
import { type Finding, lesson } from './lesson.ts'

const stream = (...blocks: string[]) => blocks.join('\n\n')

const HEAD = ': a comment\nretry: 500'
const JOINED = 'event: joined\nid: k3f9.7\ndata: {"room":"lobby"}'
const TWO_LINES = 'id: k3f9.8\ndata: first line\ndata: second line'
const NO_ID = 'data: no id of its own'
const CUT_OFF = 'id: k3f9.9\ndata: the empty line is missing'

const TEXT = stream(HEAD, JOINED, TWO_LINES, NO_ID, CUT_OFF)

const counted = ({ events }: StreamOutcome) => `${events.length} events were dispatched`

const cameBack = ({ lastEventId, backAfter }: StreamOutcome) =>
  backAfter === undefined
    ? 'it did not come back'
    : lastEventId === undefined
      ? 'it came back without Last-Event-ID'
      : `it came back with Last-Event-ID: ${lastEventId}`

const is = (holds: boolean, because: string): Finding => ({ holds, because })

export const serverSentEvents = lesson<'stream'>({
  number: 5,
  slug: 'server-sent-events',
  title: 'Server-sent events',
  question: 'If a response never ends, how does the page know where one message ends and the next begins?',
  minutes: 11,
  goal: 'read an event stream line by line, resume one, and say what it cannot carry',
  figure: { name: 'stream', parameters: { text: TEXT } },
  prediction: {
    kind: 'number',
    question:
      'The figure shows the whole stream that the server will send, and then the server ends it. How many events will the page get from it?',
    unit: '',
    min: 0,
    max: 15,
    step: 1,
    close: 0.1,
    answer: ({ events }) => events.length,
  },
  measures: {
    lines,
    bytes: streamBytes,
    events,
    data: dataBytes,
    back: backAfter,
  },
  claims: {
    'by-the-standard': {
      check({ blocks, events }) {
        const expected = blocks.flatMap(({ event }) => event ?? [])
        return is(
          areSame(events, expected) && events.length > 0,
          `by the standard there were ${expected.length} events to dispatch, and ${events.length} were dispatched`,
        )
      },
    },
    'three-events': { check: (outcome) => is(outcome.events.length === 3, counted(outcome)) },
    'one-event': {
      check: ({ events }) =>
        is(
          events.some(({ data }) => data === 'first line\nsecond line'),
          `the data that came were ${events.map(({ data }) => JSON.stringify(data)).join(', ')}`,
        ),
    },
    'kept-id': {
      check({ events }) {
        const last = events.at(-1)?.lastEventId
        return is(last === 'k3f9.8', `the last event came with lastEventId ${JSON.stringify(last)}`)
      },
    },
    resumes: {
      check: (outcome) =>
        is(
          outcome.lastEventId !== undefined && outcome.lastEventId === outcome.events.at(-1)?.lastEventId,
          cameBack(outcome),
        ),
    },
    'as-long': {
      check: ({ backAfter }) =>
        // A browser may come back later than it was told, and must not come sooner.
        is(
          backAfter !== undefined && backAfter >= 450 && backAfter < 2_500,
          backAfter === undefined ? 'it did not come back' : `it was back after ${Math.round(backAfter)} ms`,
        ),
    },
  },
  change: {
    task: 'Choose a change, or type a stream of your own in the figure, and run again. Each of these is something that servers really send.',
    label: 'The server',
    prediction: {
      kind: 'choice',
      question:
        'The first choice below: the server writes “data: ” and then a text as it is, without looking into it. The text has a line break and goes on. What does the page get?',
      options: [
        { id: 'whole', label: 'The whole text: it is one message.' },
        { id: 'part', label: 'The first line only.' },
        { id: 'error', label: 'An error: the stream is invalid.' },
      ],
      answer: ({ after }) =>
        after.events.some(({ data }) => data === 'first line')
          ? 'part'
          : after.events.some(({ data }) => data.includes('first line\nsecond line'))
            ? 'whole'
            : undefined,
    },
    options: [
      {
        label: 'writes a line break as it is',
        parameters: { text: stream(HEAD, JOINED, 'id: k3f9.8\ndata: first line\nsecond line', '') },
        sentence: 'The second line is a field that nobody knows, and is lost without a word.',
        check({ after: { events } }) {
          const data = events.map(({ data }) => data)
          return is(
            data.includes('first line') && !data.some((each) => each.includes('second')),
            `the data that came were ${data.map((each) => JSON.stringify(each)).join(', ')}`,
          )
        },
      },
      {
        label: 'writes a text with an empty line as it is',
        parameters: {
          text: stream(HEAD, JOINED, 'id: k3f9.8\ndata: hi', 'event: joined\ndata: {"room":"secret"}', ''),
        },
        sentence:
          'Whoever may write a text may write an event: the forged one is dispatched like the real one.',
        check: ({ after: { events } }) => {
          const joined = events.filter(({ type }) => type === 'joined')
          return is(joined.length === 2, `${joined.length} events of the type joined were dispatched`)
        },
      },
      {
        label: 'ends with an empty line',
        parameters: { text: `${TEXT}\n\n` },
        sentence: 'Now the last event is dispatched too, and the page comes back with its id.',
        check: ({ before, after }) =>
          is(
            after.events.length === before.events.length + 1 && after.lastEventId === 'k3f9.9',
            `${counted(after)}, and ${cameBack(after)}`,
          ),
      },
      {
        label: 'gives no ids',
        parameters: { text: stream(HEAD, 'data: one', 'data: two', '') },
        sentence: 'The page comes back and cannot say where it was, so it gets everything a second time.',
        check: ({ after }) =>
          is(
            after.lastEventId === undefined && after.again.length === after.events.length,
            `${cameBack(after)}, and ${after.again.length} events came again`,
          ),
      },
    ],
  },
  hints: [
    'Look for what separates one event from the next. It is no bracket and no length.',
    'An empty line ends an event. A comment is none, and a block without data is none either.',
    'Go block by block: the first has no data. The second, third and fourth have. What about the last: where is its empty line?',
  ],
  quiz: {
    question: 'A page reads a chat with EventSource and shall also write. What does the writing go over?',
    options: [
      {
        text: 'Over the same stream: it is one TCP connection, and TCP goes both ways.',
        because:
          'TCP does, this HTTP exchange does not: the request is over, and a response only comes down. That is what WebSocket changes.',
      },
      {
        text: 'Over a request of its own for each message.',
        right: true,
        because:
          'A POST beside the stream. That costs a head for each message that is written, and nothing for those that are read.',
      },
      {
        text: 'Over Last-Event-ID, which the browser sends by itself.',
        because:
          'The browser sends it only when it connects again, and it holds the id of the latest event, not what the page wants to say.',
      },
      {
        text: 'Over a header that the page gives to EventSource.',
        because:
          'EventSource takes an address and whether to send cookies, nothing else. Whoever needs a header reads the stream with fetch.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/transports/sse.ts',
        from: "'Content-Type': 'text/event-stream',",
        note: 'By this the browser knows that lines of events will come.',
      },
      {
        file: 'server/transports/sse.ts',
        from: 'const eventOf = (entry: Entry, cursor: Cursor) =>',
        note: 'An entry is JSON on one line, in which a line break is the two characters \\n; its cursor is the id.',
      },
      {
        file: 'server/transports/sse.ts',
        from: 'function lastEventId(header',
        lines: 6,
        note: 'Where a reader that comes back wants to go on.',
      },
    ],
    client: [
      {
        file: 'web/transports/sse.ts',
        from: 'const parser = createParser({',
        lines: 11,
        note: 'The same lines, parsed in the page: read with fetch, one sees comments and errors as well.',
      },
    ],
  },
  facts: [
    {
      statement:
        'An event stream is UTF-8 text in lines that end with LF, CR or both; an empty line dispatches the event.',
      source: 'WHATWG HTML',
      section: '§9.2.5',
    },
    {
      statement:
        'Several data lines of one event are joined by a line feed; an event without data is not dispatched.',
      source: 'WHATWG HTML',
      section: '§9.2.6',
    },
    {
      statement: 'What stands before the end of the stream without an empty line behind it is thrown away.',
      source: 'WHATWG HTML',
      section: '§9.2.6',
    },
    {
      statement: 'A field of an unknown name is ignored, and so is a line that begins with a colon.',
      source: 'WHATWG HTML',
      section: '§9.2.6',
    },
    {
      statement:
        'When the stream ends the browser waits for the time of retry and connects again; a status other than 200 ends it for good.',
      source: 'WHATWG HTML',
      section: '§9.2.3',
    },
    {
      statement: 'On connecting again the browser sends the id of the latest event as Last-Event-ID.',
      source: 'WHATWG HTML',
      section: '§9.2.4',
    },
    {
      statement: 'EventSource takes an address and whether to send credentials, and no other header.',
      source: 'WHATWG HTML',
      section: '§9.2.2',
    },
  ],
  terms: ['sse', 'push', 'cursor', 'head', 'heartbeat', 'status-code', 'backoff'],
  bug: givesUp,
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 3 },
      { part: 'Run and observe', minutes: 2 },
      { part: 'Explain', minutes: 2 },
      { part: 'Change it, and the question', minutes: 2 },
      { part: 'The bug, broken and cured', minutes: 2 },
    ],
    wrongPredictions: [
      {
        prediction: '“Five: there are five blocks.”',
        answer:
          'The first has no data, and the last no end. Let them say what the page should be told for each.',
      },
      {
        prediction: '“Four: the end of the stream ends the last one.”',
        answer:
          'A stream may also end because a cable was pulled, in the middle of a line. What is not ended by an empty line may be half, so it is thrown away.',
      },
      {
        prediction: '“The two data lines are two events.”',
        answer: 'They are one event of two lines. That is how a line break is written.',
      },
    ],
    expect:
      'Three events; the browser is back some 500 ms after the end, as retry says, with Last-Event-ID: k3f9.8, the id of the last event that was whole. Nothing here depends on the machine but the time until it is back.',
  },
})
