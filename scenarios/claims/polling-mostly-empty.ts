import { scenario } from '../define.ts'
import type { Run } from '../report.ts'
import type { Claim } from './claim.ts'
import {
  byCase,
  crossing,
  enough,
  judged,
  measuredEach,
  medianOf,
  modelled,
  notEnough,
  pointsOf,
  say,
  sayEach,
} from './evidence.ts'

export const pollingMostlyEmpty: Claim = {
  id: 'polling-mostly-empty',
  sentence: 'Most polls return nothing',
  said: 'course notes',
  scenario: scenario({
    name: 'claim-polling-mostly-empty',
    title: 'Empty polls',
    question: 'How many polls come back with nothing new?',
    about:
      'Four polls a second, and messages that come at random: one in ten polling intervals, one in two, ' +
      'one in each, and five in each. The server counts the polls that it answered with nothing new.',
    transports: ['short-polling'],
    readers: 4,
    interval: 0.25,
    traffic: { rate: 0.4, arrivals: 'poisson', payload: 'conversation' },
    warmUp: 1,
    seconds: 6,
    repeat: 3,
    sweep: { of: 'rate', values: [0.4, 2, 4, 20] },
  }),
  rule(report) {
    const shares = pointsOf(report, (label) => medianOf(report, 'short-polling', label, emptyOfPolls))
    if (!enough(shares)) return notEnough(report, `${ENOUGH} polls at two message rates or more`)
    const verdict = byCase(report, shares, ({ value }) => value > MOST)
    const turn = crossing(shares, MOST)
    const { interval } = report.scenario
    const turning =
      turn === undefined
        ? ''
        : ` It stops being so at about ${say(turn)} messages a second, ${say(turn * interval)} for each poll.`
    return judged(
      report,
      verdict,
      `Polling every ${say(interval, 's')}, the share of empty answers was ` +
        `${sayEach(shares, '%')} messages a second.${turning}`,
      [
        ...measuredEach('Empty answers', shares, '%'),
        ...(turn === undefined ? [] : [modelled('Half of all polls are empty at', turn, 'messages/s')]),
      ],
    )
  },
  nuance:
    'What decides is the number of messages in an interval, not their rate. When messages come at random, ' +
    'a poll is empty with probability e to the power of minus that number (Poisson), so half are empty at ' +
    '0.69 messages an interval. A site that polls every minute for an active room may never see an empty ' +
    'poll; its readers see old news.',
  quoted: [
    {
      value: '10,000 clients polling every 60 s: 167 requests/s, 1.13 Mbit/s, news or not',
      source: 'Grigorik, High Performance Browser Networking',
    },
  ],
}

/** “Most” is more than half. */
const MOST = 50
const ENOUGH = 15

const emptyOfPolls = ({ readersTally: { emptyResponses, requests } }: Run) =>
  requests >= ENOUGH ? (100 * emptyResponses) / requests : undefined
