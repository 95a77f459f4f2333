import { listeners } from './bugs/listeners.ts'
import {
  entriesHeard,
  packets,
  packetsByPolling,
  placeOf,
  requests,
  requestsBefore,
  requestsBeforeEntry,
  type SocketIoOutcome,
} from './figures/socket-io.ts'
import { type Finding, lesson } from './lesson.ts'

/** Whether packets crossed in this order. */
function inOrder(
  outcome: SocketIoOutcome,
  wanted: readonly (readonly [from: 'client' | 'server', packet: string])[],
): Finding {
  const places = wanted.map(([from, packet]) => placeOf(outcome, from, packet))
  const missing = wanted.filter((_, index) => (places[index] ?? -1) < 0).map(([, packet]) => packet)
  return {
    holds: missing.length === 0 && places.every((place, index) => place > (places[index - 1] ?? -1)),
    because:
      missing.length > 0
        ? `${missing.join(' and ')} did not cross`
        : `they crossed as numbers ${places.map((place) => place + 1).join(', ')}`,
  }
}

const refusals = ({ crossings }: SocketIoOutcome) => crossings.filter(({ how }) => how === '403').length
const delivered = ({ heard }: SocketIoOutcome) => heard.filter((times) => times > 0).length

const deliveredOf = (outcome: SocketIoOutcome): string =>
  `${delivered(outcome)} of ${outcome.published} entries reached the page`

