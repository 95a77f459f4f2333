import {
  bytesEach,
  bytesIn,
  bytesOut,
  connections,
  delivered,
  deliveries,
  entriesOut,
  heardRight,
  heardThemselves,
  published,
  type RoomsOutcome,
} from './figures/rooms.ts'
import { type Compared, type Finding, lesson } from './lesson.ts'

const SIX = ['Ada', 'Bo', 'Cleo', 'Dan', 'Eva', 'Finn'] as const
const TWELVE = [...SIX, 'Gus', 'Hal', 'Ida', 'Jo', 'Kim', 'Lea'] as const

/** Both ends count so many deliveries, and each message came to its room once and to nobody else. */
function cameTo(expected: number, outcome: RoomsOutcome): Finding {
  const { messages, strays } = outcome
  const right = heardRight(outcome).length
  return {
    holds:
      deliveries(outcome) === expected &&
      outcome.entriesOut === expected &&
      right === messages.length &&
      strays === 0,
    because: `the readers counted ${deliveries(outcome)} deliveries and the meter ${outcome.entriesOut}; ${right} of ${messages.length} messages came to each person in their room once and to nobody else`,
  }
}

const changedTo =
  (expected: number, connections: number) =>
  ({ after }: Compared<'rooms'>): Finding => {
    const { holds, because } = cameTo(expected, after)
    return {
      holds: holds && after.connections === connections,
      because: `${because}, over ${after.connections} connections`,
    }
  }

/** How many times the bytes in went out. */
const growth = ({ bytesIn, bytesOut }: RoomsOutcome): number => bytesOut / bytesIn

