import { scenario } from '../define.ts'

export const quietRoom = scenario({
  name: 'quiet-room',
  title: 'Quiet room',
  question: 'What does it cost to wait for somebody to say something?',
  about:
    'Twenty people have a room open in which somebody speaks about once a second. Most of what happens is ' +
    'waiting, and waiting is where the transports differ most: a poll asks and is told nothing, a held ' +
    'connection says nothing. Expect short polling to be late by half its interval and the rest to differ ' +
    'by little on one machine. Look at the requests per delivery and at the share of empty answers first, ' +
    'then at the bytes.',
  readers: 20,
  traffic: { rate: 1, arrivals: 'poisson', payload: 'conversation' },
  warmUp: 1,
  seconds: 8,
})
