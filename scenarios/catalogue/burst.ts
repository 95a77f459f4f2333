import { scenario } from '../define.ts'

export const burst = scenario({
  name: 'burst',
  title: 'Burst',
  question: 'What does a transport do with twenty messages that come at the same instant?',
  about:
    'A goal is scored, a deploy fails: nothing for a while, then twenty lines at once, to fifty readers. ' +
    'A page takes them all in one answer; a socket gets twenty frames. The bursts do not keep step with ' +
    'the polling interval, so polls meet them at every phase. Look at p95 and p99, where the last of a ' +
    'burst stands, and at what a delivery costs in bytes and CPU when many share the way.',
  readers: 50,
  publishers: 5,
  traffic: { rate: 13, arrivals: 'bursts', burst: 20, payload: 'conversation' },
  warmUp: 2,
  seconds: 10,
})
