import { scenario } from '../define.ts'

export const manyListeners = scenario({
  name: 'many-listeners',
  title: 'Many listeners',
  question: 'How does the cost of a message grow with the number of those who hear it?',
  about:
    'Two lines a second are read by 10, by 100 and by 1,000. A server that encodes an entry once and ' +
    'writes it to all should need about the same CPU per delivery at every size, or less, as fixed costs ' +
    'spread; what grows is the time until the last reader has it. Look at CPU per delivery, which should ' +
    'not rise, and at p99, which will.',
  readers: 10,
  traffic: { rate: 2, arrivals: 'poisson', payload: 'conversation' },
  warmUp: 1,
  seconds: 6,
  sweep: { of: 'readers', values: [10, 100, 1_000] },
  notInBrowser:
    'A browser opens only a handful of connections to one server, so a page cannot be a thousand readers.',
})
