import { scenario } from '../define.ts'

export const longMessages = scenario({
  name: 'long-messages',
  title: 'Long messages',
  question: 'Does the transport still matter when the messages are long?',
  about:
    'The same room twice: texts of 100 bytes, then of 4,000, the longest this feed takes. What a ' +
    'transport adds to a message stays as it was while the message grows, so its share should fall. Look ' +
    'at overhead (bytes beyond the entry itself) beside bytes, case by case.',
  readers: 20,
  traffic: { rate: 10, arrivals: 'poisson', payload: 100 },
  warmUp: 1,
  seconds: 5,
  sweep: { of: 'payload', values: [100, 4_000] },
})
