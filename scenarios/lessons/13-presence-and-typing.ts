import type { TransportName } from '../../server/contract/transports.ts'
import { nameOf } from '../stats/words.ts'
import { typingForEver } from './bugs/typing-for-ever.ts'
import {
  afterWhat,
  gone,
  goneAfter,
  inSeconds,
  isGone,
  keys,
  logged,
  longestTyping,
  onlineFor,
  type PresenceOutcome,
  signals,
  stillThere,
  typingFor,
  typistOn,
  updates,
  watched,
} from './figures/presence.ts'
import { type Compared, type Finding, lesson } from './lesson.ts'

const transports = [
  'short-polling',
  'long-polling',
  'sse',
  'websocket',
  'socket-io',
] as const satisfies readonly TransportName[]

/** A signal is good for 5 s, an update waits for a third of one; the rest is for a busy machine. In ms. */
const LONGEST_TYPING = 6_500

/** Who was the first to be gone, where somebody was, and by how much. */
function firstGone(outcome: PresenceOutcome) {
  const [first, second] = gone(outcome)
    .map(({ transport }) => ({ transport, ms: goneFor(outcome, transport) }))
    .sort((one, other) => one.ms - other.ms)
  return first && { ...first, ahead: (second?.ms ?? Number.POSITIVE_INFINITY) - first.ms }
}

function goneFor(outcome: PresenceOutcome, transport: TransportName): number {
  const typist = typistOn(outcome, transport)
  return (typist && onlineFor(outcome, typist)) ?? Number.POSITIVE_INFINITY
}

/** That these were gone when the watcher left, and nobody else. */
const goneIs =
  (...expected: readonly TransportName[]) =>
  (outcome: PresenceOutcome): Finding => ({
    holds:
      outcome.people.length > 0 &&
      outcome.people.every((typist) => isGone(outcome)(typist) === expected.includes(typist.transport)),
    because: `they were gone ${afterWhat(outcome, onlineFor)}`,
  })

/** That all had ceased to type in so many ms. */
function typedNoLongerThan(ms: number, outcome: PresenceOutcome): Finding {
  const all = outcome.people.map((typist) => typingFor(outcome, typist) ?? Number.POSITIVE_INFINITY)
  return {
    holds: all.length > 0 && all.every((each) => each <= ms),
    because: `they no longer typed ${afterWhat(outcome, typingFor)}`,
  }
}

