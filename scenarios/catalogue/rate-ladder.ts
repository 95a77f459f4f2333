import { scenario } from '../define.ts'

export const rateLadder = scenario({
  name: 'rate-ladder',
  title: 'Rate ladder',
  question: 'From which message rate on does the best transport become another one?',
  about:
    'From one message in ten seconds to a thousand a second, to ten readers. Nothing decides between ' +
    'transports as much as this: when little is said, polls are empty and pushing saves them; when much ' +
    'is said, an answer carries many entries under one head and polling may need the fewest bytes and the ' +
    'least CPU. Look for where the lines cross. Polls come every 0.9 s, not every second, so that they do ' +
    'not keep step with an even schedule.',
  readers: 10,
  publishers: 20,
  interval: 0.9,
  traffic: { rate: 0.1, arrivals: 'even', payload: 'conversation' },
  warmUp: 1,
  repeat: 3,
  sweep: { of: 'rate', values: [0.1, 1, 10, 100, 1_000] },
})
