import {
  bytes,
  connections,
  connectionsIn,
  type Exchange,
  type RequestSeries,
  type RequestsOutcome,
  seriesOf,
  total,
} from './figures/requests.ts'
import { type Compared, type Finding, lesson } from './lesson.ts'

const COUNT = 6
const NEW = 'HTTP/1.1'
const OLD = 'HTTP/1.0'
/** 1,000 bytes, as sites with a session and a few trackers have them. */
const COOKIE = `Cookie: session=${'k3f9'.repeat(246)}`

const series = (
  newer: readonly string[],
  older: readonly string[],
): readonly [RequestSeries, RequestSeries] => [
  { label: NEW, version: '1.1', fields: newer },
  { label: OLD, version: '1.0', fields: older },
]

const nothing: Finding = { holds: false, because: 'not all requests were answered' }

const both = (outcome: RequestsOutcome) => {
  const [newer, older] = [seriesOf(outcome, NEW), seriesOf(outcome, OLD)]
  return newer && older && { newer, older, all: [...newer.exchanges, ...older.exchanges] }
}

/** How many connections HTTP/1.1 and HTTP/1.0 took. */
const connectionsOf =
  (wanted: readonly [number, number]) =>
  (outcome: RequestsOutcome): Finding => {
    const found = both(outcome)
    if (!found) return nothing
    const counts = [connectionsIn(found.newer), connectionsIn(found.older)]
    return {
      holds: counts[0] === wanted[0] && counts[1] === wanted[1],
      because: `${NEW} took ${counts[0]} and ${OLD} ${counts[1]} connections for ${COUNT} requests each`,
    }
  }

/** The texts of the entries on the page of an answer. */
function textsIn({ status, body }: Exchange): string {
  if (status !== 200) return `status ${status}`
  const { entries }: { entries: { text: string }[] } = JSON.parse(body)
  return entries.map(({ text }) => text).join(', ')
}

/** The different pages that were answered. */
const pagesIn = (outcome: RequestsOutcome): string[] => [...new Set(both(outcome)?.all.map(textsIn) ?? [])]

function samePage(outcome: RequestsOutcome): Finding {
  const found = both(outcome)
  const [page, ...others] = pagesIn(outcome)
  if (!found || page === undefined) return nothing
  return {
    holds: others.length === 0 && page !== '',
    because: `${found.all.length} answers held ${others.length === 0 ? `the same entries: ${page}` : `${others.length + 1} different pages`}`,
  }
}

/** What the answers of a series say about the connection. */
const saidIn = ({ exchanges }: { exchanges: readonly Exchange[] }): string =>
  [...new Set(exchanges.map(({ connectionField }) => connectionField || 'nothing'))].join(' or ')

const withPage = (check: (compared: Compared<'requests'>) => Finding) => (compared: Compared<'requests'>) => {
  const [found, page] = [check(compared), samePage(compared.after)]
  return { holds: found.holds && page.holds, because: `${found.because}; ${page.because}` }
}

