import { scenario } from '../define.ts'

export const pollIntervalSweep = scenario({
  name: 'poll-interval-sweep',
  title: 'Poll interval',
  question: 'How often should one poll?',
  about:
    'Short polling alone, at intervals from a tenth of a second to five seconds, with two messages a ' +
    'second. An entry waits for the next poll, so delivery should take half an interval in the middle and ' +
    'a whole one at worst; the price of a shorter interval is more requests, and more of them empty. Look ' +
    'at p50 against requests per delivery: each halving of the one should double the other, until every ' +
    'poll brings something.',
  transports: ['short-polling'],
  readers: 20,
  traffic: { rate: 2, arrivals: 'poisson', payload: 'conversation' },
  warmUp: 1,
  sweep: { of: 'interval', values: [0.1, 0.25, 0.5, 1, 2, 5] },
})
