import { scenario } from '../define.ts'

export const serverRestart = scenario({
  name: 'server-restart',
  title: 'Server restart',
  question: 'What do readers notice of a new version being deployed?',
  about:
    'Twenty people read while the server is told to end and started again with the same log, which is on ' +
    'disk. It says goodbye in the way of each transport: a close code, a time to come back after, an ' +
    'answer to the poll. Look at lost and duplicated, which should be 0, and at the time to be back, ' +
    'which is spread on purpose, so that not everybody comes at once. What was written while nobody ' +
    'listened was refused, and is counted as that.',
  readers: 20,
  publishers: 2,
  traffic: { rate: 5, arrivals: 'poisson', payload: 'conversation' },
  faults: [{ at: 2, do: 'restart', how: 'drain' }],
  warmUp: 1,
  seconds: 12,
  repeat: 2,
  notInBrowser: 'A page cannot restart the server that it came from.',
})
