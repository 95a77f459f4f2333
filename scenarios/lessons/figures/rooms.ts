import type { Measure, Reading } from '../figures.ts'

/**
 * `rooms`: people, each a WebSocket of its own that has joined one room or more, say things one after the other, and
 * every person counts what it hears. What no room of a person is told should not reach that person.
 */
export interface RoomsParameters {
  /** Who is in which room; a name that stands in several is one person on one connection. */
  rooms: readonly (readonly string[])[]
  /** How many things each says in each room of theirs. */
  each: number
}

export interface RoomsOutcome {
  people: readonly Person[]
  messages: readonly Message[]
  /** What reached a person from a room that he is not in. */
  strays: number
  /** WebSockets that were open, and the meter's counts from the first word to the last delivery. */
  connections: number
  entriesOut: number
  /** Bytes of what was said, and of its deliveries with their frame headers; receipts are not among them. */
  bytesIn: number
  bytesOut: number
}

export interface Person {
  name: string
  /** Indices of the rooms that this person is in. */
  rooms: readonly number[]
  /** By the id of a message, how often it was heard. */
  heard: Readonly<Record<string, number>>
}

export interface Message {
  id: string
  /** Index of the room that it was said in. */
  room: number
  from: string
}

export const deliveriesTo = ({ heard }: Person): number =>
  Object.values(heard).reduce((sum, times) => sum + times, 0)

export const deliveries = ({ people }: RoomsOutcome): number =>
  people.reduce((sum, person) => sum + deliveriesTo(person), 0)

/** Messages that came to everybody in their room once, and to nobody else. */
export const heardRight = ({ people, messages }: RoomsOutcome): readonly Message[] =>
  messages.filter(({ id, room }) =>
    people.every(({ rooms, heard }) => (heard[id] ?? 0) === (rooms.includes(room) ? 1 : 0)),
  )

/** Authors who heard each thing that they said. */
export const heardThemselves = ({ people, messages }: RoomsOutcome): readonly Person[] =>
  people.filter(({ name, heard }) =>
    messages.every(({ id, from }) => from !== name || (heard[id] ?? 0) === 1),
  )

const measured = (
  label: string,
  unit: Reading['unit'],
  value: (outcome: RoomsOutcome) => number,
): Measure<RoomsOutcome> => ({
  label,
  read: (outcome) => ({ value: value(outcome), unit, origin: 'measured' }),
})

export const published = measured('messages published', '', ({ messages }) => messages.length)
export const delivered = measured('deliveries, as the readers count', '', deliveries)
export const entriesOut = measured('deliveries, as the meter counts', '', ({ entriesOut }) => entriesOut)
export const connections = measured('connections', '', ({ connections }) => connections)
export const bytesIn = measured('bytes that the server read', 'B', ({ bytesIn }) => bytesIn)
export const bytesOut = measured('bytes that it wrote to deliver them', 'B', ({ bytesOut }) => bytesOut)
export const bytesEach: Measure<RoomsOutcome> = {
  label: 'bytes of a delivery, frame header included',
  read: ({ bytesOut, entriesOut }) =>
    entriesOut === 0 ? undefined : { value: bytesOut / entriesOut, unit: 'B', origin: 'measured' },
}
