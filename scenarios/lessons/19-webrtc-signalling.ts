import {
  arrived,
  atOf,
  bytes,
  type CallOutcome,
  candidates,
  entriesAfter,
  requests,
  said,
  setup,
  signals,
  taken,
  trip,
} from './figures/call.ts'
import { inMs } from './figures/lanes.ts'
import { type Compared, type Finding, lesson } from './lesson.ts'

/** Each side got all that the other had sent, and the room holds as much and nothing else. */
function once({ sides: [ada, bob], entries }: CallOutcome): Finding {
  const sent = ada.sent + bob.sent
  return {
    holds: sent > 2 && bob.received === ada.sent && ada.received === bob.sent && entries === sent,
    because: `Ada sent ${ada.sent} and Bob received ${bob.received}, Bob sent ${bob.sent} and Ada received ${ada.received}, and the room rose by ${entries}`,
  }
}

function goesOn({ said, arrived, entriesAfter }: CallOutcome): Finding {
  return {
    holds: said > 0 && arrived === said && entriesAfter === 0,
    because: `${arrived} of ${said} messages arrived, and ${entriesAfter} entries came to the room`,
  }
}

/** The same call over another wire. */
function sameOver({ after }: Compared<'call'>): Finding {
  const [all, on] = [once(after), goesOn(after)]
  return {
    holds: all.holds && on.holds,
    because: `${on.because}; ${all.because}; the channel was open after ${inMs(after.setup)}`,
  }
}

/**
 * Both lines have just polled when the offer is made: it waits for Bob's next poll, and the answer for Ada's, which follows at
 * once or an interval later. From half an interval to two and a half, and 3 s for a busy machine.
 */
const waitsFor =
  (interval: number) =>
  (seen: Compared<'call'>): Finding => {
    const { holds, because } = sameOver(seen)
    const { setup } = seen.after
    return { holds: holds && setup > interval / 2 && setup < 2.5 * interval + 3_000, because }
  }

const SLOW = 'short polling, every 2 s'

