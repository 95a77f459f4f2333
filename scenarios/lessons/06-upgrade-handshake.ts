import { bytesReceived, bytesSent, firstByte, type RawOutcome, status } from './figures/raw.ts'
import { type Finding, lesson } from './lesson.ts'

/** The whole handshake, with the key that the standard itself uses as its example (RFC 6455 §1.3). */
const handshake = (changes: Readonly<Record<string, string>> = {}): string => {
  const lines: Record<string, string> = {
    request: 'GET /websocket/lobby HTTP/1.1',
    host: 'Host: {host}',
    upgrade: 'Upgrade: websocket',
    connection: 'Connection: Upgrade',
    key: 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    version: 'Sec-WebSocket-Version: 13',
    end: '',
    ...changes,
  }
  const { end, ...head } = lines
  return `${Object.values(head)
    .filter((line) => line !== '')
    .join('\n')}\n${end === 'open' ? '' : '\n'}`
}

const statusIs =
  (wanted: number, also: (outcome: RawOutcome) => boolean = () => true) =>
  ({ after }: { after: RawOutcome }): Finding => ({
    holds: after.status === wanted && also(after),
    because: said(after),
  })

const said = ({ status, reason, body }: RawOutcome): string =>
  status === undefined
    ? 'the server did not answer'
    : `the server answered ${status} ${reason}${body ? `: ${body.trim().slice(0, 90)}` : ''}`

