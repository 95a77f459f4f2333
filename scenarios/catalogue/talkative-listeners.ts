import { scenario } from '../define.ts'

export const talkativeListeners = scenario({
  name: 'talkative-listeners',
  title: 'Talkative listeners',
  question: 'What if every reader is a writer, once a second?',
  about:
    'Fifty players or cursors, each sending its state about once a second and hearing everybody’s: much ' +
    'traffic up as well as down. Over HTTP each word up is a request with all its heads; on a socket it ' +
    'is a frame. Look at heads and framing per delivery, and at the server’s CPU, which has fifty ' +
    'requests a second more to read on polls and SSE.',
  readers: 50,
  publishers: 0,
  readersPublish: true,
  traffic: { rate: 50, arrivals: 'poisson', payload: 60 },
  warmUp: 1,
  seconds: 8,
})
