import { scenario } from '../define.ts'

export const cookies = scenario({
  name: 'cookies',
  title: 'Cookies',
  question: 'What do the site’s cookies cost on each transport?',
  about:
    'The same room with no cookies, with 500 bytes and with 2,000, about what a site with sign-in and a ' +
    'few counters has its visitors send. Cookies travel with every request: with each poll, with each ' +
    'POST, and once with a handshake. Look at the heads per delivery, which should grow with the number ' +
    'of requests and with nothing else.',
  readers: 20,
  traffic: { rate: 2, arrivals: 'poisson', payload: 'conversation' },
  warmUp: 1,
  seconds: 5,
  sweep: { of: 'cookieBytes', values: [0, 500, 2_000] },
  notInBrowser:
    'A page does not write its own Cookie header: the browser does, with whatever it keeps for this site.',
})
