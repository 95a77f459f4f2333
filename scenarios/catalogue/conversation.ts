import { scenario } from '../define.ts'

export const conversation = scenario({
  name: 'conversation',
  title: 'Conversation',
  question: 'Which transport suits a chat in which people answer each other?',
  about:
    'Twenty people read and write in one room, five lines a second between them, in lines of the length ' +
    'people write. Everybody publishes over the transport with which they read: by a POST beside a stream ' +
    'or a poll, in a frame on a socket. Look at delivery, which contains the writer’s own way up, and at ' +
    'heads: each POST carries all that a browser sends with a request, while a socket has sent it once.',
  readers: 20,
  publishers: 0,
  readersPublish: true,
  traffic: { rate: 5, arrivals: 'poisson', payload: 'conversation' },
  warmUp: 1,
  seconds: 8,
})