export const upgradeHandshake = lesson<'raw'>({
  number: 6,
  slug: 'upgrade-handshake',
  title: 'The upgrade handshake, by hand',
  question:
    'How does an HTTP request become a WebSocket, and how does each end know that the other means it?',
  minutes: 12,
  goal: 'type a WebSocket handshake, compute its accept key, and tell from an error which line was wrong',
  figure: {
    name: 'raw',
    parameters: {
      request: 'GET /websocket/lobby HTTP/1.1\nHost: {host}\n',
      whole: handshake(),
    },
  },
  prediction: {
    kind: 'choice',
    question:
      'You send a GET with Upgrade: websocket and a key. What does the server’s answer begin with, if it agrees?',
    options: [
      { id: '200', label: 'HTTP/1.1 200 OK' },
      { id: '101', label: 'HTTP/1.1 101 Switching Protocols' },
      { id: '301', label: 'HTTP/1.1 301 Moved Permanently, to ws://' },
      { id: 'frame', label: 'Nothing of HTTP: a first WebSocket frame' },
    ],
    answer: ({ status, received }) =>
      status === undefined ? (received > 0 ? 'frame' : undefined) : String(status),
  },
  measures: {
    status,
    sent: bytesSent,
    received: bytesReceived,
    'first-byte': firstByte,
    frames: {
      label: 'frames after the answer',
      read: ({ frames }) => ({ value: frames.length, unit: '', origin: 'measured' }),
    },
  },
  claims: {
    switching: {
      check: (outcome) => ({ holds: outcome.status === 101, because: said(outcome) }),
    },
    accept: {
      check({ fields, accept }) {
        const given = fields['sec-websocket-accept']
        return {
          holds: given !== undefined && given === accept,
          because: `the server said ${given ?? 'nothing'} and the page computes ${accept ?? 'nothing, for there is no key'}`,
        }
      },
    },
    'same-connection': {
      check: ({ frames, closedBy }) => ({
        holds: frames.length > 0 && closedBy === undefined,
        because: `${frames.length} frames came after the head, and the connection ${closedBy ? `was ended by the ${closedBy}` : 'stayed open'}`,
      }),
    },
    joined: {
      check: ({ frames }) => ({
        holds: frames[0]?.opcode === 1 && frames[0].text.includes('"joined":"lobby"'),
        because: `the first frame held ${frames[0]?.text ?? 'nothing'}`,
      }),
    },
  },
  change: {
    task: 'Now break it. Each choice changes one line; you may also edit the request yourself. Run it and read what the server says and why.',
    label: 'What is wrong',
    prediction: {
      kind: 'choice',
      question: 'If one line of the handshake is wrong, what does this server do?',
      options: [
        { id: 'ignore', label: 'It upgrades anyway: programs are forgiving.' },
        { id: 'refuse', label: 'It answers with an HTTP error.' },
        { id: 'silent', label: 'It closes the connection without a word.' },
      ],
      answer: ({ after }) =>
        after.status === 101 ? 'ignore' : after.status === undefined ? 'silent' : 'refuse',
    },
    options: [
      {
        label: 'there is no Sec-WebSocket-Key',
        parameters: { request: handshake({ key: '' }) },
        sentence: 'Without a key there is nothing to prove, and the server refuses (RFC 6455 §4.2.1).',
        check: statusIs(400, ({ body }) => body.includes('Sec-WebSocket-Key')),
      },
      {
        label: 'the key is too short',
        parameters: { request: handshake({ key: 'Sec-WebSocket-Key: c2hvcnQ=' }) },
        sentence: 'A key is 16 bytes in base64; these are five (RFC 6455 §4.1).',
        check: statusIs(400, ({ body }) => body.includes('Sec-WebSocket-Key')),
      },
      {
        label: 'the version is 12',
        parameters: { request: handshake({ version: 'Sec-WebSocket-Version: 12' }) },
        sentence: 'The server refuses and says which versions it speaks, 13 among them (RFC 6455 §4.4).',
        check: statusIs(400, ({ fields }) => /\b13\b/.test(fields['sec-websocket-version'] ?? '')),
      },
      {
        label: 'Upgrade asks for h2c, not websocket',
        parameters: { request: handshake({ upgrade: 'Upgrade: h2c' }) },
        sentence:
          'A server may ignore an upgrade to what it does not speak (RFC 9110 §7.8). Then this is a plain GET, and here that is 426.',
        check: statusIs(426),
      },
      {
        label: 'there is no Connection: Upgrade',
        parameters: { request: handshake({ connection: '' }) },
        sentence:
          'Upgrade is for this hop only and counts only if Connection names it (RFC 9110 §7.8): without it, a plain GET.',
        check: statusIs(426),
      },
      {
        label: 'Origin is a foreign page',
        parameters: { request: handshake({ host: 'Host: {host}\nOrigin: http://elsewhere.example' }) },
        sentence:
          'No cross-origin rule of the browser stops a WebSocket; only the server’s look at Origin does (RFC 6455 §10.2).',
        check: statusIs(403, ({ body }) => body.includes('foreign-origin')),
      },
      {
        label: 'Host is another name',
        parameters: { request: handshake({ host: 'Host: elsewhere.example' }) },
        sentence: 'This server answers to its own names only (RFC 9110 §15.5.20).',
        check: statusIs(421),
      },
      {
        label: 'there is a space before a colon',
        parameters: { request: handshake({ upgrade: 'Upgrade : websocket' }) },
        sentence:
          'Between a field’s name and its colon nothing may stand: a server must refuse it (RFC 9112 §5.1).',
        check: statusIs(400, ({ body }) => body.includes('bad-request')),
      },
      {
        label: 'the empty line at the end is missing',
        parameters: { request: handshake({ end: 'open' }) },
        sentence:
          'The head goes on until an empty line. The server waits for it, ten seconds here, and then gives up (RFC 9112 §2.1).',
        check: statusIs(408),
      },
    ],
  },
  hints: [
    'The request is plain HTTP/1.1. Which status class says that something is still to come?',
    'Of six lines two say what is wanted (Upgrade, Connection), two say how (the key, the version). All are there, or it is no handshake.',
    'If the server agrees, it answers 101 and a hash of your key. From the byte after the empty line on, both ends speak frames.',
  ],
  quiz: {
    question: 'What does a correct Sec-WebSocket-Accept prove to the client?',
    options: [
      {
        text: 'That the server knows a secret, so it is the right server.',
        because:
          'Key, fixed text and hash are all public. Anybody can compute the answer; TLS says who the server is.',
      },
      {
        text: 'That the server really read this handshake as a WebSocket handshake.',
        right: true,
        because:
          'A server that knows nothing of WebSocket, or a cache that repeats an old answer, cannot by chance send the hash of a key that is new each time (RFC 6455 §1.3).',
      },
      {
        text: 'That the connection is encrypted with the key.',
        because: 'Nothing is encrypted with it. The key is used once, for this answer, and never again.',
      },
      {
        text: 'That no proxy has changed the request.',
        because:
          'A proxy may have changed all lines but the key, and the answer would still be right. It proves only that the key was read.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/door.ts',
        from: "server.on('upgrade', (request, socket, head) => {",
        lines: 14,
        note: 'Every upgrade comes in here: who may enter, and which protocol stack it is for.',
      },
      {
        file: 'server/door.ts',
        from: "'Pages of another origin may not connect.",
        note: 'The 403 that a foreign Origin meets.',
      },
    ],
    client: [
      {
        file: 'web/inspector/websocket.ts',
        from: 'export function acceptFor(key: string): string {',
        lines: 4,
        note: 'The accept key, as the page computes it: key, fixed text, SHA-1, base64.',
      },
    ],
  },
  facts: [
    {
      statement:
        'A server stops at a handshake that lacks Host, Upgrade, Connection, version 13, or a key that decodes to 16 bytes.',
      source: 'RFC 6455',
      section: '§4.2.1',
    },
    {
      statement: 'The head of a message ends with an empty line.',
      source: 'RFC 9112',
      section: '§2.1',
    },
    {
      statement: '408 says that the request did not arrive whole within the time that the server waits.',
      source: 'RFC 9110',
      section: '§15.5.9',
    },
    {
      statement: '421 says that the request went to a server that does not answer for this name.',
      source: 'RFC 9110',
      section: '§15.5.20',
    },
    {
      statement: '426 says that this can be had over another protocol only.',
      source: 'RFC 9110',
      section: '§15.5.22',
    },
    {
      statement:
        'The opening handshake is a GET of HTTP/1.1 or higher with Host, Upgrade, Connection, key and version 13.',
      source: 'RFC 6455',
      section: '§4.1',
    },
    {
      statement: 'The key is 16 random bytes in base64, chosen anew for each connection.',
      source: 'RFC 6455',
      section: '§4.1',
    },
    {
      statement:
        'The accept value is base64 of the SHA-1 of the key followed by 258EAFA5-E914-47DA-95CA-C5AB0DC85B11.',
      source: 'RFC 6455',
      section: '§4.2.2',
    },
    {
      statement: 'The key dGhlIHNhbXBsZSBub25jZQ== is answered with s3pPLMBiTxaQ9kYGzzhZRbK+xOo=.',
      source: 'RFC 6455',
      section: '§1.3',
    },
    {
      statement:
        'A server that does not speak the version refuses and lists in Sec-WebSocket-Version those it does.',
      source: 'RFC 6455',
      section: '§4.4',
    },
    {
      statement:
        'A server that expects browsers should check Origin, and refuses with 403 what it does not accept.',
      source: 'RFC 6455',
      section: '§10.2, §4.2.2',
    },
    {
      statement:
        'A server may ignore Upgrade and go on with HTTP; who sends Upgrade must also name it in Connection.',
      source: 'RFC 9110',
      section: '§7.8',
    },
    {
      statement: 'A space between a field’s name and the colon is refused with 400.',
      source: 'RFC 9112',
      section: '§5.1',
    },
    {
      statement:
        '101 means that the server switches to the protocol named in Upgrade right after the empty line.',
      source: 'RFC 9110',
      section: '§15.2.2',
    },
  ],
  terms: ['handshake', 'upgrade', 'accept-key', 'base64', 'origin', 'frame', 'status-code'],
  teacher: {
    time: [
      { part: 'Read, predict, type', minutes: 4 },
      { part: 'Run and observe', minutes: 2 },
      { part: 'Explain, with the accept key on the board', minutes: 3 },
      { part: 'Break it, and the question', minutes: 3 },
    ],
    wrongPredictions: [
      {
        prediction: '“200 OK: it worked.”',
        answer:
          '200 would mean that here is the answer, in HTTP. 101 says that from here on it is not HTTP any more. Let them find the empty line after it.',
      },
      {
        prediction: '“The key is a password.”',
        answer:
          'It is random, sent in the clear and used once. Let two groups send the same key: they get the same answer.',
      },
      {
        prediction: '“A wrong line closes the connection.”',
        answer: 'Until the 101 it is HTTP, and HTTP has words for errors. Let them find the one for theirs.',
      },
    ],
    expect:
      '101 Switching Protocols, the accept key s3pPLMBiTxaQ9kYGzzhZRbK+xOo= for the standard’s own key, and one frame of text that says joined. Of the nine mistakes three get 400 for a field of the handshake, one 400 for a line that is no field, two 426, and one each 403, 421 and 408. The last takes ten seconds.',
  },
})
