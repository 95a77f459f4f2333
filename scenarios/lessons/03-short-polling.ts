import { written } from '../stats/words.ts'
import {
  bytesPerEmpty,
  bytesPerEntry,
  connections,
  delivered,
  empties,
  emptyBytesShare,
  emptyShare,
  inMs,
  type LanesOutcome,
  laneOf,
  longestDelay,
  mean,
  meanDelay,
  polls,
} from './figures/lanes.ts'
import { type Finding, lesson } from './lesson.ts'

const INTERVAL = 1

/** The lane, where it delivered enough to speak of. */
const laneIn = (outcome: LanesOutcome) => {
  const lane = laneOf(outcome, 'short-polling')
  return lane && lane.delays.length >= 4 ? lane : undefined
}

const nothing: Finding = { holds: false, because: 'too few entries were delivered to say anything' }

/** The mean delay as a share of the interval. */
function halfOf(outcome: LanesOutcome): Finding {
  const lane = laneIn(outcome)
  if (!lane) return nothing
  const found = mean(lane.delays) / (INTERVAL * 1_000)
  return {
    // Of the half, a quarter of the interval off to either side: with 8 messages spread over it that is 4 sigma.
    holds: found > 0.25 && found < 0.75,
    because: `the mean delay was ${inMs(mean(lane.delays))}, ${written(found)} of the interval, with n = ${lane.delays.length}`,
  }
}

type Change = Record<'delay' | 'empty', { before: number; after: number }>

/**
 * Which way the mean delay and the share of empty answers went. How far is not asked: of a short interval, what a busy
 * machine adds to each poll is a large part.
 */
function compared(
  { before, after }: Record<'before' | 'after', LanesOutcome>,
  isSo: (change: Change) => boolean,
): Finding {
  const [lane, laneAfter, empty, emptyAfter] = [laneIn(before), laneIn(after), share(before), share(after)]
  if (!lane || !laneAfter || empty === undefined || emptyAfter === undefined) return nothing
  const delay = { before: mean(lane.delays), after: mean(laneAfter.delays) }
  return {
    holds: isSo({ delay, empty: { before: empty, after: emptyAfter } }),
    because: `the mean delay went from ${inMs(delay.before)} to ${inMs(delay.after)}, and the empty answers from ${written(empty)} to ${written(emptyAfter)} %`,
  }
}

const share = (outcome: LanesOutcome) => emptyShare('short-polling').read(outcome)?.value

