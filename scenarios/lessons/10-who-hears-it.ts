import {
  awayFor,
  commands,
  deliveries,
  eventBytes,
  eventsOf,
  firstOf,
  hearers,
  idsOf,
  type LabOutcome,
  type LabStep,
  reach,
} from './figures/lab.ts'
import { type Compared, type Finding, lesson, type Rule } from './lesson.ts'

const steps: readonly LabStep[] = [
  'io.emit',
  'socket.emit',
  'socket.broadcast.emit',
  'io.to',
  'socket.to',
  'io.except',
  { cut: 'B' },
  'io.to',
]

/** These and nobody else heard a step the first time that it was taken, and each once. */
const reaches = (step: LabStep, wanted: string): Rule<LabOutcome> => ({
  check(outcome) {
    const said = firstOf(outcome, step)
    const isOnce = Object.values(said?.heard ?? {}).every((times) => times <= 1)
    return {
      holds: hearers(said) === wanted && isOnce,
      because: `${step} was heard by ${list(hearers(said))}`,
    }
  },
})

/** After the change: who heard the last line, and who heard each of some others. */
const changedTo =
  (last: string, others: Partial<Record<LabStep & string, string>> = {}) =>
  ({ after }: Compared<'lab'>): Finding => {
    const found = Object.entries(others).map(([step, wanted]) => {
      const heard = hearers(firstOf(after, step as LabStep))
      return { holds: heard === wanted, because: `${step} was heard by ${list(heard)}` }
    })
    const heard = hearers(after.said.at(-1))
    return {
      holds: heard === last && found.every(({ holds }) => holds),
      because: [...found.map(({ because }) => because), `the last line by ${list(heard)}`].join(', '),
    }
  }

const list = (names: string): string => [...names].join(', ') || 'nobody'

