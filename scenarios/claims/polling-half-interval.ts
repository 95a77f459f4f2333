import { scenario } from '../define.ts'
import type { Run } from '../report.ts'
import type { Claim } from './claim.ts'
import { byCase, enough, judged, measuredEach, medianOf, notEnough, pointsOf, say } from './evidence.ts'

export const pollingHalfInterval: Claim = {
  id: 'polling-half-interval',
  sentence: 'Polling is late by half its interval on average',
  said: 'Grigorik, High Performance Browser Networking',
  scenario: scenario({
    name: 'claim-polling-half-interval',
    title: 'Half an interval late',
    question: 'Is an entry that waits for the next poll late by half an interval on average?',
    about:
      'Messages that come at random, as strangers do, wait for a poll every half second, every second and ' +
      'every two seconds. Whoever comes at random finds the next poll anywhere between at once and a ' +
      'whole interval away.',
    transports: ['short-polling'],
    readers: 4,
    traffic: { rate: 10, arrivals: 'poisson', payload: 'conversation' },
    warmUp: 1,
    seconds: 8,
    repeat: 3,
    sweep: { of: 'interval', values: [0.5, 1, 2] },
  }),
  rule(report) {
    const means = pointsOf(report, (label) => medianOf(report, 'short-polling', label, mean))
    if (!enough(means)) return notEnough(report, `${ENOUGH} deliveries at two intervals or more`)
    const halves = means.map((point) => ({ ...point, value: point.value / (point.at * 500) }))
    const told = means
      .map(({ at, value }) => `${say(value, 'ms')} at ${say(at, 's')} (half is ${say(at * 500, 'ms')})`)
      .join(', ')
    return judged(
      report,
      byCase(report, halves, ({ value }) => Math.abs(value - 1) <= NEAR),
      `Mean delay: ${told}.`,
      [
        ...measuredEach('Mean delay', means, 'ms'),
        ...measuredEach('Mean delay in half intervals', halves, '×'),
      ],
    )
  },
  nuance:
    'It is so for messages that come at random and a server that answers at once. The mean hides the ' +
    'spread: any delay from nothing to a whole interval is as likely as any other, so one message in ' +
    'twenty waits at least 95 % of it. Messages that keep step with the polls may all wait long, or none. ' +
    'The network’s own delay, and that of a server with much to do, come on top: at short intervals they ' +
    'are what is left.',
  quoted: [
    {
      value: 'mean delay half the interval; 10,000 clients polling every 60 s make 167 requests/s',
      source: 'Grigorik, High Performance Browser Networking',
    },
  ],
}

/**
 * The mean of n delays spread evenly over an interval strays from half of it by a share of 1/√(3n): 6.5 % for
 * the 80 messages of one run. Three times that is a fifth.
 */
const NEAR = 0.2
const ENOUGH = 50

const mean = ({ latency }: Run) => (latency.n >= ENOUGH ? latency.mean : undefined)
