import { scenario } from '../define.ts'

export const herd = scenario({
  name: 'herd',
  title: 'Herd',
  question: 'What happens when three hundred readers are cut at once and all want back in?',
  about:
    'A switch reboots, and three hundred connections end in the same instant. Each client waits a random ' +
    'part of a time that doubles with every failure before it tries again, so that they do not arrive as ' +
    'one. Look at the time to be back, its middle and its longest, at the server’s event loop in the ' +
    'report, and at lost. Without chance in the waiting they would all come at the same moment, again and ' +
    'again.',
  readers: 300,
  publishers: 2,
  traffic: { rate: 2, arrivals: 'poisson', payload: 'conversation' },
  faults: [{ at: 3, do: 'cut', how: 'rst' }],
  warmUp: 1,
  seconds: 9,
  repeat: 1,
  notInBrowser: 'A browser opens a few connections to a server, not three hundred.',
})
