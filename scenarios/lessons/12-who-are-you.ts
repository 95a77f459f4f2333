import { anyOrigin } from './bugs/any-origin.ts'
import {
  askedWith,
  foreignRefused,
  forgeriesRefused,
  letIn,
  type Showing,
  said,
  type TokensOutcome,
  tokenBytes,
} from './figures/tokens.ts'
import { type Finding, lesson } from './lesson.ts'

const TRANSPORTS = 5

/** That every transport answers these with this code, or lets all of them in. */
const all =
  (code: string | undefined, ...showings: readonly Showing[]) =>
  (outcome: TokensOutcome): Finding => {
    const asked = showings.flatMap((showing) => askedWith(outcome, showing))
    return {
      holds: asked.length === showings.length * TRANSPORTS && asked.every((each) => each.code === code),
      because: said(asked),
    }
  }

const foreignGot =
  (code: string | undefined) =>
  ({ after }: { after: TokensOutcome }): Finding =>
    all(code, 'foreign')(after)

const foreignSocket = (outcome: TokensOutcome): string | undefined => {
  const socket = askedWith(outcome, 'foreign').find(({ transport }) => transport === 'websocket')
  return socket && String(socket.status)
}

const statuses = [
  { id: '101', label: '101: the token is good, and that is what counts.' },
  { id: '401', label: '401: a token is good only in the page that got it.' },
  { id: '403', label: '403: this page may not ask, whatever it shows.' },
]