export const rooms = lesson<'rooms'>({
  number: 11,
  slug: 'rooms',
  title: 'One to one, one to many, many to many: rooms',
  question: 'When everybody in a room says one thing, how much has the server to send?',
  minutes: 8,
  goal: 'count the deliveries of a room before you build it, and choose rooms that keep the number small',
  figure: {
    name: 'rooms',
    parameters: { rooms: [SIX], each: 1 },
  },
  prediction: {
    kind: 'number',
    question:
      'Six people are in one room, and each says one thing. How many deliveries does the server make?',
    unit: '',
    min: 0,
    max: 60,
    step: 1,
    close: 0.2,
    answer: deliveries,
  },
  measures: {
    published,
    delivered,
    'entries-out': entriesOut,
    connections,
    'bytes-in': bytesIn,
    'bytes-out': bytesOut,
    'bytes-each': bytesEach,
  },
  claims: {
    square: {
      check: (outcome) => cameTo(outcome.people.length * outcome.messages.length, outcome),
    },
    'own-too': {
      check(outcome) {
        const { length } = heardThemselves(outcome)
        return {
          holds: length === outcome.people.length,
          because: `${length} of ${outcome.people.length} heard what they had said themselves`,
        }
      },
    },
    // Six readers, and an entry is longer than its draft: it has a room, a number and a time. Bytes do not depend on how
    // busy the machine is.
    'more-out': {
      check: (outcome) => ({
        holds: growth(outcome) > 6,
        because: `the server wrote ${outcome.bytesOut} bytes for the ${outcome.bytesIn} that it read, ${growth(outcome).toFixed(1)} times as many`,
      }),
    },
  },
  change: {
    task: 'Change who is in which room, and run again. Count before you run: for each room, how many speak and how many hear it?',
    label: 'The people are',
    prediction: {
      kind: 'number',
      question: 'Twelve people in one room, each says one thing. How many deliveries?',
      unit: '',
      min: 0,
      max: 200,
      step: 1,
      close: 0.1,
      answer: ({ option, after }) => (option === 'twelve in one room' ? deliveries(after) : undefined),
    },
    options: [
      {
        label: 'twelve in one room',
        parameters: { rooms: [TWELVE] },
        sentence: 'Twice the people speak, and twice the people hear each: four times the deliveries.',
        check: changedTo(144, 12),
      },
      {
        label: 'six who each say two things',
        parameters: { each: 2 },
        sentence: 'Twice the messages to as many readers: only twice the deliveries.',
        check: changedTo(72, 6),
      },
      {
        label: 'two rooms of three',
        parameters: { rooms: [SIX.slice(0, 3), SIX.slice(3)] },
        sentence: 'As many messages as before, but each has three readers and not six: half the deliveries.',
        check: changedTo(18, 6),
      },
      {
        label: 'one pair',
        parameters: { rooms: [SIX.slice(0, 2)] },
        sentence: 'One to one is a room of two.',
        check: changedTo(4, 2),
      },
      {
        label: 'two rooms, with Ada in both',
        parameters: { rooms: [SIX.slice(0, 3), ['Ada', ...SIX.slice(3)]] },
        sentence: 'Ada hears both rooms on her one connection, and nothing said in one comes to the other.',
        check: changedTo(25, 6),
      },
    ],
  },
  hints: [
    'Take one message. Who hears it?',
    'Everybody in the room does, and in this feed that includes whoever said it. How many are they?',
    'Each message has six readers, and there are six messages: six times six.',
  ],
  quiz: {
    question:
      'A course of 200 people shares one room. It moves to ten rooms of 20. Everybody still says one thing an hour. What becomes of the deliveries?',
    options: [
      {
        text: 'They stay the same: nobody says less.',
        because:
          '200 messages an hour come in, as before. But what goes out is messages times readers, and each has fewer readers now.',
      },
      {
        text: 'They become a tenth.',
        right: true,
        because:
          'Before: 200 messages to 200 readers, 40,000. After: ten rooms, each 20 messages to 20 readers, which is 4,000.',
      },
      {
        text: 'They become a hundredth.',
        because:
          'One room alone has a hundredth: 20 times 20 is 400 of 40,000. But there are ten such rooms.',
      },
      {
        text: 'They become ten times as many, for there are ten rooms.',
        because:
          'A room costs nothing by being there. Deliveries do, and in a small room each message has few.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/transports/websocket.ts',
        from: 'wire.write(encodeBatch(batch))',
        note: 'Runs once for each reader of the room, and writes the same bytes to each.',
      },
      {
        file: 'server/transports/websocket.ts',
        from: 'const encodeBatch = batchEncoder(',
        note: 'Makes those bytes: once for all readers, thanks to `once` in server/feed/encoding.ts.',
      },
    ],
    client: [
      {
        file: 'web/lessons/figures/rooms-run.ts',
        from: 'for (const room of rooms) send({ join: room })',
        note: 'Several rooms on one connection: a join for each.',
      },
      {
        file: 'web/lessons/figures/rooms-run.ts',
        from: 'if (!rooms.includes(room)) strays += 1',
        note: 'Each entry names its room. One from a room that was not joined would be counted here.',
      },
    ],
  },
  facts: [
    {
      statement:
        'A client masks each frame that it sends; a server masks none, so one frame can be written to many clients as it is.',
      source: 'RFC 6455',
      section: '§5.1',
    },
  ],
  terms: ['room', 'fan-out', 'broadcast', 'frame', 'meter'],
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 2 },
      { part: 'Run and observe', minutes: 1 },
      { part: 'Explain', minutes: 2 },
      { part: 'Change it, and the question', minutes: 3 },
    ],
    wrongPredictions: [
      {
        prediction: '“Six: there are six messages.”',
        answer:
          'Six come in. Point at one column of the figure and ask how many dots it has: each is bytes on another connection.',
      },
      {
        prediction: '“Thirty: nobody needs to hear their own.”',
        answer:
          'A good answer about another design, that of `socket.broadcast` in Socket.IO. This feed sends authors their own entries too, so that all see the same order.',
      },
      {
        prediction: '“Twelve people make twice as many.”',
        answer:
          'Twice as many messages. But each is also heard by twice as many. Let them draw both grids and count the squares.',
      },
    ],
    expect:
      'Exactly 36 deliveries, 144 with twelve people, 72 when each says two things, 18 with two rooms of three, 4 with a pair, 25 with Ada in both rooms. Counts do not depend on the machine. The server writes eight or nine times the bytes that it reads; the exact number depends on the lengths of names and ids.',
  },
})