export const whoHearsIt = lesson<'lab'>({
  number: 10,
  slug: 'who-hears-it',
  title: 'Who hears it',
  question: 'The server calls emit once. Which of the connected clients get it, and what decides that?',
  minutes: 10,
  goal: 'choose between emit, broadcast, to and except, and say what a client loses when its connection does',
  figure: { name: 'lab', parameters: { members: ['A', 'B'], by: 'A', steps } },
  prediction: {
    kind: 'choice',
    question: 'A asks, and the server runs socket.broadcast.emit(…) on A’s socket. Who hears it?',
    options: [
      { id: 'ABCD', label: 'All four: that is what broadcast means.' },
      { id: 'BCD', label: 'B, C and D.' },
      { id: 'AB', label: 'A and B, who share a room.' },
      { id: 'B', label: 'B, who shares a room with A.' },
    ],
    answer: (outcome) => hearers(firstOf(outcome, 'socket.broadcast.emit')) || undefined,
  },
  measures: {
    commands,
    deliveries,
    'io-emit': reach('io.emit'),
    broadcast: reach('socket.broadcast.emit'),
    'io-to': reach('io.to'),
    bytes: eventBytes,
    'ids-b': idsOf('B'),
    away: awayFor,
  },
  claims: {
    everybody: reaches('io.emit', 'ABCD'),
    one: reaches('socket.emit', 'A'),
    others: reaches('socket.broadcast.emit', 'BCD'),
    room: reaches('io.to', 'AB'),
    'room-others': reaches('socket.to', 'B'),
    outside: reaches('io.except', 'CD'),
    'same-text': {
      check(outcome) {
        const texts = eventsOf(firstOf(outcome, 'io.emit'))
        const different = new Set(texts).size
        return {
          holds: texts.length === 4 && different === 1,
          because: `${texts.length} packets came down, with ${different} different texts`,
        }
      },
    },
    'no-room': {
      check(outcome) {
        const texts = eventsOf(firstOf(outcome, 'io.to'))
        const naming = texts.filter((text) => text.includes('red')).length
        return {
          holds: texts.length > 0 && naming === 0,
          because: `${naming} of ${texts.length} packets named the room`,
        }
      },
    },
    'new-id': {
      check({ clients }) {
        const [b, ...others] = [...clients].sort(({ name }) => (name === 'B' ? -1 : 1))
        const had = new Set(b?.ids).size
        return {
          holds: had === 2 && others.every(({ ids }) => ids.length === 1),
          because: `B had ${had} ids, and the others ${others.map(({ ids }) => ids.length).join(', ')}`,
        }
      },
    },
    forgotten: {
      check({ said, clients }) {
        const rooms = clients.find(({ name }) => name === 'B')?.rooms ?? []
        return {
          holds: hearers(said.at(-1)) === 'A' && !rooms.includes('red'),
          because: `the last line was heard by ${list(hearers(said.at(-1)))}, and B is in ${rooms.includes('red') ? 'red' : 'no room but its own'}`,
        }
      },
    },
  },
  change: {
    task: 'Change who is where, or what B does when it is back, and run again. Look at the last line first: the room, after the cut.',
    label: 'What is different',
    prediction: {
      kind: 'choice',
      question: 'Whom does the last line reach, io.to(room).emit after the cut?',
      options: [
        { id: 'A', label: 'Only A.' },
        { id: 'AB', label: 'A and B.' },
        { id: 'AD', label: 'A and D.' },
        { id: 'nobody', label: 'Nobody.' },
      ],
      answer: ({ after }) => hearers(after.said.at(-1)) || 'nobody',
    },
    options: [
      {
        label: 'B joins again whenever it connects',
        parameters: { rejoins: ['B'] },
        sentence:
          'B asks for the room in its connect handler, under its new id, and hears the last line too.',
        check: changedTo('AB'),
      },
      {
        label: 'C asks instead of A',
        parameters: { by: 'C' },
        sentence:
          'Now socket is C’s: socket.emit reaches C, and socket.to reaches both members, for C is neither of them.',
        check: changedTo('A', { 'socket.emit': 'C', 'socket.broadcast.emit': 'ABD', 'socket.to': 'AB' }),
      },
      {
        label: 'D is in another namespace, and joins red there',
        parameters: { members: ['A', 'B', 'D'], elsewhere: ['D'] },
        sentence:
          'A room belongs to its namespace: D’s red is another red, and not even io.emit reaches D, for io is one namespace.',
        check: changedTo('A', { 'io.emit': 'ABC', 'io.to': 'AB', 'io.except': 'C' }),
      },
      {
        label: 'nobody joins red',
        parameters: { members: [] },
        sentence: 'A room in which nobody is does not exist. To speak to it is no error: nobody hears it.',
        check: changedTo('', { 'io.to': '', 'io.except': 'ABCD' }),
      },
    ],
  },
  hints: [
    'There are two things to call emit on: io, which is everybody in the namespace, and socket, which is one connection.',
    'Whoever says something usually shows it already. Which of the four would then see it twice?',
    'broadcast takes everybody in the namespace and leaves out the one whose socket it is. Rooms play no part unless to or except names one.',
  ],
  quiz: {
    question:
      'A phone loses its network in a tunnel and is back in 5 s. It no longer gets what is said in its room. Why?',
    options: [
      {
        text: 'The server sends it to the old connection until that times out.',
        because:
          'It may write to the old one for a while. But even when the old one is gone, the new one gets nothing: nobody has put it into the room.',
      },
      {
        text: 'The room knew the old socket, and the new one has not joined.',
        right: true,
        because:
          'A room is a set of ids, and a connection that comes back has another id. Join in the connect handler, which runs each time.',
      },
      {
        text: 'The client must be told to reconnect with its old socket.id.',
        because:
          'A client cannot choose its id; the server makes it. An id that one could claim would let anybody step into another’s place.',
      },
      {
        text: 'Rooms only work while the client is on WebSocket.',
        because:
          'Rooms are a list in the server. It reaches a client by whatever its session uses, polling too.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/lab.ts',
        from: "'io.emit': ({ io, said }",
        lines: 6,
        note: 'Each way to emit, a line. What differs is what emit is called on.',
      },
      {
        file: 'server/lab.ts',
        from: 'join: ({ socket, room }',
        note: 'Only the server puts a socket into a room; a client can but ask.',
      },
    ],
    client: [
      {
        file: 'web/lab/clients.ts',
        from: "socket.on('connect', () => {",
        lines: 4,
        note: 'Runs each time that it is connected, so the room is asked for again under the new id.',
      },
      {
        file: 'web/lab/clients.ts',
        from: "socket.on('said', hear)",
        note: 'A client hears an event by its name, and cannot tell in which way it was emitted.',
      },
    ],
  },
  facts: [
    {
      statement: 'A text frame carries UTF-8; what the text means is for the two ends to agree on.',
      source: 'RFC 6455',
      section: '§5.6',
    },
    {
      statement:
        'After an abnormal end a client should wait a random time before it connects again, and longer each time that it fails.',
      source: 'RFC 6455',
      section: '§7.2.3',
    },
  ],
  terms: ['emit', 'socket-id', 'broadcast', 'room', 'namespace'],
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 2 },
      { part: 'Run and observe', minutes: 2 },
      { part: 'Explain, with four people standing as A to D', minutes: 3 },
      { part: 'Change it, and the question', minutes: 3 },
    ],
    wrongPredictions: [
      {
        prediction: '“Broadcast means everybody.”',
        answer:
          'In a radio, yes. Here it leaves out the one whose socket it is. Ask who needs to be told what A said: all but A.',
      },
      {
        prediction: '“A and B, because they share a room.”',
        answer:
          'No room was named in the call. Rooms count only where to or except names one. Let them find those lines.',
      },
      {
        prediction: '“After the cut B is still in red: it is the same browser.”',
        answer:
          'To the server it is a stranger with a new id. Let them read both ids in B’s box. Lesson 12 is about who somebody is.',
      },
    ],
    expect:
      'ABCD, A, BCD, AB, B, CD, and after the cut only A: 14 times that somebody heard something, of 7 things said. B is back within about a second. The picture is the same on every run; only the ids and that time differ.',
  },
})
