import type { SocketIoOutcome } from '../figures/socket-io.ts'
import { bugSwitch, type Finding } from '../lesson.ts'

const cutTwice = { client: 'socket.io', cuts: 2 } as const

const timesIn = ({ heard, connects }: SocketIoOutcome, wanted: number): Finding => ({
  holds: connects === 3 && heard.length > 0 && heard.every((times) => times === wanted),
  because: `the client connected ${connects} times, and its code was handed the ${heard.length} messages ${heard.join(', ')} times`,
})

/** Of lesson 9. */
export const listeners = bugSwitch<'socket-io'>({
  pain: 'listeners pile up, messages double',
  threads: ['socketio/socket.io#4919'],
  about:
    'A client adds its listener in the handler of “connect”. That event comes at the first connection and again after every reconnect, and the socket is still the same object, so the listeners of before are still on it. Here the connection is cut twice, and only then three messages are sent. Each crosses the wire once: look at the packets. The cure is to add the listener once, outside, and to leave in “connect” only what belongs to a connection, such as joining.',
  figure: 'socket-io',
  broken: { ...cutTwice, listener: 'at every connect' },
  cured: { ...cutTwice, listener: 'once' },
  symptom: {
    sentence: 'After two reconnects every message is handled three times, though it came once.',
    check: (outcome) => timesIn(outcome, 3),
  },
  cure: {
    sentence: 'Every message is handled once, after the same two cuts.',
    check: (outcome) => timesIn(outcome, 1),
  },
  code: {
    broken: {
      file: 'web/lessons/broken/listeners.ts',
      from: "socket.on('connect', () => {",
      lines: 4,
      note: 'Runs at each connection, and adds one more listener each time.',
    },
    cured: {
      file: 'web/lessons/figures/socket-io-run.ts',
      from: "  socket.on('entry', onEntry)",
      lines: 4,
      note: 'One listener for the life of the socket; joining belongs to each connection.',
    },
  },
})