export const insideSocketIo = lesson<'socket-io'>({
  number: 9,
  slug: 'inside-socket-io',
  title: 'Inside Socket.IO',
  question: 'If Socket.IO uses WebSocket, why can a WebSocket client not talk to it?',
  minutes: 12,
  goal: 'read the packets of Socket.IO, follow its upgrade, and say what its client does that a WebSocket does not',
  figure: { name: 'socket-io', parameters: { client: 'socket.io' } },
  prediction: {
    kind: 'number',
    question:
      'A plain WebSocket client needs one HTTP request, the handshake, before it can be sent a message. How many HTTP requests will Socket.IO’s client make until it has the entry that waits in the room?',
    unit: '',
    min: 0,
    max: 12,
    step: 1,
    close: 0.2,
    answer: requestsBefore,
  },
  measures: {
    before: requestsBeforeEntry,
    requests,
    packets,
    'by-polling': packetsByPolling,
    heard: entriesHeard,
  },
  claims: {
    'several-requests': {
      check(outcome) {
        const count = requestsBefore(outcome)
        return {
          holds: count !== undefined && count >= 3 && count <= 8,
          because: count === undefined ? 'the entry did not come' : `it was ${count} requests`,
        }
      },
    },
    'opens-by-polling': {
      check({ crossings }) {
        const [first, second] = crossings
        return {
          holds: first?.how === 'GET' && second?.packets[0]?.startsWith('0{"sid"') === true,
          because: `first crossed ${first?.how ?? 'nothing'}, and then ${second?.packets[0]?.slice(0, 30) ?? 'nothing'}`,
        }
      },
    },
    namespace: {
      check: (outcome) =>
        inOrder(outcome, [
          ['client', '40/chat,'],
          ['server', '40/chat,{"sid"'],
        ]),
    },
    acks: {
      check: (outcome) =>
        inOrder(outcome, [
          ['client', '42/chat,0["publish"'],
          ['server', '43/chat,0['],
        ]),
    },
    probe: {
      check: (outcome) =>
        inOrder(outcome, [
          ['client', '2probe'],
          ['server', '3probe'],
          ['client', '5'],
        ]),
    },
    'ends-on-websocket': {
      check: (outcome) => ({
        holds: outcome.carriedBy === 'websocket' && delivered(outcome) === outcome.published,
        because: `it ended on ${outcome.carriedBy ?? 'nothing'}, and ${deliveredOf(outcome)}`,
      }),
    },
  },
  change: {
    task: 'Put something on the way that refuses every upgrade, as some proxies do. Then forbid the client to begin with polling, and at last do without the client.',
    label: 'On this wire',
    prediction: {
      kind: 'choice',
      question: 'Something on the way answers every upgrade with 403. What becomes of the messages?',
      options: [
        { id: 'none', label: 'None comes: without WebSocket there is no Socket.IO.' },
        { id: 'some', label: 'The first comes by polling; what is sent after the refusal is lost.' },
        { id: 'all', label: 'All come, by polling.' },
      ],
      answer({ after }) {
        if (refusals(after) === 0) return undefined
        if (delivered(after) === 0) return 'none'
        return delivered(after) < after.published ? 'some' : 'all'
      },
    },
    options: [
      {
        label: 'upgrades are refused',
        parameters: { refuseUpgrade: true },
        sentence: 'The upgrade is refused and the session goes on polling: it had never left it.',
        check: ({ after }) => ({
          holds: refusals(after) > 0 && after.carriedBy === 'polling' && delivered(after) === after.published,
          because: `the number of upgrades refused was ${refusals(after)}, the client ended on ${after.carriedBy ?? 'nothing'}, and ${deliveredOf(after)}`,
        }),
      },
      {
        label: 'WebSocket from the start, no polling',
        parameters: { transports: ['websocket'] },
        sentence:
          'One request, and the same packets in frames. It is quicker, and where upgrades are refused there is nothing to fall back on.',
        check: ({ before, after }) => {
          const [one, other] = [requestsBefore(before), requestsBefore(after)]
          return {
            holds: other === 1 && one !== undefined && one > 1 && delivered(after) === after.published,
            because: `${other ?? 'no'} request came before the first entry, and ${one ?? 'none'} before`,
          }
        },
      },
      {
        label: 'a plain WebSocket instead of Socket.IO’s client',
        parameters: { client: 'plain WebSocket' },
        sentence:
          'The upgrade works, and then a stranger’s packet comes: 0, for “open”, and JSON. The client’s own text means nothing to this server, and no entry comes.',
        check({ after }) {
          const first = after.crossings.find(({ over }) => over === 'WebSocket')
          return {
            holds:
              first?.from === 'server' &&
              first.packets[0]?.startsWith('0{"sid"') === true &&
              delivered(after) === 0,
            because: `it received ${first?.packets[0]?.slice(0, 40) ?? 'nothing'}…, and ${deliveredOf(after)}`,
          }
        },
      },
    ],
  },
  hints: [
    'Socket.IO’s client does not begin with a WebSocket. It begins with what works everywhere.',
    'A session is opened by one request. What the client says goes up by POST, what the server says comes down by a GET that waits. And the upgrade is a request too.',
    'Opening, entering the namespace, asking for what came, joining, asking again, and beside it the upgrade: five or six.',
  ],
  quiz: {
    question:
      'A microcontroller can speak WebSocket. Its maker wants it to read a feed that a Socket.IO server sends. What will happen?',
    options: [
      {
        text: 'It works: both are WebSocket.',
        because:
          'The frames are WebSocket’s, but their payload is Engine.IO and Socket.IO packets. The device gets 0{"sid":… and has to know what to say next.',
      },
      {
        text: 'The server refuses the upgrade.',
        because:
          'With EIO=4 and transport=websocket in its URL the upgrade succeeds, as you saw. It is after it that the two do not understand each other.',
      },
      {
        text: 'It connects, gets packets it cannot read, and is dropped when it does not answer the pings.',
        right: true,
        because:
          'The server says 2 and waits for 3. Somebody has to write what the library does: enter the namespace with 40, answer pings, cut events out of 42[…]. It is not much, but it is another protocol.',
      },
      {
        text: 'It gets the events, but cannot send any.',
        because:
          'It gets none: events come only after it has entered a namespace, and for that it must send a packet of its own, 40.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/transports/socket-io.ts',
        from: 'join(socket, request, ack) {',
        lines: 6,
        note: 'An event by its name, and an acknowledgement to call. What crosses is 42/chat,0["join",…] and 43/chat,0[…].',
      },
    ],
    client: [
      {
        file: 'web/transports/socket-io.ts',
        from: "socket.on('entry', (entry: Entry) => reader.entry(entry))",
        note: 'Listens once, outside of connect.',
      },
      {
        file: 'web/transports/socket-io.ts',
        from: "socket.on('connect', () => {",
        lines: 5,
        note: 'At every connection: joins, with the cursor of the last entry, and waits for the acknowledgement.',
      },
    ],
  },
  facts: [
    {
      statement:
        'Of the 4-bit opcodes of a frame, text is 1; what the text means is for the two ends to agree on.',
      source: 'RFC 6455',
      section: '§5.6',
    },
    {
      statement: 'A long poll is a request that the server answers when it has something to say.',
      source: 'RFC 6202',
      section: '§2.1',
    },
    {
      statement: 'A server may refuse an upgrade and go on with HTTP.',
      source: 'RFC 9110',
      section: '§7.8',
    },
  ],
  terms: ['packet', 'probe', 'namespace', 'ack', 'long-polling', 'upgrade', 'fallback', 'heartbeat'],
  bug: listeners,
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 2 },
      { part: 'Run, and read the packets aloud', minutes: 3 },
      { part: 'Explain', minutes: 2 },
      { part: 'Three other wires', minutes: 3 },
      { part: 'The bug, and the question', minutes: 2 },
    ],
    wrongPredictions: [
      {
        prediction: '“One: the handshake.”',
        answer:
          'That is the plain WebSocket, and the second choice of the change. By default the library begins with what passes everywhere.',
      },
      {
        prediction: '“It loses messages while it changes from polling to WebSocket.”',
        answer:
          'Follow 2probe, 3probe and 5. The client lets the last poll end before it says 5, and the server keeps what it has to say until then.',
      },
      {
        prediction: '“Where upgrades are refused it reconnects in a loop.”',
        answer:
          'It need not reconnect: the polling session is there and was never given up. That is the point of beginning with it.',
      },
    ],
    expect:
      'Five or six requests before the first entry; it may be one more or less, for the upgrade runs beside the polls. 2probe, 3probe and 5 always come in that order. Where upgrades are refused both entries come by polling. The plain WebSocket gets one packet, 0 and JSON, and no entry. In the bug every message is handled three times, and once in the cured version.',
  },
})
