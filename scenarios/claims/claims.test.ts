import { readdirSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import type { TransportName } from '../../server/contract/transports.ts'
import { planned } from '../plan.ts'
import { Report } from '../report.ts'
import type { Scenario } from '../scenario.ts'
import type { Claim, Verdict } from './claim.ts'
import { claims } from './index.ts'
import { invalidated, reportOf, type Sketch } from './reports.ts'

/** What a report shows, case by case and transport by transport, and the verdict it must give. */
interface Example {
  claim: string
  shows: string
  draw: (of: Scenario, transport: TransportName) => Sketch | undefined
  gives: Verdict['verdict']
  /** What the sentence must say, with its figures. */
  says: RegExp
}

const polling = (transport: TransportName) => transport === 'short-polling'

/** Of 100 entries with 20,000 bytes of their own, so many bytes beyond that for each. */
const overhead = (each: number, heads = 0): Sketch => ({
  readersTally: { bytesOut: 20_000 + each * 100, headBytesOut: heads * 100 },
})

/** Memory that the server took for its readers, KiB each, besides 10 MiB that it takes at once. */
const memory = (readers: number, each: number): Sketch => ({
  server: { rssBefore: 50 * 1024 ** 2, rssConnected: 60 * 1024 ** 2 + readers * each * 1024 },
})

const examples: Example[] = [
  {
    claim: 'new-connection-per-request',
    shows: 'a connection for each of 100 requests',
    draw: () => ({ readersTally: { requests: 100, connections: 100 } }),
    gives: 'holds',
    says: /accepted 1 new connections a request.*“Connection: close” on every request it accepted 1\./,
  },
  {
    claim: 'new-connection-per-request',
    shows: 'connections that are kept unless told to close',
    draw: ({ keepAlive }) => ({ readersTally: { requests: 100, connections: keepAlive ? 0 : 100 } }),
    gives: 'does not hold',
    says: /accepted 0 new connections a request.*accepted 1\./,
  },
  {
    claim: 'new-connection-per-request',
    shows: 'a server that closes every second connection',
    draw: () => ({ readersTally: { requests: 100, connections: 50 } }),
    gives: 'depends',
    says: /accepted 0\.5 /,
  },
  {
    claim: 'new-connection-per-request',
    shows: 'no requests to speak of',
    draw: () => ({ readersTally: { requests: 5, connections: 5 } }),
    gives: 'not enough data',
    says: /needs 20 requests/,
  },
  {
    claim: 'long-poll-reconnects-tcp',
    shows: 'a connection for each message',
    draw: () => ({ readersTally: { requests: 101, connections: 101 } }),
    gives: 'holds',
    says: /opened 1\.01 new TCP connections a message for 1\.01 requests a message/,
  },
  {
    claim: 'long-poll-reconnects-tcp',
    shows: 'a request for each message on a connection that is kept',
    draw: () => ({ readersTally: { requests: 100, connections: 1 } }),
    gives: 'does not hold',
    says: /opened 0\.01 new TCP connections a message/,
  },
  {
    claim: 'long-poll-reconnects-tcp',
    shows: 'a proxy that closes every third connection',
    draw: () => ({ readersTally: { requests: 100, connections: 33 } }),
    gives: 'depends',
    says: /opened 0\.33 /,
  },
  {
    claim: 'polling-half-interval',
    shows: 'means a little above half of each interval',
    draw: ({ interval }) => ({ latency: { mean: interval * 500 + 8 } }),
    gives: 'holds',
    says: /258 ms at 0\.5 s \(half is 250 ms\).*1,008 ms at 2 s \(half is 1,000 ms\)/,
  },
  {
    claim: 'polling-half-interval',
    shows: 'means of a whole interval',
    draw: ({ interval }) => ({ latency: { mean: interval * 1_000 } }),
    gives: 'does not hold',
    says: /500 ms at 0\.5 s/,
  },
  {
    claim: 'polling-half-interval',
    shows: 'a server so slow that only the longest interval hides it',
    draw: ({ interval }) => ({ latency: { mean: interval * 500 + 150 } }),
    gives: 'depends',
    says: /400 ms at 0\.5 s/,
  },
  {
    claim: 'polling-half-interval',
    shows: 'too few deliveries for a mean',
    draw: ({ interval }) => ({ latency: { n: 5, mean: interval * 500 } }),
    gives: 'not enough data',
    says: /needs 50 deliveries/,
  },
  {
    claim: 'polling-mostly-empty',
    shows: 'nine of ten polls empty at every rate',
    draw: () => ({ readersTally: { requests: 100, emptyResponses: 90 } }),
    gives: 'holds',
    says: /was 90 % at 0\.4, 90 % at 2, 90 % at 4 and 90 % at 20 messages a second/,
  },
  {
    claim: 'polling-mostly-empty',
    shows: 'news in every poll',
    draw: () => ({ readersTally: { requests: 100, emptyResponses: 0 } }),
    gives: 'does not hold',
    says: /was 0 % at 0\.4/,
  },
  {
    claim: 'polling-mostly-empty',
    shows: 'what messages at random leave empty',
    draw: ({ traffic, interval }) => ({
      readersTally: {
        requests: 1_000,
        emptyResponses: Math.round(1_000 * Math.exp(-traffic.rate * interval)),
      },
    }),
    gives: 'depends',
    // By theory ln 2 / 0.25 s = 2.77; between two points on a logarithmic axis it is a little less.
    says: /90\.5 % at 0\.4.*stops being so at about 2\.7\d? messages a second, 0\.6[5-9]\d? for each poll/,
  },
  {
    claim: 'polling-server-load',
    shows: 'polls that cost twice the CPU at every rate',
    draw: (_, transport) => ({ server: { cpuSeconds: polling(transport) ? 0.02 : 0.01 } }),
    gives: 'holds',
    says: /took 2 times at 0\.5, 2 times at 5, 2 times at 50 and 2 times at 200 messages a second the CPU of one by WebSocket/,
  },
  {
    claim: 'polling-server-load',
    shows: 'polls that cost half the CPU at every rate',
    draw: (_, transport) => ({ server: { cpuSeconds: polling(transport) ? 0.005 : 0.01 } }),
    gives: 'does not hold',
    says: /took 0\.5 times/,
  },
  {
    claim: 'polling-server-load',
    shows: 'polls that cost much when little is said and little when much is',
    draw: ({ traffic }, transport) => ({
      server: { cpuSeconds: polling(transport) ? 0.01 + 0.01 / traffic.rate : 0.012 },
    }),
    gives: 'depends',
    says: /took 2\.5 times at 0\.5.*0\.85 times at 50.*cost the same at about \d[\d.]* messages a second/,
  },
  {
    claim: 'polling-server-load',
    shows: 'somebody else’s server, whose CPU is not seen',
    draw: () => ({}),
    gives: 'not enough data',
    says: /needs the server’s CPU time/,
  },
  {
    claim: 'long-poll-high-overhead',
    shows: 'a kilobyte around 200 bytes at every rate',
    draw: (_, transport) => overhead(transport === 'websocket' ? 14 : 1_000),
    gives: 'holds',
    says: /long poll carried 1,000 B at 1, 1,000 B at 30 and 1,000 B at 1,000.*WebSocket added 14 B at 1/,
  },
  {
    claim: 'long-poll-high-overhead',
    shows: 'as little as a frame at every rate',
    draw: () => overhead(14),
    gives: 'does not hold',
    says: /carried 14 B at 1/,
  },
  {
    claim: 'long-poll-high-overhead',
    shows: 'heads that are shared when much is said',
    draw: ({ traffic }) => overhead(traffic.rate > 100 ? 50 : 1_000),
    gives: 'depends',
    says: /From about \d+ messages a second on it is less than the message itself/,
  },
  {
    claim: 'ws-low-latency',
    shows: 'frames that arrive 5 ms sooner',
    draw: (_, transport) => ({ latency: { p50: transport === 'websocket' ? 4 : 9 } }),
    gives: 'holds',
    says: /Without distance the median delivery took 4 ms by WebSocket and 9 ms by long polling\./,
  },
  {
    claim: 'ws-low-latency',
    shows: 'both within a millisecond',
    draw: (_, transport) => ({ latency: { p50: transport === 'websocket' ? 4 : 5 } }),
    gives: 'does not hold',
    says: /5 ms by long polling, a tie on one machine/,
  },
  {
    claim: 'ws-low-latency',
    shows: 'long polls that arrive sooner',
    draw: (_, transport) => ({ latency: { p50: transport === 'websocket' ? 9 : 4 } }),
    gives: 'does not hold',
    says: /9 ms by WebSocket and 4 ms by long polling\./,
  },
  {
    claim: 'ws-low-latency',
    shows: 'long polls that fall behind with distance',
    draw: ({ conditions }, transport) => {
      const rtt = typeof conditions === 'object' ? (conditions.rtt ?? 0) : 0
      return { latency: { p50: 4 + rtt / 2 + (transport === 'websocket' ? 0 : rtt / 4) } }
    },
    gives: 'depends',
    says: /a tie on one machine.*With 200 ms of round trip .* 104 ms by WebSocket and 154 ms by long polling\./,
  },
  {
    claim: 'proxies-buffer-sse',
    shows: 'events that wait a second',
    draw: (_, transport) => ({ latency: { p50: transport === 'sse' ? 1_000 : 15 } }),
    gives: 'holds',
    says: /took 1,000 ms by SSE, 15 ms by WebSocket, and 15 ms by long polling\./,
  },
  {
    claim: 'proxies-buffer-sse',
    shows: 'events that pass as frames do',
    draw: () => ({ latency: { p50: 15 } }),
    gives: 'does not hold',
    says: /took 15 ms by SSE, 15 ms by WebSocket/,
  },
  {
    claim: 'proxies-buffer-sse',
    shows: 'hardly a delivery',
    draw: () => ({ latency: { n: 3, p50: 15 } }),
    gives: 'not enough data',
    says: /needs 10 deliveries over SSE/,
  },
  {
    claim: 'ws-no-http-overhead',
    shows: 'no head after the handshake',
    draw: () => overhead(14),
    gives: 'holds',
    says: /After the handshake 0 B of HTTP heads crossed, and 14 B of framing/,
  },
  {
    claim: 'ws-no-http-overhead',
    shows: 'heads among the frames',
    draw: () => overhead(214, 200),
    gives: 'does not hold',
    says: /After the handshake 20,000 B of HTTP heads/,
  },
  {
    claim: 'ws-no-http-overhead',
    shows: 'a publisher whose drafts carry heads',
    draw: () => ({ ...overhead(14), publishersTally: { headBytesIn: 300 } }),
    gives: 'does not hold',
    says: /After the handshake 300 B/,
  },
  {
    claim: 'ws-no-http-overhead',
    shows: 'handshakes in the time that counted',
    draw: () => ({ readersTally: { bytesOut: 30_000, headBytesOut: 500, upgrades: 2 } }),
    gives: 'not enough data',
    says: /open before figures counted/,
  },
  {
    claim: '871-to-2-bytes',
    shows: 'heads and frames of the claimed length',
    draw: ({ cookieBytes }, transport) =>
      polling(transport)
        ? { readersTally: { requests: 100, headBytesIn: 60_000 + cookieBytes * 100, headBytesOut: 27_100 } }
        : overhead(12),
    gives: 'holds',
    says: /heads, both ways, were 871 B with 0 B of cookies and 3,171 B with 2,300 B.*frame’s head was 2 B, of 12 B/,
  },
  {
    claim: '871-to-2-bytes',
    shows: 'short heads and long frames',
    draw: (_, transport) =>
      polling(transport) ? { readersTally: { requests: 100, headBytesIn: 30_000 } } : overhead(14),
    gives: 'does not hold',
    says: /were 300 B.*frame’s head was 4 B/,
  },
  {
    claim: '871-to-2-bytes',
    shows: 'heads of the claimed length and longer frames',
    draw: (_, transport) =>
      polling(transport) ? { readersTally: { requests: 100, headBytesIn: 90_000 } } : overhead(14),
    gives: 'depends',
    says: /were 900 B.*frame’s head was 4 B/,
  },
  {
    claim: '871-to-2-bytes',
    shows: 'heads with cookies only',
    draw: ({ cookieBytes }, transport) => {
      if (!polling(transport)) return overhead(12)
      return cookieBytes > 0 ? { readersTally: { requests: 100, headBytesIn: 87_100 } } : undefined
    },
    gives: 'not enough data',
    says: /needs polls without cookies/,
  },
  {
    claim: '98-percent-less',
    shows: 'a hundredth of the overhead at every rate',
    draw: (_, transport) => overhead(polling(transport) ? 1_400 : 14),
    gives: 'holds',
    says: /saved 99 % at 0\.5, 99 % at 5 and 99 % at 50/,
  },
  {
    claim: '98-percent-less',
    shows: 'half of it at every rate',
    draw: (_, transport) => overhead(polling(transport) ? 28 : 14),
    gives: 'does not hold',
    says: /saved 50 % at 0\.5/,
  },
  {
    claim: '98-percent-less',
    shows: 'heads that are shared when much is said',
    draw: ({ traffic }, transport) => overhead(polling(transport) ? 1_000 / traffic.rate : 14),
    gives: 'depends',
    says: /saved 99\.3 % at 0\.5, 93 % at 5 and 30 % at 50/,
  },
  {
    claim: 'sse-one-way-is-enough',
    shows: 'the same within a few per cent',
    draw: (_, transport) => ({
      ...overhead(transport === 'sse' ? 25 : 14),
      server: { cpuSeconds: transport === 'sse' ? 0.011 : 0.01 },
    }),
    gives: 'holds',
    says: /with 1 reader 1\.05 times the bytes, 1\.1 times the CPU, a median delivery 0 ms later; with 4 readers/,
  },
  {
    claim: 'sse-one-way-is-enough',
    shows: 'a median delivery that is 8 ms later',
    draw: (_, transport) => ({ ...overhead(14), latency: { p50: transport === 'sse' ? 12 : 4 } }),
    gives: 'does not hold',
    says: /a median delivery 8 ms later/,
  },
  {
    claim: 'sse-one-way-is-enough',
    shows: 'half as much CPU again',
    draw: (_, transport) => ({
      ...overhead(14),
      server: { cpuSeconds: transport === 'sse' ? 0.015 : 0.01 },
    }),
    gives: 'does not hold',
    says: /1\.5 times the CPU/,
  },
  {
    claim: 'sse-one-way-is-enough',
    shows: 'a POST that weighs little among many readers',
    draw: ({ readers }, transport) => ({
      ...overhead(14),
      publishersTally: { bytesIn: transport === 'sse' ? 100_000 / readers : 0 },
    }),
    gives: 'depends',
    says: /with 1 reader 5\.67 times the bytes, a median.*with 100 readers 1\.05 times the bytes/,
  },
  {
    claim: 'sse-one-way-is-enough',
    shows: 'SSE that is sooner by much: it costs no more, then',
    draw: (_, transport) => ({ ...overhead(14), latency: { p50: transport === 'sse' ? 4 : 12 } }),
    gives: 'holds',
    says: /a median delivery 8 ms sooner/,
  },
  {
    claim: 'stateful-memory',
    shows: '12 KiB for each WebSocket',
    draw: ({ readers }, transport) => memory(readers, transport === 'websocket' ? 12 : 9),
    gives: 'holds',
    says: /idle WebSocket held 12 KiB of the server’s memory, a poller with its kept connection 9 KiB, an SSE stream 9/,
  },
  {
    claim: 'stateful-memory',
    shows: 'memory taken once, however many came',
    draw: ({ readers }) => memory(readers, 0),
    gives: 'does not hold',
    says: /idle WebSocket held 0 KiB/,
  },
  {
    claim: 'stateful-memory',
    shows: 'one of the two sizes only',
    draw: ({ readers }) => (readers > 1_000 ? undefined : memory(readers, 12)),
    gives: 'not enough data',
    says: /few and with many readers/,
  },
  {
    claim: 'socketio-heavier',
    shows: 'more of everything',
    draw: ({ readers }, transport) =>
      transport === 'socket-io'
        ? { ...overhead(25), server: { ...memory(readers, 17).server, cpuSeconds: 0.02 } }
        : { ...overhead(14), server: { ...memory(readers, 12).server, cpuSeconds: 0.01 } },
    gives: 'holds',
    says: /took 1\.05 times the bytes a delivery \(225 B against 214 B\), 2 times the server’s CPU.*KiB against/,
  },
  {
    claim: 'socketio-heavier',
    shows: 'the same of everything',
    draw: ({ readers }) => ({ ...overhead(14), server: { ...memory(readers, 12).server, cpuSeconds: 0.01 } }),
    gives: 'does not hold',
    says: /1 times the bytes.*1 times the server’s CPU.*1 times the memory/,
  },
  {
    claim: 'socketio-heavier',
    shows: 'more bytes, and no more CPU',
    draw: (_, transport) => ({
      ...overhead(transport === 'socket-io' ? 25 : 14),
      server: { cpuSeconds: 0.01 },
    }),
    gives: 'depends',
    says: /1\.05 times the bytes.*1 times the server’s CPU/,
  },
  {
    claim: 'socketio-heavier',
    shows: 'more bytes, and nothing else to be seen',
    draw: (_, transport) => overhead(transport === 'socket-io' ? 25 : 14),
    gives: 'holds',
    says: /took 1\.05 times the bytes a delivery \(225 B against 214 B\)\./,
  },
]

const fallback = {
  published: 20,
  entries: 20,
  transport: 'polling',
  'connected-after': 60,
  requests: 10,
  'ws-status': 403,
}
const idle = { limit: 2, 'silent-cut': true, 'silent-cut-after': 2, beat: 0.5, 'beating-cut': false }

/** What an experiment saw, and the verdict that must follow. */
interface Looked {
  claim: string
  shows: string
  saw: Record<string, string | number | boolean>
  gives: Verdict['verdict']
  says: RegExp
}

const accept = { status: 'HTTP/1.1 101 Switching Protocols', accept: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' }
const heard = { published: 5, 'entries-websocket': 5, 'entries-plain': 0, 'entries-spoken': 5 }
const away = { 'published-away': 60, 'lost-open': 0, 'lost-with-cursor': 0 }
const resumed = { 'missed-kept': 0, owed: 100, 'missed-forgotten': 0, 'gap-announced': false }
const back = { 'socketio-back': true, 'socketio-back-after': 1_400, 'ws-back': false, 'entries-after': 0 }

const looks: Looked[] = [
  {
    claim: 'accept-key',
    shows: 'the printed answer',
    saw: { ...accept, 'computed-agrees': true },
    gives: 'holds',
    says: /answered s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\. To a random key it gave.*4 readers with keys of their own/,
  },
  {
    claim: 'accept-key',
    shows: 'another answer',
    saw: { ...accept, accept: 'AAAA', 'computed-agrees': true },
    gives: 'does not hold',
    says: /answered AAAA\./,
  },
  {
    claim: 'accept-key',
    shows: 'the printed answer to every key',
    saw: { ...accept, 'computed-agrees': false },
    gives: 'does not hold',
    says: /did not give the answer computed/,
  },
  {
    claim: 'socketio-is-websocket',
    shows: 'a plain client that is told nothing',
    saw: { ...heard, packet: '42/chat,["entry",{' },
    gives: 'does not hold',
    says: /had 5 from a WebSocket and 0 from Socket\.IO’s.*had 5, where an entry looks like 42\/chat,\["entry",\{…/,
  },
  {
    claim: 'socketio-is-websocket',
    shows: 'a plain client that is told all',
    saw: { ...heard, 'entries-plain': 5 },
    gives: 'holds',
    says: /had 5 from a WebSocket and 5 from/,
  },
  {
    claim: 'socketio-is-websocket',
    shows: 'nobody who is told anything',
    saw: { ...heard, 'entries-websocket': 0 },
    gives: 'not enough data',
    says: /arrive where they should/,
  },
  {
    claim: 'tcp-so-nothing-lost',
    shows: 'ten messages lost without a cursor',
    saw: { ...away, 'lost-without-cursor': 10 },
    gives: 'does not hold',
    says: /Of 60 messages .* never got 10, and one with its cursor 0\. On connections .* 0 deliveries were lost/,
  },
  {
    claim: 'tcp-so-nothing-lost',
    shows: 'nothing lost',
    saw: { ...away, 'lost-without-cursor': 0 },
    gives: 'holds',
    says: /never got 0/,
  },
  {
    claim: 'resume-needs-ids',
    shows: 'nothing missed, even when the log had overflowed',
    saw: resumed,
    gives: 'holds',
    says: /missed 0 of the entries after its id.* missed 0 of 100\./,
  },
  {
    claim: 'resume-needs-ids',
    shows: 'what the log had forgotten missing, and said',
    saw: { ...resumed, 'missed-forgotten': 20, 'gap-announced': true },
    gives: 'depends',
    says: /missed 20 of 100, and was told of the gap/,
  },
  {
    claim: 'resume-needs-ids',
    shows: 'entries missing in silence that the log still held',
    saw: { ...resumed, 'missed-kept': 3, 'missed-forgotten': 20 },
    gives: 'does not hold',
    says: /missed 3 of the entries.* was told nothing of that/,
  },
  {
    claim: 'socketio-fallback',
    shows: 'all of it over polling',
    saw: fallback,
    gives: 'holds',
    says: /Of 20 messages .* got 20, over polling\. .* after 60 ms\. It took 0\.5 requests a message\. .* answered 403\./,
  },
  {
    claim: 'socketio-fallback',
    shows: 'a client that heard half of it',
    saw: { ...fallback, entries: 10 },
    gives: 'does not hold',
    says: /got 10, over polling/,
  },
  {
    claim: 'socketio-fallback',
    shows: 'a block that did not block',
    saw: { ...fallback, transport: 'websocket' },
    gives: 'does not hold',
    says: /over websocket/,
  },
  {
    claim: 'idle-cut',
    shows: 'only the silent one cut',
    saw: idle,
    gives: 'depends',
    says: /said nothing was ended after 2 s; one that pinged every 0\.5 s was still open/,
  },
  {
    claim: 'idle-cut',
    shows: 'both cut',
    saw: { ...idle, 'beating-cut': true },
    gives: 'holds',
    says: /was ended as well/,
  },
  {
    claim: 'idle-cut',
    shows: 'neither cut',
    saw: { ...idle, 'silent-cut': false },
    gives: 'does not hold',
    says: /said nothing was not ended/,
  },
  {
    claim: 'auto-reconnect',
    shows: 'Socket.IO back and the other not',
    saw: back,
    gives: 'holds',
    says: /client was back, 1,400 ms after it could be; the plain WebSocket had not tried\. Until .* heard 0/,
  },
  {
    claim: 'auto-reconnect',
    shows: 'nobody back',
    saw: { ...back, 'socketio-back': false },
    gives: 'does not hold',
    says: /client was not back; the plain/,
  },
  {
    claim: 'auto-reconnect',
    shows: 'both back',
    saw: { ...back, 'ws-back': true },
    gives: 'does not hold',
    says: /WebSocket had tried to come back/,
  },
]

const claimOf = (id: string): Claim => {
  const found = claims.find((claim) => claim.id === id)
  if (!found) throw new Error(`there is no claim ${id}`)
  return found
}

const isReport = new Ajv().compile(Report)

describe.each(examples)('$claim, shown $shows', ({ claim, draw, gives, says }) => {
  const { scenario, rule } = claimOf(claim)
  const report = reportOf(scenario, draw)
  const verdict = rule(report)

  test(`gives: ${gives}`, () => {
    expect(isReport(report)).toBe(true)
    expect(verdict.verdict).toBe(gives)
    expect(verdict.because).toMatch(says)
    expect(verdict.figures.length > 0).toBe(gives !== 'not enough data')
  })

  test('gives nothing when all its runs are invalid, and says why they are', () => {
    const { verdict, because } = rule(invalidated(report))
    expect(verdict).toBe('not enough data')
    expect(because).toContain('the load was late')
  })
})

describe.each(looks)('$claim, shown $shows', ({ claim, saw, gives, says }) => {
  const { scenario, rule } = claimOf(claim)
  const observations = Object.entries(saw).map(([id, value]) => ({ id, what: 'Made by hand.', value }))
  const report = reportOf(scenario, () => ({}), observations)

  test(`gives: ${gives}`, () => {
    expect(isReport(report)).toBe(true)
    expect(rule(report).verdict).toBe(gives)
    expect(rule(report).because).toMatch(says)
  })

  test('gives the same without a valid run beside it: what was seen was seen', () => {
    expect(rule(invalidated(report)).verdict).toBe(gives)
    expect(rule({ ...report, runs: [] }).verdict).toBe(gives)
  })

  test('gives nothing where nobody looked, whatever ran', () => {
    const { observations, ...unseen } = report
    expect(rule(unseen).verdict).toBe('not enough data')
    expect(rule(unseen).because).toMatch(/^Nobody has looked yet\. It needs .+\.$/)
  })
})

describe.each(claims)('$id', (claim) => {
  const shown = [...examples, ...looks]
    .filter((example) => example.claim === claim.id)
    .map(({ gives }) => gives)

  test('can come out either way', () => {
    expect(shown).toContain('holds')
    expect(shown).toContain('does not hold')
  })
})

describe.each(claims)('$id', (claim) => {
  test('gives no verdict on a report without runs', () => {
    const { verdict, because } = claim.rule(reportOf(claim.scenario, () => undefined))
    expect(verdict).toBe('not enough data')
    expect(because).toMatch(/^(Nothing was run|Nobody has looked yet)\. It needs .+\.$/)
  })

  test('takes less than two and a half minutes, with 2 s for each run to connect and to end', () => {
    const seconds = planned(claim.scenario, 1).reduce((sum, { case: { scenario } }) => {
      return sum + scenario.warmUp + scenario.seconds + 2
    }, 0)
    expect(seconds).toBeLessThan(150)
  })

  test('has a scenario of its own, a sentence without a full stop, and paragraphs that end', () => {
    expect(claim.scenario.name).toBe(`claim-${claim.id}`)
    expect(claim.sentence).not.toMatch(/\.$/)
    expect(claim.nuance).toMatch(/\.$/)
    expect(claim.scenario.about).toMatch(/\.$/)
  })
})

describe('a sweep of which one case has no valid run', () => {
  const { scenario, rule } = claimOf('98-percent-less')
  const without50 = (pollsOverhead: (rate: number) => number) =>
    rule(
      reportOf(scenario, ({ traffic }, transport) => ({
        ...overhead(polling(transport) ? pollsOverhead(traffic.rate) : 14),
        ...(traffic.rate === 50 && { invalid: 'the load was late' }),
      })),
    )

  test('settles nothing where the others agree: it might have been the one that differs', () => {
    const { verdict, because, figures } = without50(() => 1_400)
    expect(verdict).toBe('not enough data')
    expect(because).toBe(
      'A WebSocket saved 99 % at 0.5 and 99 % at 5 messages a second. Medians of 3 runs each. Left out, ' +
        'for want of a valid run: Short polling at rate=50, WebSocket at rate=50.',
    )
    expect(figures.map(({ label }) => label)).toContain('Overhead saved, rate=5')
    expect(without50(() => 20).verdict).toBe('not enough data')
  })

  test('does not matter where the others differ already', () => {
    expect(without50((rate) => (rate < 1 ? 1_400 : 20)).verdict).toBe('depends')
  })
})

test('what a new connection costs is told where somebody looked, and behind a link it is modelled', () => {
  const { scenario, rule } = claimOf('new-connection-per-request')
  const seen = { 'kept-0': 1, 'fresh-0': 1.5, 'kept-200': 201, 'fresh-200': 402 }
  const observations = Object.entries(seen).map(([id, value]) => ({ id, what: 'Made by hand.', value }))
  const requests = () => ({ readersTally: { requests: 100, connections: 0 } })
  const { verdict, because, figures } = rule(reportOf(scenario, requests, observations))
  expect(verdict).toBe('does not hold')
  expect(because).toContain('took 0.5 ms longer on this machine.')
  expect(because).toContain('took 201 ms longer with 200 ms of round trip (modelled).')
  expect(figures.slice(-2).map(({ value, origin }) => [value, origin])).toEqual([
    [0.5, 'measured'],
    [201, 'modelled'],
  ])
})

test('an invalid run among valid ones changes nothing', () => {
  const { scenario, rule } = claimOf('ws-no-http-overhead')
  let runs = 0
  const report = reportOf(scenario, () =>
    runs++ === 0 ? { ...overhead(900, 800), invalid: 'late' } : overhead(14),
  )
  expect(rule(report).verdict).toBe('holds')
  expect(rule(report).because).toContain('Medians of 2 runs each.')
})

test('a repetition is held against the same one: another says other texts, of another length', () => {
  const { scenario, rule } = claimOf('socketio-heavier')
  const said = { websocket: 0, 'socket-io': 0 } as Record<TransportName, number>
  const report = reportOf(scenario, (_, transport) => {
    const repetition = ++said[transport]
    // Each repetition takes more than the one before.
    const of = overhead(repetition * 200 * (transport === 'socket-io' ? 1.05 : 1))
    return transport === 'websocket' && repetition === 2 ? { ...of, invalid: 'late' } : of
  })
  // The median of five runs over that of the four that are valid would be 0.92.
  expect(rule(report).because).toMatch(/took 1\.0[34] times the bytes/)
})

test('a claim is named as its file, and every file is among the claims', () => {
  const support = ['claim.ts', 'evidence.ts', 'index.ts', 'reports.ts']
  const files = readdirSync(new URL('.', import.meta.url))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !support.includes(file))
    .map((file) => file.slice(0, -'.ts'.length))
  expect(claims.map(({ id }) => id).sort()).toEqual(files.sort())
})
