import { scenario } from '../define.ts'

export const busyRoom = scenario({
  name: 'busy-room',
  title: 'Busy room',
  question: 'What happens to each transport when everybody hears much?',
  about:
    'Fifty people read a room in which fifty lines a second are written: 2,500 deliveries a second. Now ' +
    'there is always news, so hardly a poll is empty, and one answer carries many entries under one head; ' +
    'a long poll comes back as soon as it has been answered. Look at the server’s CPU per delivery and at ' +
    'the bytes: this is where polling may win. Then look at p99, where a server with too much to do shows ' +
    'it first.',
  readers: 50,
  publishers: 5,
  traffic: { rate: 50, arrivals: 'poisson', payload: 'conversation' },
  warmUp: 1,
  seconds: 8,
})
