import { scenario } from '../define.ts'

export const msAway200 = scenario({
  name: '200-ms-away',
  title: '200 ms away',
  question: 'What does distance do to each transport?',
  about:
    'The server is on another continent: a round trip takes 200 ms. What is pushed needs one way up and ' +
    'one way down. A long poll that was just answered needs a round trip to ask again, and what is said ' +
    'meanwhile waits for it. A short poll waits for its turn as it does at home. Look at p50 and p95 ' +
    'beside a run without distance (--conditions clear): what is added, and to whom more.',
  readers: 10,
  publishers: 4,
  traffic: { rate: 10, arrivals: 'poisson', payload: 'conversation' },
  conditions: '200-ms-away',
  warmUp: 1,
  seconds: 8,
  repeat: 3,
})
