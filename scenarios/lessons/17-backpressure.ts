import { endlessQueue } from './bugs/endless-queue.ts'
import {
  cutAfter,
  duplicated,
  found,
  inMegabytes,
  missed,
  otherReconnects,
  others,
  published,
  publishedBytes,
  resumed,
  type SlowOutcome,
} from './figures/slow.ts'
import { lesson } from './lesson.ts'

/** The server's own bound for what a reader may owe, in bytes (server/transports/transport.ts). */
const BOUND = 1024 * 1024

const cutOf = ({ cutAfter }: SlowOutcome) =>
  cutAfter === undefined
    ? 'the reader was not cut'
    : `the reader was cut after ${inMegabytes(cutAfter)} had been published`

const lossOf = ({ missed, duplicated }: SlowOutcome) => `${missed} were missed and ${duplicated} came twice`

export const backpressure = lesson<'slow'>({
  number: 17,
  slug: 'backpressure',
  title: 'Slow readers and backpressure',
  question: 'What becomes of the messages for a reader who does not read them?',
  minutes: 10,
  goal: 'say where unread messages pile up, and how a server keeps one slow reader from harming all',
  figure: { name: 'slow', parameters: { megabytes: 24 } },
  prediction: {
    kind: 'choice',
    question:
      'Two readers follow a room. One of them stops reading, and its connection stays open. Then up to 24 MB are published. What will the server do?',
    options: [
      { id: 'waits', label: 'Publish no faster than the slower of the two reads.' },
      { id: 'keeps', label: 'Keep all of it in memory until it is read.' },
      { id: 'skips', label: 'Leave messages out for the slow one, in silence.' },
      { id: 'ends', label: 'End the connection of the slow one.' },
    ],
    answer({ cutAfter, missed, other, published }) {
      if (missed > 0) return 'skips'
      if (cutAfter !== undefined) return 'ends'
      return other.delivered < published ? 'waits' : 'keeps'
    },
  },
  measures: {
    published,
    bytes: publishedBytes,
    'cut-after': cutAfter,
    found,
    resumed,
    missed,
    twice: duplicated,
    others,
    'other-reconnects': otherReconnects,
  },
  claims: {
    cut: { check: (outcome) => ({ holds: outcome.cutAfter !== undefined, because: cutOf(outcome) }) },
    'beyond-the-bound': {
      check: (outcome) => ({
        holds: outcome.cutAfter !== undefined && outcome.cutAfter > BOUND && outcome.found > 0,
        because: `${cutOf(outcome)}, and ${outcome.found} messages had got as far as the reader’s side`,
      }),
    },
    unharmed: {
      check: ({ other, published }) => ({
        holds: other.delivered === published && other.reconnects === 0,
        because: `the other reader got ${other.delivered} of ${published} messages and reconnected ${other.reconnects} times`,
      }),
    },
    complete: {
      check: (outcome) => ({
        holds: outcome.missed === 0 && outcome.duplicated === 0 && outcome.resumed > 0,
        because: `${outcome.resumed} came after the cut, ${lossOf(outcome)}`,
      }),
    },
  },
  change: {
    task: 'The same reader with less to read, or a reader who reads.',
    label: 'Change',
    prediction: {
      kind: 'choice',
      question:
        'The first choice below: the reader does not read at all, but only 0.8 MB are published. Is it cut?',
      options: [
        { id: 'cut', label: 'Yes: it does not read.' },
        { id: 'kept', label: 'No: it may owe that much.' },
      ],
      answer: ({ after }) => (after.cutAfter === undefined ? 'kept' : 'cut'),
    },
    options: [
      {
        label: 'only 0.8 MB are published',
        parameters: { megabytes: 0.8 },
        sentence:
          'A pause that fits into the buffers disturbs nobody: the reader finds all of it when it reads.',
        check: ({ after }) => ({
          holds: after.cutAfter === undefined && after.found === after.published,
          because: `${cutOf(after)}, and found ${after.found} of ${after.published}`,
        }),
      },
      {
        label: 'the first reader reads as well',
        parameters: { megabytes: 8, reads: true },
        sentence: 'Who reads owes next to nothing, however much is published.',
        check: ({ after }) => ({
          holds: after.cutAfter === undefined && after.found === after.published,
          because: `${cutOf(after)}, and got ${after.found} of ${after.published}`,
        }),
      },
    ],
  },
  hints: [
    'The server writes, the reader does not read. Follow a byte: where can it lie?',
    'In the browser, in the kernels of both ends, and when these are full, in the memory of the server. Which of them has no bound of its own?',
    'The last. A server that wants to live must bound it, and the slow reader can come back with its cursor.',
  ],
  quiz: {
    question: 'A chat server has 10,000 readers. Why does it not wait until a slow one has room again?',
    options: [
      {
        text: 'Because TCP has no way to say that there is no room.',
        because:
          'It has: the receive window. The reader’s kernel says 0, and the server’s kernel stops sending. The server notices by its writes, which are queued.',
      },
      {
        text: 'Because then the slowest of 10,000 sets the pace of all, or a queue grows for it.',
        right: true,
        because:
          'Messages come from the authors, whoever reads. Waiting means to hold back everybody or to store; a cut and a cursor mean neither.',
      },
      {
        text: 'Because a slow reader has certainly gone.',
        because:
          'It may be a phone in a tunnel, or a tab that computes. That is why it may come back and go on where it was.',
      },
      {
        text: 'Because WebSocket has flow control of its own.',
        because:
          'A WebSocket has no more than the TCP below it, and a page cannot even say to its WebSocket that it shall not be handed more.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/transports/websocket.ts',
        from: 'function cut() {',
        lines: 7,
        note: 'Over WebSocket the server can say why: it closes with code 1013, and cuts if even that is not read.',
      },
    ],
    client: [
      {
        file: 'web/lessons/figures/slow-run.ts',
        from: '// Until this is called nobody reads',
        lines: 2,
        note: 'How a page does not read: it asks, and leaves the body of the response alone.',
      },
    ],
  },
  facts: [
    {
      statement:
        'The receiver says with each segment how many more bytes it will take, its window; at 0 the sender has to stop.',
      source: 'RFC 9293',
      section: '§3.8.6',
    },
    {
      statement: 'A sender must go on probing a window of zero, so that it hears when there is room again.',
      source: 'RFC 9293',
      section: '§3.8.6.1',
    },
    {
      statement:
        'Close codes from 1000 to 2999 are the protocol’s and its extensions’; new ones are registered.',
      source: 'RFC 6455',
      section: '§7.4.2',
    },
  ],
  terms: ['backpressure', 'buffer', 'tcp', 'cursor', 'fan-out', 'log'],
  bug: endlessQueue,
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 2 },
      { part: 'Run and observe', minutes: 2 },
      { part: 'Explain', minutes: 2 },
      { part: 'Change it, and the question', minutes: 2 },
      { part: 'The bug, broken and cured', minutes: 2 },
    ],
    wrongPredictions: [
      {
        prediction: '“It keeps everything: that is what memory is for.”',
        answer:
          'For one reader, perhaps. Multiply by all the phones that are in a tunnel just now. The bug below does exactly this.',
      },
      {
        prediction: '“It waits, as TCP does.”',
        answer:
          'TCP stops the sender of one connection. Let them say what the author, and the other reader, would see then.',
      },
      {
        prediction: '“The cut loses messages.”',
        answer:
          'Let them read the last line of the figure: the log still had them, and the cursor said from where.',
      },
    ],
    expect:
      'The cut comes after several MB: what the browser and the two kernels hold comes first, and differs from machine to machine; then the server’s bound of 1 MiB. The other reader gets every message, and the slow one too, in two parts.',
  },
})
