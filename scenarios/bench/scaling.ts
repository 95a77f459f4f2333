import { scenario } from '../define.ts'
import type { Scenario } from '../scenario.ts'

/**
 * Whether the cost of a delivery stays what it is while work grows: with readers it must, or a room could not; with what
 * a room has said before, and with rooms that nobody reads, it has no reason to change at all.
 */
export const scaling: readonly Scenario[] = [
  scenario({
    name: 'scale-readers',
    title: 'More and more readers',
    question: 'Does a delivery cost more when there are more readers?',
    about:
      'One message a second to 10, 100, 1,000 and 5,000 readers. Sending is the same work for each of them: deliveries ' +
      'a CPU second should rise for as long as what the server does anyway is shared by more of them, and never fall. ' +
      'Look at them from 100 readers on, at p99, which the last reader of a room determines, and at the memory a ' +
      'connection, from 1,000 on.',
    readers: 10,
    traffic: { rate: 1, arrivals: 'even', payload: 100 },
    interval: 5,
    warmUp: 3,
    seconds: 10,
    repeat: 3,
    sweep: { of: 'readers', values: [10, 100, 1_000, 5_000] },
    notInBrowser: 'A browser opens a few connections to a server, not thousands.',
  }),
  scenario({
    name: 'scale-history',
    title: 'A longer and longer history',
    question: 'Does a delivery cost more when the room has a long history?',
    about:
      'The same conversation in a room that holds nothing, 100, 1,000 and 9,000 entries when it begins. A reader that is ' +
      'up to date asks for what comes after its cursor, which should be found without a look at what lies before.',
    readers: 50,
    traffic: { rate: 20, arrivals: 'even', payload: 100 },
    warmUp: 2,
    seconds: 5,
    repeat: 3,
    sweep: { of: 'history', values: [0, 100, 1_000, 9_000] },
    notInBrowser: 'The history is written beforehand to a server that was started for it.',
  }),
  scenario({
    name: 'scale-rooms',
    title: 'More and more rooms',
    question: 'Does a delivery cost more when the server holds many rooms?',
    about:
      'The same conversation in one room while the server holds no other, 10, 100 and 900 of them. Rooms in which ' +
      'nothing is said should cost memory and nothing else.',
    readers: 50,
    traffic: { rate: 20, arrivals: 'even', payload: 100 },
    warmUp: 2,
    seconds: 5,
    repeat: 3,
    sweep: { of: 'otherRooms', values: [0, 10, 100, 900] },
    notInBrowser: 'The rooms are made beforehand on a server that was started for it.',
  }),
]
