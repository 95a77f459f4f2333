import { written } from '../stats/words.ts'
import { betweenPolls } from './bugs/between-polls.ts'
import {
  bytesPerEntry,
  connections,
  delivered,
  duplicated,
  empties,
  inMs,
  type LanesOutcome,
  laneOf,
  longestDelay,
  medianDelay,
  missed,
  percentileOf,
  polls,
} from './figures/lanes.ts'
import type { Measure } from './figures.ts'
import { type Finding, lesson } from './lesson.ts'

/** The lane, where it delivered enough to speak of. */
const laneIn = (outcome: LanesOutcome) => {
  const lane = laneOf(outcome, 'long-polling')
  return lane && lane.delivered >= 4 ? lane : undefined
}

const nothing: Finding = { holds: false, because: 'too few entries were delivered to say anything' }

const requestsPerEntry: Measure<LanesOutcome> = {
  label: 'Long polling: requests per entry',
  read(outcome) {
    const lane = laneIn(outcome)
    return lane && { value: lane.tally.requests / lane.delivered, unit: '', origin: 'measured' }
  },
}

const ratio = (outcome: LanesOutcome) => requestsPerEntry.read(outcome)?.value

export const longPolling = lesson<'lanes'>({
  number: 4,
  slug: 'long-polling',
  title: 'Long polling, and the message lost between two polls',
  question: 'If the server may keep you waiting for its answer, how often must you ask?',
  minutes: 10,
  goal: 'say what long polling costs and how soon it delivers, and why it loses messages without a cursor',
  figure: {
    name: 'lanes',
    parameters: { transports: ['long-polling'], rate: 0.5, seconds: 10 },
  },
  prediction: {
    kind: 'number',
    question:
      'The server may hold each request for 25 seconds. In ten seconds five messages are sent, one in each two seconds. How many requests will the page make in that time?',
    unit: '',
    min: 0,
    max: 40,
    step: 1,
    close: 0.25,
    answer: (outcome) => laneIn(outcome)?.tally.requests,
  },
  measures: {
    polls: polls('long-polling'),
    empties: empties('long-polling'),
    delivered: delivered('long-polling'),
    'per-entry': requestsPerEntry,
    'median-delay': medianDelay('long-polling'),
    'longest-delay': longestDelay('long-polling'),
    'bytes-per-entry': bytesPerEntry('long-polling'),
    connections: connections('long-polling'),
    missed: missed('long-polling'),
    twice: duplicated('long-polling'),
  },
  claims: {
    'one-each': {
      check(outcome) {
        const lane = laneIn(outcome)
        if (!lane) return nothing
        const { requests } = lane.tally
        // The one that is held when the run begins, or when it ends, may stand on either side.
        return {
          holds: Math.abs(requests - lane.delivered) <= 2,
          because: `${requests} requests brought ${lane.delivered} entries`,
        }
      },
    },
    'none-empty': {
      check(outcome) {
        const lane = laneIn(outcome)
        if (!lane) return nothing
        const { emptyResponses, requests } = lane.tally
        return {
          holds: emptyResponses === 0,
          because: `${emptyResponses} of ${requests} answers were empty`,
        }
      },
    },
    fresh: {
      check(outcome) {
        const lane = laneIn(outcome)
        if (!lane || lane.delays.length < 4) return nothing
        const median = percentileOf(lane.delays, 0.5)
        return {
          holds: median < 200,
          because: `half of the entries took ${inMs(median)} or less, n = ${lane.delays.length}`,
        }
      },
    },
    'heads-again': {
      check(outcome) {
        const lane = laneIn(outcome)
        if (!lane) return nothing
        const { headBytesIn, headBytesOut, bytesIn, bytesOut } = lane.tally
        const part = (100 * (headBytesIn + headBytesOut)) / (bytesIn + bytesOut)
        return { holds: part > 50, because: `${written(part)} % of the bytes were HTTP heads` }
      },
    },
    'exactly-once': {
      check(outcome) {
        const lane = laneIn(outcome)
        if (!lane) return nothing
        return {
          holds: lane.missed === 0 && lane.duplicated === 0,
          because: `${lane.missed} were missed and ${lane.duplicated} came twice`,
        }
      },
    },
  },
  change: {
    task: 'Change how the messages come, or how long the server may hold a request, and run again. Look at the requests beside the delivered entries.',
    label: 'Change',
    prediction: {
      kind: 'choice',
      question:
        'Choose one of the two below first. What will it do to the number of requests for one message?',
      options: [
        { id: 'falls', label: 'It falls.' },
        { id: 'same', label: 'It stays.' },
        { id: 'rises', label: 'It rises.' },
      ],
      answer({ before, after }) {
        const [one, other] = [ratio(before), ratio(after)]
        if (one === undefined || other === undefined) return undefined
        if (Math.abs(other - one) < 0.15 * one) return 'same'
        return other > one ? 'rises' : 'falls'
      },
    },
    options: [
      {
        label: 'messages come five at once',
        parameters: { rate: 2.5, arrivals: 'bursts', burst: 5 },
        sentence:
          'A burst shares an answer: there are fewer requests than messages, and still none of them is lost.',
        check({ after }) {
          const lane = laneIn(after)
          if (!lane) return nothing
          const { requests } = lane.tally
          return {
            holds: requests < 0.7 * lane.delivered && lane.missed === 0,
            because: `${requests} requests brought ${lane.delivered} entries, and ${lane.missed} were missed`,
          }
        },
      },
      {
        label: 'the server holds a request for 1 s at most',
        parameters: { wait: 1 },
        sentence:
          'Whenever a second passes in silence, an empty answer ends the wait and the page asks again.',
        check({ before, after }) {
          const lane = laneIn(after)
          const [one, other] = [ratio(before), ratio(after)]
          if (!lane || one === undefined || other === undefined) return nothing
          const { emptyResponses } = lane.tally
          return {
            holds: emptyResponses >= 2 && other > one,
            because: `${emptyResponses} answers were empty, and requests per entry went from ${written(one)} to ${written(other)}`,
          }
        },
      },
    ],
  },
  hints: [
    'The page does not ask at an interval. What makes it ask again?',
    'It asks again when it was answered. What does the server wait for before it answers?',
    'An answer comes when there is a message, or after 25 s. Nothing here is silent for so long, so each message takes one answer, and each answer one request.',
  ],
  quiz: {
    question:
      'A long poll has just been answered. Before the next request is there, another message is published. What keeps it from being lost?',
    options: [
      {
        text: 'The connection: TCP keeps the message until the page reads it.',
        because:
          'TCP keeps what the server has written. Between an answer and the next request there is nothing that the server could answer, so it writes nothing.',
      },
      {
        text: 'A client that asks again fast enough.',
        because:
          'It makes the hole narrow, not shut. The request needs time to travel, and a message that comes in that time finds nobody waiting.',
      },
      {
        text: 'A log, and a request that says where its reader stands.',
        right: true,
        because:
          'The server reads in the log what follows the cursor of the request. What was published in between is there, and the poll is answered at once.',
      },
      {
        text: 'A longer wait: then the server answers less often.',
        because:
          'It answers with every message, however long it might have waited. After each answer there is the same hole.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/transports/long-polling.ts',
        from: 'const timer = setTimeout(',
        note: 'Nothing new after the cursor: the answer waits for an entry, or until this runs out.',
      },
      {
        file: 'server/transports/long-polling.ts',
        from: "response.on('close', end)",
        note: 'Whoever goes away while waiting is not waited with.',
      },
    ],
    client: [
      {
        file: 'web/transports/long-polling.ts',
        from: "const page = await poll(target, '/long-polling', reader",
        lines: 3,
        note: 'Asks with the cursor where the reader stands, and waits as long as it takes.',
      },
      {
        file: 'web/transports/long-polling.ts',
        from: 'reader.page(page)',
        note: 'Hands out the entries, moves the cursor, and the loop asks again at once.',
      },
    ],
  },
  facts: [
    {
      statement:
        'In long polling the server holds a request until it has something to answer or a time is over.',
      source: 'RFC 6202',
      section: '§2.1',
    },
    {
      statement:
        'A message that comes just after an answer waits for more than three transits of the network: the answer, the next request and its answer.',
      source: 'RFC 6202',
      section: '§2.2',
    },
    {
      statement: 'Each long poll and each answer is a whole HTTP message, and small messages mean much head.',
      source: 'RFC 6202',
      section: '§2.2',
    },
    {
      statement: 'Holding a request for 120 s has worked; 30 s is the safer time.',
      source: 'RFC 6202',
      section: '§5.5',
    },
    {
      statement: 'A client may say how long it is willing to wait: Prefer: wait=N.',
      source: 'RFC 7240',
      section: '§4.3',
    },
  ],
  terms: ['long-polling', 'short-polling', 'delay', 'head', 'cursor', 'log', 'seq', 'proxy', 'round-trip'],
  bug: betweenPolls,
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
        prediction: '“One request: the server holds it and sends everything.”',
        answer:
          'A response is answered once. To send many messages in one response is the next lesson, server-sent events.',
      },
      {
        prediction: '“Ten or more: it is polling, after all.”',
        answer:
          'Point at the held bar in the timeline: while it waits, nothing is sent. The page asks when it was answered, not when a clock says so.',
      },
      {
        prediction: '“None is lost, TCP takes care.” (at the bug)',
        answer:
          'Ask what the server should write, and into which response. Between two polls there is no response.',
      },
    ],
    expect:
      'Five entries with five requests, one more or less for the one that is held at either end, and no empty answer. The delay is some milliseconds, where lesson 3 had half a second. Broken, the bug loses some of the 24 messages, more or fewer in each run; cured, none.',
  },
})
