import { bytesReceived, bytesSent, opcode, type RawFrame, type RawOutcome } from './figures/raw.ts'
import type { Measure } from './figures.ts'
import { type Compared, type Finding, lesson } from './lesson.ts'

const request = [
  'GET /echo HTTP/1.1',
  'Host: {host}',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '',
  '',
].join('\n')

/** The standard's own example of a masked text (RFC 6455 §5.7). */
const HELLO = '81 85 37fa213d 7f9f4d5158 # text, 5 bytes, masked: Hello'
/** A mask of zeros leaves the payload as it is: for writing by hand only. */
const NO_MASK = '00000000'

const isData = (frame: RawFrame) => frame.opcode === opcode.text || frame.opcode === opcode.continuation

/** The frame of data that has so many bytes. */
const ofLength = (frames: readonly RawFrame[], length: number): RawFrame | undefined =>
  frames.find((frame) => isData(frame) && frame.length === length)

const sizeOf = (frame: RawFrame | undefined): number | undefined => frame && frame.header + frame.length

const header = (length: number, end: 'frames' | 'sentFrames'): Measure<RawOutcome> => ({
  label: `header of ${length.toLocaleString('en')} bytes ${end === 'frames' ? 'from the server' : 'from the client'}`,
  read(outcome) {
    const frame = ofLength(outcome[end], length)
    return frame && { value: frame.header, unit: 'B', origin: 'measured' }
  },
})

const headers = (frames: readonly RawFrame[]): string =>
  frames.length === 0
    ? 'no frame came'
    : frames.map((frame) => `${frame.header} bytes of header for ${frame.length}`).join(', ')

const closeOf = ({ frames }: RawOutcome): RawFrame | undefined =>
  frames.find((frame) => frame.opcode === opcode.close)

/** Closed with this code, and nothing after it: the greeting that follows stays without an echo. */
const closedWith =
  (code: number) =>
  ({ after }: { after: RawOutcome }): Finding => {
    const close = closeOf(after)
    const echoes = after.frames.filter(isData).length
    return {
      holds: close?.code === code && echoes === 0,
      because: close
        ? `the close frame had the code ${close.code ?? 'of none'}${close.text && ` (“${close.text}”)`}, and ${echoes} frames of data came back`
        : `no close frame came, and ${echoes} frames of data came back`,
    }
  }

