import { scenario } from '../define.ts'

export const slowReader = scenario({
  name: 'slow-reader',
  title: 'Slow reader',
  question: 'Do the others notice when one reader stops reading?',
  about:
    'Five people read a room with much traffic: a hundred texts a second of four kilobytes. One of them ' +
    'stops reading for fifteen seconds, as a page does whose thread is busy, while all is sent to it. The ' +
    'kernel keeps a few megabytes, then the server has to. It should cut that reader off at a bound, and ' +
    'give it what it missed when it comes back. The latencies are the others’: look at p99 there, at the ' +
    'server’s memory, and at lost. What was queued for that reader when it was cut counts as carried and ' +
    'never left, so overhead may be less than nothing.',
  readers: 5,
  publishers: 4,
  traffic: { rate: 100, arrivals: 'even', payload: 4_000 },
  faults: [{ at: 1, do: 'pause-readers', readers: 1, seconds: 15 }],
  interval: 0.5,
  warmUp: 1,
  seconds: 20,
  repeat: 1,
  notInBrowser: 'A page cannot stop reading one of its connections: the browser reads them all.',
})