export const webrtcSignalling = lesson<'call'>({
  number: 19,
  slug: 'webrtc-signalling',
  title: 'WebRTC: signalling',
  question: 'Two browsers can talk without a server. So why does every WebRTC application have one?',
  minutes: 9,
  goal: 'say what has to cross a server before two browsers talk, choose a wire for it, and know what stays when the server goes',
  figure: { name: 'call', parameters: { transport: 'websocket', interval: 1, messages: 5 } },
  prediction: {
    kind: 'choice',
    question:
      'When the channel is open, both connections to the server are closed. Then Ada and Bob each say five things. How many of the ten arrive?',
    options: [
      { id: 'none', label: 'None: nobody is left who could carry them' },
      { id: 'some', label: 'A few, until the browsers notice' },
      { id: 'all', label: 'All ten' },
    ],
    answer: ({ said, arrived }) =>
      said === 0 ? undefined : arrived === said ? 'all' : arrived === 0 ? 'none' : 'some',
  },
  measures: {
    signals,
    candidates,
    setup,
    requests,
    bytes,
    said,
    arrived,
    'entries-after': entriesAfter,
    trip,
  },
  claims: {
    one: {
      check(outcome) {
        const [offers, answers] = [taken(outcome, 'offer sent'), taken(outcome, 'answer sent')]
        return {
          holds: offers === 1 && answers === 1,
          because: `${offers} offers and ${answers} answers were sent`,
        }
      },
    },
    once: { check: once },
    layers: {
      check({ sides }) {
        const times = sides.map((side) =>
          ['ICE connected', 'DTLS connected', 'channel open'].map((name) => atOf(side, name)),
        )
        const holds = times.every(
          ([ice, dtls, open]) =>
            ice !== undefined && dtls !== undefined && open !== undefined && ice <= dtls && dtls <= open,
        )
        const told = sides.map(
          ({ name }, index) =>
            `${name} after ${times[index]?.map((at) => (at === undefined ? 'never' : inMs(at))).join(', ')}`,
        )
        return { holds, because: `ICE, DTLS and the channel were ready for ${told.join(', and for ')}` }
      },
    },
    'goes-on': { check: goesOn },
  },
  change: {
    task: 'Let something else carry the signals. What becomes of the time until the channel is open, and what of the channel?',
    label: 'The signals go over',
    prediction: {
      kind: 'number',
      question: 'Over short polling every 2 s: how long from the offer until the channel is open?',
      unit: 's',
      min: 0,
      max: 12,
      step: 0.5,
      close: 0.4,
      answer: ({ option, after }) => (option === SLOW ? after.setup / 1_000 : undefined),
    },
    options: [
      {
        label: SLOW,
        parameters: { transport: 'short-polling', interval: 2 },
        sentence:
          'The offer lies in the log until Bob asks again, and the answer until Ada does: one interval, or two. The channel is the same.',
        check: waitsFor(2_000),
      },
      {
        label: 'short polling, every half second',
        parameters: { transport: 'short-polling', interval: 0.5 },
        sentence: 'A quarter of the interval, a quarter of the wait.',
        check: waitsFor(500),
      },
      {
        label: 'long polling',
        parameters: { transport: 'long-polling' },
        sentence: 'Bob’s question is there already when the offer comes, so it is answered at once.',
        check: sameOver,
      },
      {
        label: 'SSE',
        parameters: { transport: 'sse' },
        sentence: 'Signals come as events and go out as requests. WebRTC does not notice.',
        check: sameOver,
      },
      {
        label: 'Socket.IO',
        parameters: { transport: 'socket-io' },
        sentence: 'As many signals, in other packets.',
        check: sameOver,
      },
    ],
  },
  hints: [
    'Look at the last lines before the channel opens. Which of them have an arrow?',
    'The arrows are what crosses the server. A message that is typed later is none of them.',
    'The browsers have each other’s addresses by then, and have tried them. They send to those, and to nobody else.',
  ],
  quiz: {
    question:
      'A school’s signalling server fails in the middle of the morning. Forty pairs are in a call. Who notices first?',
    options: [
      {
        text: 'All forty pairs: their messages go through it.',
        because: 'None does. In your run messages arrived with both connections to the server closed.',
      },
      {
        text: 'Whoever wants to begin a call.',
        right: true,
        because:
          'A new call needs an offer, an answer and candidates to get across. So does one that must find a new way, when somebody changes networks.',
      },
      {
        text: 'Nobody: browsers find each other by themselves.',
        because:
          'A browser has no way to learn the address and the fingerprint of another one. Somebody must bring them across.',
      },
      {
        text: 'The pairs who use short polling.',
        because:
          'They wait longer for a channel to open. Once it is open they no more need the server than the others.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/people/guard.ts',
        from: 'function checkSignal(room: string',
        lines: 6,
        note: 'All that the server knows of WebRTC: a signal is for the two of a direct room, and is not too big. It never reads it.',
      },
    ],
    client: [
      {
        file: 'web/call/peer.ts',
        from: 'connection.onicecandidate =',
        lines: 10,
        note: 'Each candidate is sent as it is found. `send` is handed in, and may be any of five transports.',
      },
      {
        file: 'web/call/peer.ts',
        from: 'const apply = inOrder<Negotiation>',
        lines: 5,
        note: 'Signals that are each a request may overtake one another. Here they are put back in their order.',
      },
    ],
  },
  facts: [
    {
      statement: 'How offers and answers get from one side to the other is left entirely to the application.',
      source: 'RFC 9429',
      section: '§3.1',
    },
    {
      statement:
        'Whatever carries trickled candidates must deliver each exactly once and in the order in which it was sent.',
      source: 'RFC 8838',
      section: '§18',
    },
    {
      statement:
        'When an agent has gathered all its candidates it says so, by an end-of-candidates indication.',
      source: 'RFC 8838',
      section: '§13',
    },
    {
      statement:
        'Host candidates are the addresses of a machine’s own interfaces; loopback is not among them.',
      source: 'RFC 8445',
      section: '§5.1.1.1',
    },
    {
      statement:
        'Messages of a data channel are carried by SCTP, SCTP by DTLS, and DTLS by the way that ICE found.',
      source: 'RFC 8831',
      section: '§5',
    },
  ],
  terms: ['signalling', 'offer', 'candidate', 'ice', 'data-channel'],
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 2 },
      { part: 'Run and observe', minutes: 2 },
      { part: 'Explain', minutes: 2 },
      { part: 'Change it, and the question', minutes: 3 },
    ],
    wrongPredictions: [
      {
        prediction: '“None: the server is gone.”',
        answer:
          'Ask which of the arrows carried a message: none did. Then open /call in two windows, connect, and stop the server in front of the class.',
      },
      {
        prediction: '“WebRTC needs a WebSocket.”',
        answer:
          'Many examples use one, so it looks like a part of WebRTC. Run the change with short polling: slower to begin, and the same afterwards.',
      },
      {
        prediction: '“Without a server nobody could find anybody.”',
        answer:
          'True of the beginning. Ask what each side knew of the other before the first arrow, and what it knew after the last.',
      },
    ],
    expect:
      'All ten messages arrive. One offer, one answer; the number of candidates is that of the network interfaces, one to four a side, and each side says once that there are no more: 6 to 12 signals. Some 50 to 300 ms over WebSocket, about 2 or 4 s with short polling every 2 s. On a machine without any network but loopback there is no candidate, and the run says so: join any network, it need not lead anywhere.',
  },
})