export const shortPolling = lesson<'lanes'>({
  number: 3,
  slug: 'short-polling',
  title: 'Short polling',
  question: 'If a page asks every second whether there is news, how old is the news when it comes?',
  minutes: 8,
  goal: 'say how late short polling is, what its empty answers cost, and when that is a good bargain',
  figure: {
    name: 'lanes',
    parameters: { transports: ['short-polling'], interval: INTERVAL, rate: 0.5, seconds: 16 },
  },
  prediction: {
    kind: 'number',
    question:
      'The page asks every second. In every two seconds one message is sent, each time at another moment. How long will a message wait on average until the page has it?',
    unit: 'ms',
    min: 0,
    max: 2_000,
    step: 10,
    close: 0.3,
    answer: (outcome) => meanDelay('short-polling').read(outcome)?.value,
  },
  measures: {
    polls: polls('short-polling'),
    empties: empties('short-polling'),
    'empty-share': emptyShare('short-polling'),
    delivered: delivered('short-polling'),
    'mean-delay': meanDelay('short-polling'),
    'longest-delay': longestDelay('short-polling'),
    'bytes-per-entry': bytesPerEntry('short-polling'),
    'bytes-per-empty': bytesPerEmpty('short-polling'),
    'empty-bytes': emptyBytesShare('short-polling'),
    connections: connections('short-polling'),
  },
  claims: {
    half: { check: (outcome) => halfOf(outcome) },
    'never-longer': {
      check(outcome) {
        const lane = laneIn(outcome)
        if (!lane) return nothing
        const most = Math.max(...lane.delays)
        // Beyond the interval a poll still has to travel, and the page to be awake.
        return {
          holds: most < INTERVAL * 1_000 + 250,
          because: `the longest delay was ${inMs(most)}`,
        }
      },
    },
    'many-empty': {
      check(outcome) {
        const value = share(outcome)
        if (value === undefined) return nothing
        return { holds: value >= 35 && value <= 70, because: `${written(value)} % of the polls were empty` }
      },
    },
    'one-connection': {
      check(outcome) {
        const lane = laneIn(outcome)
        if (!lane) return nothing
        const { connections, requests } = lane.tally
        return {
          holds: connections <= 2 && requests > 5 * connections,
          because: `${requests} requests opened ${connections} new TCP connections`,
        }
      },
    },
    'heads-dominate': {
      check(outcome) {
        const lane = laneIn(outcome)
        if (!lane) return nothing
        const { headBytesIn, headBytesOut, bytesIn, bytesOut } = lane.tally
        const part = (100 * (headBytesIn + headBytesOut)) / (bytesIn + bytesOut)
        return { holds: part > 50, because: `${written(part)} % of the bytes were HTTP heads` }
      },
    },
  },
  change: {
    task: 'Change how often the page asks, and run again. The messages come as before. Look at the delay and at the empty answers: one gets better and the other worse.',
    label: 'The page asks',
    prediction: {
      kind: 'choice',
      question: 'The page asks four times as often. What happens to the share of polls that come back empty?',
      options: [
        { id: 'falls', label: 'It falls: there is less time for a poll to miss anything.' },
        { id: 'same', label: 'It stays: the messages are the same.' },
        { id: 'rises', label: 'It rises: more polls share the same messages.' },
      ],
      answer({ before, after }) {
        const [one, other] = [share(before), share(after)]
        if (one === undefined || other === undefined) return undefined
        if (Math.abs(other - one) < 5) return 'same'
        return other > one ? 'rises' : 'falls'
      },
    },
    options: [
      {
        label: 'every 0.25 s',
        parameters: { interval: 0.25 },
        sentence: 'Asking four times as often makes the news fresher, and most of the answers empty.',
        check: (runs) =>
          compared(runs, ({ delay, empty }) => delay.after < delay.before && empty.after > empty.before),
      },
      {
        label: 'every 4 s',
        parameters: { interval: 4 },
        sentence: 'Asking seldom makes the news old, and hardly any answer empty: they share their heads.',
        check: (runs) =>
          compared(runs, ({ delay, empty }) => delay.after > delay.before && empty.after < empty.before),
      },
    ],
  },
  hints: [
    'Think of one message. When is the next poll, at the soonest and at the latest?',
    'At the soonest it comes at once, at the latest a whole interval later, and any moment between is as likely.',
    'So on average a message waits half an interval: with a poll every second about 500 ms, plus the way there and back.',
  ],
  quiz: {
    question:
      'A school polls a timetable every 60 s. One change a day matters to a pupil. How would you improve it first?',
    options: [
      {
        text: 'Poll every second, so that nobody sees an old timetable.',
        because:
          'It makes 60 times as many requests for news that comes once a day: 86,400 a pupil and day, and all but one of them empty.',
      },
      {
        text: 'Use a WebSocket: polling is always worse.',
        because:
          'It would tell the pupil at once, but one connection a pupil is held all day for one message. That may be worth it; that polling is always worse is not so.',
      },
      {
        text: 'Nothing, unless half a minute of delay hurts somebody.',
        right: true,
        because:
          'On average the news is 30 s old, and a poll can be answered by any server or cache without remembering anybody. Improve it when the delay hurts or the empty polls cost too much.',
      },
      {
        text: 'Close the connection after each poll, to save the server’s memory.',
        because:
          'HTTP/1.1 keeps connections open so that the next request need not open a new one (RFC 9112 §9.3). Every poll would pay a round trip for the TCP handshake.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/transports/short-polling.ts',
        from: 'const page = feed.page(room, after, who)',
        note: 'Read what is new after the cursor and answer at once. Where the client stands is not kept.',
      },
    ],
    client: [
      {
        file: 'web/transports/short-polling.ts',
        from: 'const page = await poll(',
        note: 'Asks with the cursor of the last answer.',
      },
      {
        file: 'web/transports/short-polling.ts',
        from: 'if (!page.more) await sleep(',
        note: 'And sleeps for the rest of the interval: this is where the delay comes from.',
      },
    ],
  },
  facts: [
    {
      statement:
        'HTTP/1.1 keeps a connection open after an answer unless one end says close, so many polls share one connection.',
      source: 'RFC 9112',
      section: '§9.3',
    },
    {
      statement: 'Each request can be understood in isolation: HTTP is stateless.',
      source: 'RFC 9110',
      section: '§3.3',
    },
    {
      statement: 'Every message begins with a head, a first line and fields, whatever its body holds.',
      source: 'RFC 9112',
      section: '§2.1',
    },
    {
      statement: 'Polling sends a request at each interval, whether or not there is anything to fetch.',
      source: 'RFC 6202',
      section: '§1',
    },
  ],
  terms: ['short-polling', 'round-trip', 'delay', 'head', 'keep-alive', 'cursor', 'overhead', 'stateless'],
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 2 },
      { part: 'Run and observe', minutes: 2 },
      { part: 'Explain', minutes: 2 },
      { part: 'Change it, and the question', minutes: 2 },
    ],
    wrongPredictions: [
      {
        prediction: '“A second: that is the interval.”',
        answer:
          'It is the longest wait, not the usual one. Ask for the luckiest message first, then for the unluckiest.',
      },
      {
        prediction: '“Next to nothing: the server answers at once.”',
        answer:
          'The server does. But it is asked only once a second, and until then it cannot say anything. Point at a dot in the timeline and at the next arrow.',
      },
      {
        prediction: '“Polling opens a connection each time.”',
        answer:
          'Show the connections in the table: hardly any was opened, for the browser goes on using those it has (RFC 9112 §9.3).',
      },
    ],
    expect:
      'A mean delay of 400 to 600 ms with some 8 messages, 16 or 17 polls of which about half are empty, and well over half of all bytes in heads. On a busy machine single delays may lie a little above a second. With another interval the mean moves to half of it.',
  },
})
