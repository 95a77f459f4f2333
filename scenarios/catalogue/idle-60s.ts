import { scenario } from '../define.ts'

export const idle60s = scenario({
  name: 'idle-60s',
  title: 'A minute of silence',
  question: 'Who is still connected after a minute in which hardly anybody spoke?',
  about:
    'A router between readers and server forgets every connection that carries nothing for ten seconds, ' +
    'and three lines are written in a minute. Short polls keep their connections busy. Whoever holds one ' +
    'and says nothing is cut, again and again, and should come back each time and miss nothing. Look at ' +
    'how often readers were cut, at the time to be back, and at lost. Heartbeats every few seconds would ' +
    'keep the connection; here they come every fifteen or more, which is too seldom for this router.',
  readers: 4,
  traffic: { rate: 0.05, arrivals: 'even', payload: 'conversation' },
  conditions: 'sleepy-nat',
  warmUp: 0,
  seconds: 60,
  repeat: 1,
  notInBrowser: 'A minute for each transport is longer than a page measures.',
})
