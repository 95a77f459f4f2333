import { scenario } from '../define.ts'

export const bufferingProxy = scenario({
  name: 'buffering-proxy',
  title: 'Buffering proxy',
  question: 'What arrives late when a proxy collects what the server says?',
  about:
    'Between readers and server stands a proxy that holds back what a response brings until four ' +
    'kilobytes wait, two seconds have passed or the response is whole. A poll’s answer is whole at once. ' +
    'A stream of events never is. What comes after an upgrade is no response and passes. Look at p50 of ' +
    'SSE beside the others.',
  readers: 10,
  publishers: 2,
  traffic: { rate: 2, arrivals: 'poisson', payload: 'conversation' },
  conditions: 'corporate-proxy',
  warmUp: 1,
  seconds: 10,
  repeat: 2,
})
