import { inMs, mean, percentileOf } from './figures/lanes.ts'
import {
  clockOffset,
  clockUncertainty,
  ENOUGH,
  LONG,
  type Loop,
  type LoopsOutcome,
  long,
  longest,
  meanTime,
  p50,
  p90,
  p99,
} from './figures/loops.ts'
import { type Finding, lesson } from './lesson.ts'

const AFTER = 5
const STALL = 800
const LONGER_STALL = 1_200
/** Whether a percentile says of a stall that there is one, or nothing of it; in between it says neither. */
const tells = (percentile: number, stall: number) => percentile > stall / 2
const isBlind = (percentile: number, stall: number) => percentile < stall / 4

const longOf = (outcome: LoopsOutcome, loop: Loop): number => long(loop).read(outcome)?.value ?? 0
const p99Of = (outcome: LoopsOutcome, loop: Loop): number | undefined => p99(loop).read(outcome)?.value

const tooFew: Finding = { holds: false, because: `a loop has fewer than ${ENOUGH} answers` }

/** Both 99th percentiles, where both loops have enough answers. */
function both(outcome: LoopsOutcome): { closed: number; open: number; said: string } | undefined {
  const [closed, open] = [p99Of(outcome, 'closed'), p99Of(outcome, 'open')]
  if (closed === undefined || open === undefined) return undefined
  return {
    closed,
    open,
    said: `p99 was ${inMs(closed)} by the closed loop and ${inMs(open)} by the open one`,
  }
}