export const presenceAndTyping = lesson<'presence'>({
  number: 13,
  slug: 'presence-and-typing',
  title: 'Presence and typing',
  question: 'How does a chat know that somebody is there, and how that they no longer are?',
  minutes: 11,
  goal: 'tell a state from a message, give each state a time to live, and say how soon a vanished person is missed',
  figure: {
    name: 'presence',
    parameters: { transports, ending: 'half-open', typing: 4.5, watch: 9, interval: 1, wait: 3 },
  },
  prediction: {
    kind: 'choice',
    question:
      'Five people type, each over another transport. In mid-word the network of all five dies, without a FIN and without a RST. Who is the first to be missed?',
    options: [
      { id: 'websocket', label: 'Dan, on a WebSocket' },
      { id: 'socket-io', label: 'Eva, on Socket.IO' },
      { id: 'sse', label: 'Cleo, on SSE' },
      { id: 'long-polling', label: 'Bo, on long polling' },
      { id: 'short-polling', label: 'Ada, on short polling' },
    ],
    answer: (outcome) => firstGone(outcome)?.transport,
  },
  measures: {
    keys,
    signals,
    updates,
    logged,
    'longest-typing': longestTyping,
    'short-gone': goneAfter('short-polling'),
    'long-gone': goneAfter('long-polling'),
    'still-there': stillThere,
    watched,
  },
  claims: {
    // One signal in 30 keys by the clock; ten is left where keys come late and in a heap.
    seldom: {
      check: ({ people }) => ({
        holds:
          people.length > 0 &&
          people.every(({ keys, signals }) => signals.length >= 1 && 10 * signals.length <= keys),
        because: people
          .map(({ name, keys, signals }) => `${name} sent ${signals.length} signals for ${keys} keys`)
          .join(', '),
      }),
    },
    unlogged: {
      check: ({ people, published, logged }) => ({
        holds: people.some(({ signals }) => signals.length > 0) && logged === published,
        because: `the log holds ${logged} entries, and ${published} messages were published`,
      }),
    },
    faded: {
      check(outcome) {
        const { holds, because } = typedNoLongerThan(LONGEST_TYPING, outcome)
        const outlived = outcome.people.filter((typist) => typingFor(outcome, typist) !== 0)
        return { holds: holds && outlived.length === outcome.people.length, because }
      },
    },
    // Short polling is missed 1.5 to 2.5 s after the cut, long polling 4.5 s at the soonest.
    'first-missed': {
      check(outcome) {
        const first = firstGone(outcome)
        return {
          holds: first?.transport === 'short-polling' && first.ahead > 0,
          because: first
            ? `${nameOf[first.transport]} was gone first, ${inSeconds(first.ms)} after the cut`
            : 'nobody was gone',
        }
      },
    },
    // Without a sign of life: SSE 22 s at the soonest, WebSocket 15 s, Socket.IO 20 s. The run is over before that.
    held: { check: goneIs('short-polling', 'long-polling') },
  },
  change: {
    task: 'Change how it ends, or how often Ada polls.',
    label: 'Change',
    prediction: {
      kind: 'number',
      question: 'Of the five, how many are gone when Finn leaves?',
      unit: '',
      min: 0,
      max: 5,
      step: 1,
      close: 0,
      answer: ({ after }) => gone(after).length,
    },
    options: [
      {
        label: 'the connections end with a FIN',
        parameters: { ending: 'fin' },
        sentence:
          'Now the server is told of each end, and waits only for a moment in case they come back: all five are gone.',
        // 3 s for a stream or a socket, 4.5 s for a long poll, 2.5 s for short polling: the rest is for a busy machine.
        check({ after }) {
          const longest = Math.max(0, ...after.people.map(({ transport }) => goneFor(after, transport)))
          return {
            holds: goneIs(...transports)(after).holds && longest < 7_500,
            because: `they were gone ${afterWhat(after, onlineFor)}`,
          }
        },
      },
      {
        label: 'Ada polls every 3 s only',
        parameters: { interval: 3 },
        sentence: 'Who speaks less often is missed later.',
        check({ before, after }: Compared<'presence'>) {
          const [was, is] = [goneFor(before, 'short-polling'), goneFor(after, 'short-polling')]
          return {
            holds: is > was + 1_000 && is < after.watchedUntil - after.endedAt,
            because: `Ada was gone ${inSeconds(is)} after the cut, and before that it was ${inSeconds(was)}`,
          }
        },
      },
      {
        label: 'they send what they wrote',
        parameters: { ending: 'sent' },
        sentence:
          'The message itself says that they no longer type. Nobody had to say “I have stopped”, and all are still there.',
        check({ after }) {
          const typing = typedNoLongerThan(2_000, after)
          return {
            holds: typing.holds && gone(after).length === 0,
            because: `${typing.because}, and ${gone(after).length} were gone`,
          }
        },
      },
      {
        label: 'they only stop typing',
        parameters: { ending: 'stopped' },
        sentence:
          'Nothing is sent, and for all five it ends 5 s after their last signal. They are still there.',
        check({ after }) {
          const typing = typedNoLongerThan(LONGEST_TYPING, after)
          return {
            holds: typing.holds && gone(after).length === 0,
            because: `${typing.because}, and ${gone(after).length} were gone`,
          }
        },
      },
      {
        label: 'the network dies, and Finn stays for 50 s',
        parameters: { watch: 50 },
        sentence: 'Each is missed in the end, by the silence that their transport allows.',
        check: ({ after }) => goneIs(...transports)(after),
      },
    ],
  },
  hints: [
    'Nothing arrives at the server any more, not even an end. What can it go by?',
    'By what should have come and did not. How often does each transport have something to say when nobody writes?',
    'Ada’s browser asks once a second. A WebSocket may be silent for minutes and be in the best of health.',
  ],
  quiz: {
    question:
      'Somebody types for a minute, changes their mind and closes the laptop. Which design shows “is typing” for the shortest time that is not true?',
    options: [
      {
        text: 'The client sends “typing” at the first key and “stopped” at the last.',
        because:
          'A closed laptop sends nothing. The second message never comes, and the first one stays true for ever.',
      },
      {
        text: 'Both are entries of the log, so that nobody can miss one.',
        because:
          'An entry that was never sent is in no log. And whoever comes back would read a minute of typing that is over.',
      },
      {
        text: 'The client says “typing” every few seconds, and each time is good for a little longer than that.',
        right: true,
        because:
          'When the signals stop the state ends by itself, whatever the reason. What is untrue lasts as long as one signal is good for, at most.',
      },
      {
        text: 'The client sends every key, and who reads shows the letters.',
        because:
          'Nobody waits for silence there, so nobody knows when it is over. It also costs a message for each letter and each reader.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/people/presence.ts',
        from: 'if (being?.typing) being.typing.refresh()',
        lines: 8,
        note: 'Typing is a timer. A signal sets it back, and when none comes it ends.',
      },
      {
        file: 'server/people/presence.ts',
        from: 'if (ms > 0) device.fading = setTimeout(fade, ms).unref()',
        note: 'A poll was answered, or a connection lost: so long they may take to come back.',
      },
      {
        file: 'server/people/presence.ts',
        from: 'crowd.timer = setTimeout(tell, dueIn(crowd), room, crowd).unref()',
        note: 'Readers are told of the latest state, four times a second at most, and of what came between never.',
      },
    ],
    client: [
      {
        file: 'web/transports/http.ts',
        from: 'if (performance.now() - typedAt < TYPING_EVERY) return',
        note: 'Called at each key; says something every 3 s.',
      },
    ],
  },
  facts: [
    {
      statement:
        'Who composes a message says so when they begin, and again each time the refresh interval is over; not at each key.',
      source: 'RFC 3994',
      section: '§3.2',
    },
    {
      statement:
        'Who is told that somebody composes takes it for true until the message comes, or “idle”, or the refresh time is over: 120 s where none was given.',
      source: 'RFC 3994',
      section: '§3.3',
    },
    {
      statement:
        'A connection is half-open when one end has ended it or lost it and the other does not know.',
      source: 'RFC 9293',
      section: '§3.5.1',
    },
    {
      statement: 'A ping may keep a connection alive, or find out whether the other end still responds.',
      source: 'RFC 6455',
      section: '§5.5.2',
    },
  ],
  terms: ['presence', 'time-to-live', 'half-open', 'heartbeat', 'log', 'watchdog'],
  bug: typingForEver,
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 2 },
      { part: 'Run and observe', minutes: 2 },
      { part: 'Explain', minutes: 3 },
      { part: 'Change it, and the question', minutes: 2 },
      { part: 'The bug, broken and cured', minutes: 2 },
    ],
    wrongPredictions: [
      {
        prediction: '“Dan: WebSocket is the fastest.”',
        answer:
          'Fast at carrying what is said. Ask what Dan’s browser sends while he thinks: nothing, and so nothing is missed.',
      },
      {
        prediction: '“All at once: the connection is gone, so the server knows.”',
        answer:
          'Only if somebody says so. Let them name the segment that would tell it, and then unplug the cable before it is sent.',
      },
      {
        prediction: '“Long polling: its request was cut.”',
        answer:
          'The server still holds that request and waits. It notices only when it has answered and no next one comes.',
      },
    ],
    expect:
      'Each sends 2 signals for 45 keys, and the log has nothing of it. Ada is gone after about 2 s, Bo after 5 to 8 s, and the other three are online to the end. “Typing” ends for those three about 3.5 s after the cut. The last change takes a minute; it shows a WebSocket missed after 18 to 33 s, SSE after about 35 s and Socket.IO after about 43 s.',
  },
})
