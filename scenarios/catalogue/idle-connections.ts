import { scenario } from '../define.ts'

export const idleConnections = scenario({
  name: 'idle-connections',
  title: 'Idle connections',
  question: 'How much memory does a connection take while nothing is said?',
  about:
    'A thousand, three thousand and five thousand readers connect, and nobody speaks. Memory is what is ' +
    'resident in the server’s process before any of them came and once all of them are there; the ' +
    'kernel’s own buffers are not in it. Divide the rise between two sizes by the readers it took, rather ' +
    'than one size by its readers: what a process takes once, whoever comes, falls out. Short polling ' +
    'keeps its connections open between two polls, too.',
  readers: 1_000,
  publishers: 0,
  traffic: { rate: 0, arrivals: 'even', payload: 'conversation' },
  warmUp: 0,
  seconds: 3,
  sweep: { of: 'readers', values: [1_000, 3_000, 5_000] },
  notInBrowser:
    'A page does not see the memory of the server, and opens only a handful of connections to it.',
})