export const persistentStateless = lesson<'requests'>({
  number: 2,
  slug: 'persistent-stateless',
  title: 'Persistent or not, stateful or not',
  question: 'If a connection stays open, does the server remember who is at the other end?',
  minutes: 7,
  goal: 'tell from a request and its answer whether the connection goes on, and say what stateless means and what it does not',
  figure: {
    name: 'requests',
    parameters: { series: series([], []), count: COUNT, rtt: 0 },
  },
  prediction: {
    kind: 'number',
    question:
      'Six requests say HTTP/1.1, then the same six say HTTP/1.0. None says a word about the connection. How many TCP connections do the twelve take altogether?',
    unit: '',
    min: 1,
    max: 12,
    step: 1,
    close: 0.01,
    answer(outcome) {
      const found = both(outcome)
      return found && connectionsIn(found.newer) + connectionsIn(found.older)
    },
  },
  measures: {
    'new-connections': connections(NEW),
    'old-connections': connections(OLD),
    'new-sent': bytes(NEW, 'sent', 'bytes up'),
    'old-sent': bytes(OLD, 'sent', 'bytes up'),
    'new-heads': bytes(NEW, 'headReceived', 'bytes down, heads'),
    'old-heads': bytes(OLD, 'headReceived', 'bytes down, heads'),
    pages: {
      label: 'different pages answered',
      read: (outcome) => ({ value: pagesIn(outcome).length, unit: '', origin: 'measured' }),
    },
  },
  claims: {
    'one-and-six': { check: connectionsOf([1, COUNT]) },
    'said-so': {
      check(outcome) {
        const found = both(outcome)
        if (!found) return nothing
        const [newer, older] = [saidIn(found.newer), saidIn(found.older)]
        return {
          holds: older === 'close' && newer !== 'close',
          because: `the answers to ${NEW} said ${newer}, those to ${OLD} ${older}`,
        }
      },
    },
    'same-page': { check: samePage },
  },
  change: {
    task: 'Change what the requests say, and run again. Look at the connections, the bytes up, and at what is answered.',
    label: 'Change',
    prediction: {
      kind: 'choice',
      question:
        'You change who closes the connection, or send a cookie along. What becomes of the page of entries that each request is answered with?',
      options: [
        { id: 'next', label: 'On one connection each request gets the entries after those it got before.' },
        { id: 'same', label: 'It stays the same, on every connection.' },
        { id: 'less', label: 'On a new connection it is another, for the server meets a stranger.' },
      ],
      answer({ before, after }) {
        const [one, other] = [samePage(before), samePage(after)]
        if (one.holds && other.holds) return pagesIn(before)[0] === pagesIn(after)[0] ? 'same' : 'less'
        const kept = both(after)?.newer.exchanges.map(textsIn) ?? []
        return new Set(kept).size > 1 ? 'next' : 'less'
      },
    },
    options: [
      {
        label: 'HTTP/1.0 says Connection: keep-alive',
        parameters: { series: series([], ['Connection: keep-alive']) },
        sentence:
          'HTTP/1.0 can keep a connection too, if it asks and the server agrees in its answer (RFC 9112 §9.3).',
        check: withPage(({ after }) => connectionsOf([1, 1])(after)),
      },
      {
        label: 'HTTP/1.1 says Connection: close',
        parameters: { series: series(['Connection: close'], []) },
        sentence:
          'The version only gives the default. Whoever says close has the connection for one request.',
        check: withPage(({ after }) => connectionsOf([COUNT, COUNT])(after)),
      },
      {
        label: 'each request has a cookie of 1,000 bytes',
        parameters: { series: series([COOKIE], [COOKIE]) },
        sentence:
          'The cookie goes up with every request, on the same connection as on a new one: nobody remembers that it was said.',
        check: withPage(({ before, after }) => {
          const [one, other] = [both(before), both(after)]
          if (!one || !other) return nothing
          const more = total(other.newer, 'sent') - total(one.newer, 'sent')
          // Names of rooms are random, and may be a few characters longer or shorter.
          return {
            holds: Math.abs(more / COUNT - (COOKIE.length + 2)) < 20,
            because: `on one connection ${COUNT} requests were ${more.toLocaleString('en-GB')} bytes longer`,
          }
        }),
      },
    ],
  },
  hints: [
    'HTTP/1.0 comes from a time when a page was one file. What would you do with the connection once the file is there?',
    'In HTTP/1.1 a connection goes on unless somebody says close. In HTTP/1.0 it ends unless somebody asks for more.',
    'So HTTP/1.1 takes one connection for its six requests and HTTP/1.0 takes six: seven altogether.',
  ],
  quiz: {
    question: 'What does it mean that HTTP is stateless?',
    options: [
      {
        text: 'That the connection is closed after each answer.',
        because:
          'You saw six requests on one connection, and each was understood by itself. Whether a connection persists is another question.',
      },
      {
        text: 'That each request can be understood without those before it.',
        right: true,
        because:
          'All that the server needs stands in the request: the path, the cursor, perhaps a cookie. So any connection will do, and any server that has the log (RFC 9110 §3.3).',
      },
      {
        text: 'That a server may store nothing.',
        because:
          'This one stores the entries of every room. What the protocol does not need is a memory of the conversation with one client.',
      },
      {
        text: 'That one cannot log in over HTTP.',
        because:
          'One can: the browser sends a cookie or a token with each request. The state is carried along; the protocol still remembers nothing.',
      },
    ],
  },
  code: {
    server: [
      {
        file: 'server/transports/short-polling.ts',
        from: 'const page = feed.page(room, after, who)',
        note: 'All that is known of where the reader stands is the cursor that the request brought.',
      },
    ],
    client: [
      {
        file: 'web/lessons/figures/requests-run.ts',
        from: 'function isPersistent(',
        lines: 5,
        note: 'What the answer says counts first, then what the version says.',
      },
    ],
  },
  facts: [
    {
      statement:
        'A connection goes on after an answer unless it says close, if the version is 1.1, or if it is 1.0 and the answer says keep-alive.',
      source: 'RFC 9112',
      section: '§9.3',
    },
    {
      statement:
        'A request’s meaning can be understood in isolation; a server must not take two requests on one connection for those of one client without further proof.',
      source: 'RFC 9110',
      section: '§3.3',
    },
    {
      statement: 'The Connection field is for the next hop only.',
      source: 'RFC 9110',
      section: '§7.6.1',
    },
    {
      statement: 'The browser sends the cookies it has for a server with each request to it.',
      source: 'RFC 6265',
      section: '§5.4',
    },
  ],
  terms: ['keep-alive', 'stateless', 'cookie', 'cursor', 'head', 'tcp'],
  teacher: {
    time: [
      { part: 'Read and predict', minutes: 2 },
      { part: 'Run and observe', minutes: 1 },
      { part: 'Explain', minutes: 2 },
      { part: 'Change it, and the question', minutes: 2 },
    ],
    wrongPredictions: [
      {
        prediction: '“Twelve: HTTP is stateless, so each request has its own connection.”',
        answer:
          'Two words are mixed up here, and this is the lesson. Persistent is said of a connection, stateless of what a request means.',
      },
      {
        prediction: '“Two: one for each version.”',
        answer:
          'Let them read an answer to HTTP/1.0: it says close, and the server then ends the connection. Nobody had asked it to stay.',
      },
      {
        prediction: '“On one connection the server knows me, so it gives me what is new.”',
        answer:
          'Show that all twelve answers hold the same two entries. What is new to whom is told by the cursor alone, and the cursor was always the same.',
      },
    ],
    expect:
      'One connection for HTTP/1.1 and six for HTTP/1.0, and twelve answers with the same two entries. With keep-alive HTTP/1.0 takes one too; with close HTTP/1.1 takes six; the cookie adds 1,002 bytes to each request. All of it are counts and bytes, so a slow machine changes nothing but the widths in the drawing.',
  },
})