export const frames = lesson<'raw'>({
  number: 7,
  slug: 'frames',
  title: 'Frames',
  question: 'How does the other end of a WebSocket know where a message ends, and what does that cost?',
  minutes: 12,
  goal: 'write a WebSocket frame by hand, tell the length of its header, and say which frames end the connection',
  figure: {
    name: 'raw',
    parameters: {
      request,
      afterwards: [
        HELLO,
        `81 fd ${NO_MASK} 78*125 # text, 125 bytes`,
        `81 fe 007e ${NO_MASK} 78*126 # text, 126 bytes`,
      ].join('\n'),
    },
  },
  prediction: {
    kind: 'number',
    question:
      'The server sends a text of 125 bytes in a frame of 127 bytes. How long is the frame in which it sends 126 bytes?',
    unit: 'B',
    min: 126,
    max: 140,
    step: 1,
    close: 0,
    answer: ({ frames }) => sizeOf(ofLength(frames, 126)),
  },
  measures: {
    'header-5': header(5, 'frames'),
    'header-125': header(125, 'frames'),
    'header-126': header(126, 'frames'),
    'sent-5': header(5, 'sentFrames'),
    'sent-125': header(125, 'sentFrames'),
    'sent-126': header(126, 'sentFrames'),
    back: {
      label: 'frames of data that came back',
      read: ({ frames }) => ({ value: frames.filter(isData).length, unit: '', origin: 'measured' }),
    },
    sent: bytesSent,
    received: bytesReceived,
  },
  claims: {
    'two-to-125': {
      check: ({ frames }) => ({
        holds: [5, 125].every((length) => ofLength(frames, length)?.header === 2),
        because: headers(frames),
      }),
    },
    'three-more': {
      check({ frames }) {
        const [less, more] = [sizeOf(ofLength(frames, 125)), sizeOf(ofLength(frames, 126))]
        return {
          holds: less !== undefined && more === less + 3,
          because: `the frame of 125 bytes took ${less ?? 'nothing'} and that of 126 took ${more ?? 'nothing'}`,
        }
      },
    },
    'mask-costs-four': {
      check: ({ frames, sentFrames }) => ({
        holds: [5, 125, 126].every(
          (length) => ofLength(sentFrames, length)?.header === (ofLength(frames, length)?.header ?? 0) + 4,
        ),
        because: `the client sent ${headers(sentFrames)}; the server ${headers(frames)}`,
      }),
    },
    'same-text': {
      check({ frames, sentFrames }) {
        const [sent, back] = [ofLength(sentFrames, 5), ofLength(frames, 5)]
        return {
          holds: sent?.isMasked === true && back?.isMasked === false && sent.text === back.text,
          because: `“${sent?.text ?? ''}” was sent and “${back?.text ?? ''}” came back`,
        }
      },
    },
  },
  change: {
    task: 'Send other frames. The first two choices keep the rules, the other three each break one, and then say hello as if nothing had happened. You may also edit the bytes yourself.',
    label: 'The client sends',
    prediction: {
      kind: 'choice',
      question:
        'A frame breaks a rule of the standard, and a good frame follows it. What will the server do?',
      options: [
        { id: 'reads', label: 'It makes the best of it and sends both back.' },
        { id: 'skips', label: 'It drops the bad frame and sends the good one back.' },
        { id: 'closes', label: 'It says why in a close frame and sends nothing back.' },
      ],
      answer({ after }: Compared<'raw'>) {
        const isBad = (frame: RawFrame) =>
          isData(frame) ? !frame.isMasked || frame.text.includes('\ufffd') : frame.length > 125
        if (closeOf(after)) return 'closes'
        if (!after.sentFrames.some(isBad)) return undefined
        return after.frames.length < after.sentFrames.length ? 'skips' : 'reads'
      },
    },
    options: [
      {
        label: '65,535 bytes, and 65,536',
        parameters: {
          afterwards: [
            `81 fe ffff ${NO_MASK} 78*65535 # text, 65,535 bytes`,
            `81 ff 0000000000010000 ${NO_MASK} 78*65536 # text, 65,536 bytes`,
          ].join('\n'),
        },
        sentence:
          'Two bytes of length reach up to 65,535. One byte more, and the header grows from 4 to 10 (RFC 6455 §5.2).',
        check: ({ after: { frames } }) => ({
          holds: ofLength(frames, 65_535)?.header === 4 && ofLength(frames, 65_536)?.header === 10,
          because: headers(frames),
        }),
      },
      {
        label: 'a text in two fragments, a ping between them',
        parameters: {
          afterwards: [
            '01 83 37fa213d 7f9f4d # text, FIN 0: Hel',
            '89 82 37fa213d 5f93 # ping: hi',
            '80 82 37fa213d 5b95 # continuation, FIN 1: lo',
          ].join('\n'),
        },
        sentence:
          'The pong does not wait for the end of the message (RFC 6455 §5.4), and this server sends the text back in one piece.',
        check({ after: { frames } }) {
          const [first, second, ...more] = frames
          return {
            holds:
              first?.opcode === opcode.pong &&
              first.text === 'hi' &&
              second?.opcode === opcode.text &&
              second.fin &&
              second.text === 'Hello' &&
              more.length === 0,
            because: `${frames.length} frames came back: ${frames.map(({ text }) => `“${text}”`).join(', then ')}`,
          }
        },
      },
      {
        label: 'a text that is not masked',
        parameters: { afterwards: `81 05 48656c6c6f # text, no mask: Hello\n${HELLO}` },
        sentence:
          'A server must end the connection at a frame that is not masked; 1002 is “protocol error” (RFC 6455 §5.1).',
        check: closedWith(1002),
      },
      {
        label: 'a ping of 126 bytes',
        parameters: { afterwards: `89 fe 007e ${NO_MASK} 70*126 # ping, 126 bytes\n${HELLO}` },
        sentence: 'Control frames have 125 bytes at most, and are never cut in pieces (RFC 6455 §5.5).',
        check: closedWith(1002),
      },
      {
        label: 'a text that is not UTF-8',
        parameters: { afterwards: `81 82 ${NO_MASK} c328 # text, but c3 28 is no UTF-8\n${HELLO}` },
        sentence:
          'A text must be UTF-8, and 1007 says that it was not (RFC 6455 §8.1). Other bytes go into binary frames.',
        check: closedWith(1007),
      },
    ],
  },
  hints: [
    'The second byte holds one bit for the mask and seven for the length. How high can seven bits count, and are all those numbers lengths?',
    'Of 0 to 127 two are taken: 126 means “the length stands in the next two bytes”, 127 “in the next eight”.',
    'So up to 125 bytes the header has 2 bytes, and from 126 on it has 2 + 2: one byte more of payload makes the frame 3 bytes longer.',
  ],
  quiz: {
    question: 'Why must a client mask every frame, though the key stands in the frame for all to read?',
    options: [
      {
        text: 'So that nobody on the way can read the messages.',
        because:
          'Who sees the frame sees the key, and one XOR undoes it. Against reading there is TLS, as wss.',
      },
      {
        text: 'So that a page cannot choose the bytes that appear on the wire.',
        right: true,
        because:
          'The browser draws the key after the page has said its text, so the page cannot make a careless proxy see an HTTP request of its own making and keep a forged answer for others (RFC 6455 §10.3).',
      },
      {
        text: 'So that the server can tell whether a frame arrived undamaged.',
        because:
          'A mask detects nothing: a byte that changes on the way unmasks to another byte. TCP has a checksum for that.',
      },
      {
        text: 'So that the client’s frames can be told from the server’s.',
        because:
          'Each direction of a TCP connection is a stream of its own; nothing could mix them up. The mask bit would suffice for that without a key.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/transports/frame.ts',
        from: 'export function textFrame(text: string): Buffer {',
        lines: 14,
        note: 'Writes a frame: 2, 4 or 10 bytes, and then the text. No mask, because a server sends it.',
      },
    ],
    client: [
      {
        file: 'web/inspector/websocket.ts',
        from: 'const size = short < 126 ? 0 : short === 126 ? 2 : 8',
        note: 'Reads it again: what stands in seven bits says where the length is.',
      },
      {
        file: 'web/inspector/websocket.ts',
        from: 'export function unmasked(',
        lines: 5,
        note: 'Masking and unmasking are the same XOR.',
      },
    ],
  },
  facts: [
    {
      statement:
        'A frame has two bytes, the extended length (none up to 125, 2 bytes behind 126, 8 behind 127), the masking key if MASK is set, and the payload.',
      source: 'RFC 6455',
      section: '§5.2',
    },
    {
      statement:
        'A client masks all its frames, and a server none; a server ends the connection at one that is not masked, and may say 1002.',
      source: 'RFC 6455',
      section: '§5.1',
    },
    {
      statement:
        'Each byte of the payload is XORed with the byte of the key at its index modulo 4; the key must be unpredictable.',
      source: 'RFC 6455',
      section: '§5.3',
    },
    {
      statement:
        'A message may come in fragments; control frames may stand between them and are not fragmented themselves.',
      source: 'RFC 6455',
      section: '§5.4',
    },
    {
      statement: 'Control frames have a payload of at most 125 bytes.',
      source: 'RFC 6455',
      section: '§5.5',
    },
    {
      statement: 'A ping is answered with a pong that carries the same bytes.',
      source: 'RFC 6455',
      section: '§5.5.3',
    },
    {
      statement: '81 85 37 fa 21 3d 7f 9f 4d 51 58 is a masked text frame that says “Hello”.',
      source: 'RFC 6455',
      section: '§5.7',
    },
    {
      statement: 'An endpoint that receives text which is not UTF-8 fails the connection.',
      source: 'RFC 6455',
      section: '§8.1',
    },
    {
      statement: '1002 says protocol error, and 1007 data that does not fit the type of its message.',
      source: 'RFC 6455',
      section: '§7.4.1',
    },
    {
      statement:
        'Masking keeps a page from choosing the bytes on the wire, with which it could poison the caches of proxies.',
      source: 'RFC 6455',
      section: '§10.3',
    },
  ],
  terms: ['frame', 'mask', 'fragment', 'ping', 'payload', 'overhead'],
  teacher: {
    time: [
      { part: 'Read, and the first frame on the board', minutes: 4 },
      { part: 'Run and observe', minutes: 2 },
      { part: 'Explain', minutes: 3 },
      { part: 'Other frames, and the question', minutes: 3 },
    ],
    wrongPredictions: [
      {
        prediction: '“128: one byte more.”',
        answer:
          'That is what it would be if seven bits always held the length. Ask what the number 126 in those bits means.',
      },
      {
        prediction: '“134: the mask comes on top.”',
        answer:
          'It is the server’s frame, and a server does not mask. 134 is the frame that the client sent.',
      },
      {
        prediction: '“A bad frame is skipped.”',
        answer:
          'After a frame that breaks the rules nothing says where the next one begins, so no later byte can be trusted. The whole connection has to go.',
      },
    ],
    expect:
      'Headers of 2, 2 and 4 bytes from the server and 6, 6 and 8 from the client, so the frame of 126 bytes is 130 long. 65,535 bytes still take 4, 65,536 take 10. Unmasked and too long a ping are closed with 1002, bad UTF-8 with 1007. All of it is exact: there is nothing to vary.',
  },
})
