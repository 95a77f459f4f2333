import { scenario } from '../define.ts'

export const keepAliveOrClose = scenario({
  name: 'keep-alive-or-close',
  title: 'Keep-alive or close',
  question: 'What does it cost to open a new connection for every request?',
  about:
    'Both kinds of polling, once over connections that are used again, as HTTP/1.1 does unless told ' +
    'otherwise, and once with “Connection: close” on every request, as HTTP/1.0 did. Look at connections ' +
    'and at the server’s CPU per delivery. The time of the handshake itself hardly shows on one machine: ' +
    'it costs one round trip, and here a round trip is next to nothing.',
  transports: ['short-polling', 'long-polling'],
  readers: 20,
  interval: 0.5,
  traffic: { rate: 5, arrivals: 'poisson', payload: 'conversation' },
  warmUp: 1,
  seconds: 8,
  sweep: { of: 'keepAlive', values: [true, false] },
  notInBrowser: 'A page cannot ask for “Connection: close”: browsers keep that header to themselves.',
})