export const howToMeasure = lesson<'loops'>({
  number: 20,
  slug: 'how-to-measure',
  title: 'How to measure: clocks, coordinated omission, percentiles',
  question: 'Two programs measure the same server at the same time, both correctly. Why do they disagree?',
  minutes: 10,
  goal: 'say what a latency figure counts from, and refuse a p99 that was measured by waiting for answers',
  figure: {
    name: 'loops',
    parameters: { after: AFTER, stall: STALL, every: 4_000, rate: 50, seconds: 8 },
  },
  prediction: {
    kind: 'choice',
    question:
      'A server answers after 5 ms, and once in four seconds it does nothing for 800 ms. Two loops measure it for 8 s. Which 99th percentile does each report?',
    options: [
      { id: 'both-long', label: 'Both some 800 ms: a fifth of the time is stalled.' },
      { id: 'both-short', label: 'Both a few ms: stalls are rare.' },
      { id: 'closed-short', label: 'The closed loop a few ms, the open loop some 800 ms.' },
      { id: 'open-short', label: 'The open loop a few ms, the closed loop some 800 ms.' },
    ],
    answer(outcome) {
      const found = both(outcome)
      if (!found) return undefined
      const [closed, open] = [tells(found.closed, STALL), tells(found.open, STALL)]
      if (closed) return open ? 'both-long' : 'open-short'
      return open ? 'closed-short' : 'both-short'
    },
  },
  measures: {
    'closed-p50': p50('closed'),
    'open-p50': p50('open'),
    'closed-p90': p90('closed'),
    'open-p90': p90('open'),
    'closed-p99': p99('closed'),
    'open-p99': p99('open'),
    'closed-longest': longest('closed'),
    'open-longest': longest('open'),
    'closed-mean': meanTime('closed'),
    'open-mean': meanTime('open'),
    'closed-long': long('closed'),
    'open-long': long('open'),
    offset: clockOffset,
    uncertainty: clockUncertainty,
  },
  claims: {
    'same-middle': {
      check({ closed, open }) {
        const [one, other] = [closed, open].map((asked) =>
          percentileOf(
            asked.map(({ took }) => took),
            0.5,
          ),
        )
        if (one === undefined || other === undefined) return tooFew
        return {
          holds: Math.abs(one - other) < 20,
          because: `the medians were ${inMs(one)} and ${inMs(other)}`,
        }
      },
    },
    'other-tail': {
      check(outcome) {
        const found = both(outcome)
        if (!found) return tooFew
        return { holds: isBlind(found.closed, STALL) && tells(found.open, STALL), because: found.said }
      },
    },
    'one-a-stall': {
      check(outcome) {
        const [closed, open] = [longOf(outcome, 'closed'), longOf(outcome, 'open')]
        return {
          holds: closed > 0 && open >= 4 * closed,
          because: `${closed} answers of the closed loop and ${open} of the open one took longer than ${LONG} ms`,
        }
      },
    },
    'nobody-is-average': {
      check({ open }) {
        if (open.length === 0) return tooFew
        const average = mean(open.map(({ took }) => took))
        const near = open.filter(({ took }) => took > average / 2 && took < average * 1.5).length
        return {
          holds: near < 0.2 * open.length,
          because: `${near} of ${open.length} answers lay within half of the mean of ${inMs(average)}`,
        }
      },
    },
  },
  change: {
    task: 'Change the stall or the rate, and run again. Watch which of the two columns follows.',
    label: 'This time',
    prediction: {
      kind: 'choice',
      question: 'Whatever you change: what will the closed loop’s p99 do?',
      options: [
        { id: 'follows', label: 'It follows: it is the same server.' },
        { id: 'stays', label: `It moves by less than ${LONG} ms.` },
      ],
      answer({ before, after }) {
        const [one, other] = [p99Of(before, 'closed'), p99Of(after, 'closed')]
        if (one === undefined || other === undefined) return undefined
        return Math.abs(one - other) < LONG ? 'stays' : 'follows'
      },
    },
    options: [
      {
        label: 'the stall lasts 1,200 ms',
        parameters: { stall: LONGER_STALL },
        sentence:
          'The open loop’s p99 grows with the stall. The closed loop asks even less, and its p99 knows no more of it than before.',
        check({ before, after }) {
          const [one, other] = [both(before), both(after)]
          if (!one || !other) return tooFew
          return {
            holds: other.open > 1.25 * one.open && isBlind(other.closed, LONGER_STALL),
            because: `first ${one.said}, then ${other.said}`,
          }
        },
      },
      {
        label: 'the server never stalls',
        parameters: { stall: 0 },
        sentence: 'Without a stall the open loop’s p99 comes down. Only a bad server tells the loops apart.',
        check({ before, after }) {
          const [one, other] = [both(before), both(after)]
          if (!one || !other) return tooFew
          return { holds: other.open < one.open / 2, because: `first ${one.said}, then ${other.said}` }
        },
      },
      {
        label: 'the open loop asks 10 times a second',
        parameters: { rate: 10 },
        sentence:
          'With fewer than a hundred answers the slowest alone would be the p99, so none is given. The median and the longest stay.',
        check: ({ after }) => ({
          holds: p99Of(after, 'open') === undefined && longOf(after, 'open') > 0,
          because: `the open loop had ${after.open.length} answers, the longest after ${inMs(
            Math.max(...after.open.map(({ took }) => took)),
          )}`,
        }),
      },
    ],
  },
  hints: [
    'Count the questions that each loop asks while the server does nothing.',
    'The closed loop has one question out and waits. The open loop goes on: 800 ms at 50 a second are 40 questions.',
    'One slow answer a stall drowns among hundreds of fast ones, far below 1 %. Forty of each two hundred questions do not.',
  ],
  quiz: {
    question:
      'A tool starts 10 connections; each sends its next request when it has its answer. It reports p99 = 8 ms. What do you know?',
    options: [
      {
        text: 'Of 100 users, 99 wait at most 8 ms.',
        because:
          'Users do not wait for each other. They also come during a stall, when this tool had only its ten requests out, and it saw ten slow answers where users would have seen hundreds.',
      },
      {
        text: 'Of the requests it sent, 99 in 100 were answered within 8 ms, and it sent few when the server was slow.',
        right: true,
        because:
          'That is all such a loop can say. For what users meet, requests must be sent on a schedule and counted from the instant that it asked for.',
      },
      {
        text: 'Nothing: p99 is noise, the mean is what counts.',
        because:
          'A percentile is no noisier than it has samples for, and the mean of a mixture of fast and stalled answers is a time that hardly anybody saw.',
      },
      {
        text: 'The server never took longer than 8 ms.',
        because:
          'One per cent took longer, and p99 says nothing about how long. Ask for the longest as well.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/lessons/slow.ts',
        from: 'const into = now() % every',
        note: 'Where in its rhythm the server is: what comes in a stall waits for its end.',
      },
    ],
    client: [
      {
        file: 'web/lessons/figures/loops-run.ts',
        from: 'while (now() < end) {',
        lines: 6,
        note: 'The closed loop: the next question waits for the answer, and its time begins when it is sent.',
      },
      {
        file: 'web/lessons/figures/loops-run.ts',
        from: 'for (let due = start; due < end; due += gap) {',
        lines: 5,
        note: 'The open loop: nothing in here waits for an answer, and the time begins when the question was due.',
      },
      {
        file: 'web/lessons/figures/loops-run.ts',
        from: 'if (uncertainty < best.uncertainty)',
        note: 'Two clocks: of ten questions the one with the shortest round trip tells most.',
      },
    ],
  },
  facts: [
    {
      statement:
        'A percentile is read off the empirical distribution: the smallest value that so many per cent of the samples do not exceed.',
      source: 'RFC 2330',
      section: '§11.3',
    },
    {
      statement: 'A time that two clocks took part in carries their offset and their drift, and must say so.',
      source: 'RFC 2330',
      section: '§10.1',
    },
    {
      statement:
        'The offset between two clocks is estimated as half the sum of two differences: received less sent, there and back.',
      source: 'RFC 5905',
      section: '§8',
    },
  ],
  terms: ['coordinated-omission', 'percentile', 'latency', 'delay', 'round-trip'],
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 2 },
      { part: 'Run and observe', minutes: 2 },
      { part: 'Explain', minutes: 3 },
      { part: 'Change it, and the question', minutes: 3 },
    ],
    wrongPredictions: [
      {
        prediction: '“Both see some 800 ms: the server is stalled a fifth of the time.”',
        answer:
          'Of the time, yes; of the closed loop’s questions one in several hundred. Let them count the dots inside a grey band in each plot.',
      },
      {
        prediction: '“Both a few ms, the stalls are outliers.”',
        answer:
          'Ask who decides what an outlier is: here one question in five of the open loop meets a stall. The loop that calls it rare made it rare.',
      },
      {
        prediction: '“The open loop is unfair: it overloads the server.”',
        answer:
          'It asks 50 times a second, the closed loop over a hundred times. The open loop puts less load on the server and sees more.',
      },
    ],
    expect:
      'Both medians at 6 to 8 ms. The closed loop has about a thousand answers, two of them slow, and a p99 of 10 to 30 ms; the open loop has 400 answers, some 70 later than 100 ms, and a p99 just under 800 ms. On a busy machine both columns grow by some ms, and the contrast stays.',
  },
})
