import { written } from '../stats/words.ts'
import { intervalLeak } from './bugs/interval-leak.ts'
import {
  messagesAfter,
  messagesBefore,
  processTimers,
  type RefreshesOutcome,
  socketsAtLast,
  timersAtFirst,
  timersAtLast,
} from './figures/refreshes.ts'
import { lesson } from './lesson.ts'

const REFRESHES = 10

const timersOf = ({ timers }: RefreshesOutcome): number => timers.at(-1) ?? 0

/** How many times as many messages came at the end as at first. */
const growth = ({ before, after }: RefreshesOutcome): number => after / Math.max(1, before)

export const timersLeftBehind = lesson<'refreshes'>({
  number: 18,
  slug: 'timers-left-behind',
  title: 'Timers left behind',
  question: 'A page is loaded again ten times. What does the server still do for the ten that are gone?',
  minutes: 6,
  goal: 'find a timer that outlives its connection by counting, and end it in one line',
  figure: {
    name: 'refreshes',
    parameters: { server: 'broken/interval-leak', refreshes: REFRESHES, seconds: 2 },
  },
  prediction: {
    kind: 'number',
    question:
      'Each connection starts one timer on the server, which sends “tick” four times a second. Nothing ever stops it. The page is opened and then refreshed 10 times. How many timers run?',
    unit: '',
    min: 0,
    max: 30,
    step: 1,
    close: 0.1,
    answer: timersOf,
  },
  measures: {
    first: timersAtFirst,
    last: timersAtLast,
    sockets: socketsAtLast,
    process: processTimers,
    'messages-before': messagesBefore,
    'messages-after': messagesAfter,
  },
  claims: {
    'one-each': {
      check: (outcome) => ({
        holds: outcome.timers.every((count, at) => count === at + 1) && timersOf(outcome) === REFRESHES + 1,
        because: `the timers were ${outcome.timers.join(', ')}`,
      }),
    },
    'one-connection': {
      check: ({ sockets }) => ({
        holds: sockets === 1,
        because: `${sockets} connections were open at the end`,
      }),
    },
    louder: {
      check: (outcome) => ({
        // Eleven timers for one; a page or a server that was busy for half a second does not change that much.
        holds: growth(outcome) > 5,
        because: `${outcome.before} messages came in ${outcome.seconds} s at first and ${outcome.after} at the end`,
      }),
    },
  },
  change: {
    task: 'Refresh twice as often, or let the mended server take the connections, and run again.',
    label: 'This time',
    prediction: {
      kind: 'choice',
      question:
        'Whichever you choose: how many messages a second will the page get at the end, beside the first run?',
      options: [
        { id: 'same', label: 'About as many: only one page is open.' },
        { id: 'more', label: 'Far more.' },
        { id: 'fewer', label: 'Far fewer.' },
      ],
      answer({ before, after }) {
        if (after.after > 1.4 * before.after) return 'more'
        return after.after < 0.7 * before.after ? 'fewer' : 'same'
      },
    },
    options: [
      {
        label: '20 refreshes',
        parameters: { refreshes: 20 },
        sentence: 'The leak grows by one timer a refresh, without end, and so does what each message costs.',
        check: ({ before, after }) => ({
          holds: timersOf(after) === 21 && after.after > before.after,
          because: `${timersOf(after)} timers ran, and the messages went from ${written(before.after / before.seconds)} to ${written(after.after / after.seconds)} a second`,
        }),
      },
      {
        label: 'the mended server',
        parameters: { server: 'ticker' },
        sentence: 'One connection, one timer, and as many messages at the end as at first.',
        check: ({ after }) => ({
          holds: timersOf(after) === 1 && growth(after) < 2,
          because: `${timersOf(after)} timer ran; ${after.before} messages came at first and ${after.after} at the end`,
        }),
      },
    ],
  },
  hints: [
    'Who could stop the first timer once its connection is closed? Look for that line in the server.',
    'A timer belongs to the process, not to the connection. It runs until somebody clears it.',
    'The page was opened once and refreshed ten times: eleven connections were made, and each started a timer.',
  ],
  quiz: {
    question:
      'A server subscribes each new connection to a shared source of prices: prices.on("change", send). Users say that after a while it gets slow. What do you do first?',
    options: [
      {
        text: 'Raise the limit: emitter.setMaxListeners(0) makes the warning go away.',
        because:
          'The warning is the symptom told early. Without it the listeners still pile up, and each change is sent once for every connection there ever was.',
      },
      {
        text: 'Count the listeners after each of ten refreshes, and take each away when its connection closes.',
        right: true,
        because:
          'Counting shows the leak before the memory does: the number must come back to that of the open connections. off() in the close handler is the cure.',
      },
      {
        text: 'Restart the server every night.',
        because:
          'It hides the leak from those who could mend it, until a day with more refreshes than usual.',
      },
      {
        text: 'Check in send whether the connection is open, and return if it is not.',
        because:
          'Then nothing is sent to the dead, but the listener still runs and still holds the connection’s memory. The list grows all the same.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/lessons/broken/interval-leak.ts',
        from: '// The bug: nobody keeps what stops it.',
        lines: 4,
        note: 'The timer knows the connections of the page, and nobody knows the timer.',
      },
    ],
    client: [
      {
        file: 'web/lessons/figures/refreshes-run.ts',
        from: 'for (let time = 0; time < refreshes; time++) {',
        lines: 7,
        note: 'A refresh: the connection is closed, a new one is opened, and the server is asked what runs.',
      },
    ],
  },
  facts: [
    {
      statement:
        'Status 1001 says that an end is going away: a server goes down, or a browser has left the page.',
      source: 'RFC 6455',
      section: '§7.4.1',
    },
    {
      statement: 'Who gets a close frame and has not sent one answers with one.',
      source: 'RFC 6455',
      section: '§5.5.1',
    },
  ],
  terms: ['socket', 'websocket', 'broadcast'],
  bug: intervalLeak,
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 1 },
      { part: 'Run and observe', minutes: 1 },
      { part: 'Explain', minutes: 2 },
      { part: 'Change it, the bug switch and the question', minutes: 2 },
    ],
    wrongPredictions: [
      {
        prediction: '“One: only one page is open.”',
        answer: 'One connection is. Ask who told the other timers, and let them look for the line.',
      },
      {
        prediction: '“Ten: one for each refresh.”',
        answer:
          'And the first time the page was opened? The usual mistake by one, worth a minute on the board.',
      },
      {
        prediction: '“The garbage collector clears them.”',
        answer:
          'It collects what nobody can reach. The process itself holds a running timer, the timer its function, and the function what it uses.',
      },
    ],
    expect:
      'Exactly 11 timers with one connection open, and 4 messages a second at first against about 44 at the end. With 20 refreshes 21 timers. The mended server has one timer throughout. The timers of the whole process differ a little more or less, because other work has timers too.',
  },
})