export const whoAreYou = lesson<'tokens'>({
  number: 12,
  slug: 'who-are-you',
  title: 'Who are you: tokens',
  question:
    'How does a server know who is at the other end, and why is knowing that not enough to let a page in?',
  minutes: 11,
  goal: 'say where each transport carries a token, what a server must check of it, and why it must look at Origin as well',
  figure: { name: 'tokens', parameters: { origin: 'http://elsewhere.example', server: 'this' } },
  prediction: {
    kind: 'choice',
    question:
      'Ada’s cookie is good. A page of elsewhere.example opens a WebSocket to this server, and the cookie goes along. What does the server answer?',
    options: statuses,
    answer: foreignSocket,
  },
  measures: {
    'let-in': letIn,
    forgeries: forgeriesRefused,
    foreign: foreignRefused,
    'token-bytes': tokenBytes,
  },
  claims: {
    good: { check: all(undefined, 'good') },
    guest: { check: all('not-found', 'none') },
    forged: { check: all('unauthorized', 'changed', 'unsigned') },
    expired: { check: all('expired', 'expired') },
    foreign: { check: all('foreign-origin', 'foreign') },
  },
  change: {
    task: 'Change what the foreign page has for an Origin, and look at the last row.',
    label: 'The Origin is',
    prediction: {
      kind: 'choice',
      question: 'With the Origin that you choose: what does the WebSocket handshake get?',
      options: statuses,
      answer: ({ after }) => foreignSocket(after),
    },
    options: [
      {
        label: 'another port of this host',
        parameters: { origin: 'http://{hostname}:1' },
        sentence:
          'For SameSite this is the same site, so even a strict cookie goes along. It is another origin, and only the server’s look at it says no.',
        check: foreignGot('foreign-origin'),
      },
      {
        label: 'null, as of a sandboxed frame',
        parameters: { origin: 'null' },
        sentence: 'null names no page, so it is none of this server’s.',
        check: foreignGot('foreign-origin'),
      },
      {
        label: 'this server’s own',
        parameters: { origin: 'http://{host}' },
        sentence: 'This is the page that the server gave out itself. The same token is let in.',
        check: foreignGot(undefined),
      },
      {
        label: 'not there: a program, no browser',
        parameters: { origin: '' },
        sentence:
          'A program may leave Origin out, or write what it likes. It has nobody’s cookies but those it was given, so here the token alone counts.',
        check: foreignGot(undefined),
      },
    ],
  },
  hints: [
    'Two questions are asked of each request: whose token is this, and which page sent it?',
    'A cookie goes to its host with whatever the browser sends there. The person at the screen need not want it.',
    'The server finds the Origin before it looks at the token. What does it say to a page that is not its own?',
  ],
  quiz: {
    question: 'Why does CORS not stop a foreign page from opening your WebSocket?',
    options: [
      {
        text: 'Because the WebSocket is encrypted.',
        because:
          'ws:// is not encrypted, and with wss:// the foreign page is inside the browser, at the right end of TLS.',
      },
      {
        text: 'Because the server forgot to send Access-Control-Allow-Origin.',
        because:
          'Leaving it out is what stops a fetch from reading the answer. A WebSocket handshake is not asked about in this way at all.',
      },
      {
        text: 'Because the browser leaves it to the server: it sends Origin, and the server has to look.',
        right: true,
        because:
          'The handshake is sent with its Origin, and a 101 opens the socket for whichever page asked. Refusing is the server’s part (RFC 6455 §10.2).',
      },
      {
        text: 'Because a page may set the Origin field to whatever it likes.',
        because:
          'No page can. The browser writes Origin, and that is why the server can rely on it. A program can, but it has no one’s cookies.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/door.ts',
        from: "server.on('upgrade', (request, socket, head) => {",
        lines: 8,
        note: 'First who may come in, and only then whose token it is.',
      },
      {
        file: 'server/door.ts',
        from: "// Programs send no Origin; a browser's page cannot leave it out",
        lines: 9,
        note: 'The rule: no Origin, one of ours, or 403.',
      },
    ],
    client: [
      {
        file: 'web/transports/connection.ts',
        from: 'export async function authorization(target: Target)',
        lines: 4,
        note: 'The token as a header field, wherever a client may set one.',
      },
    ],
  },
  facts: [
    {
      statement: 'A bearer token goes in the Authorization field, after the word Bearer.',
      source: 'RFC 6750',
      section: '§2.1',
    },
    {
      statement:
        'A signed token is three parts in base64url, with dots between them: header, payload, signature.',
      source: 'RFC 7515',
      section: '§7.1',
    },
    {
      statement: 'A token is not to be accepted at or after the time in its exp claim.',
      source: 'RFC 7519',
      section: '§4.1.4',
    },
    {
      statement: 'A token without a signature says alg: none, and its third part is empty.',
      source: 'RFC 7519',
      section: '§6',
    },
    {
      statement: 'It is the verifier that says which algorithms it takes, whatever the token’s header says.',
      source: 'RFC 8725',
      section: '§3.1',
    },
    {
      statement: 'Cookies are not kept apart by port: one that a host has set goes to all its ports.',
      source: 'RFC 6265',
      section: '§8.5',
    },
    {
      statement:
        'A server that is not meant for every page has to check Origin, and answers 403 to what it does not accept.',
      source: 'RFC 6455',
      section: '§10.2',
    },
    {
      statement:
        'WebSocket has no way of its own to say who a client is; a server may use what HTTP has, such as cookies.',
      source: 'RFC 6455',
      section: '§10.5',
    },
  ],
  terms: ['jwt', 'cookie', 'origin', 'site', 'csrf'],
  bug: anyOrigin,
  teacher: {
    time: [
      { part: 'Where a token can go; predict', minutes: 3 },
      { part: 'Run; read the table row by row, and one token', minutes: 4 },
      { part: 'Change the Origin; the bug and its cure', minutes: 4 },
    ],
    wrongPredictions: [
      {
        prediction: '101: the token is good.',
        answer:
          'That is what the broken server at the end of the lesson thinks. The token says whose browser it is, and not whose page.',
      },
      {
        prediction: '401: the token belongs to another page.',
        answer:
          'A token does not know in which page it is. Look at the row “Ada’s token”: the bytes of the cookie are the same.',
      },
    ],
    expect:
      'Five ticks in the first row and none below. Without a token it is 404 and not 401: a guest is not told that the room is there. The run takes a few seconds, because one token is waited for until it has expired. With the page open by https or through a proxy that changes Host the own Origin may be refused as well.',
  },
})
