import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { catalogue } from './catalogue/index.ts'
import { checkScenario, ScenarioError } from './check.ts'
import { claims } from './claims/index.ts'
import { defaults } from './define.ts'
import type { Scenario } from './scenario.ts'

/** The least a file must say. */
const least = {
  name: 'mine',
  title: 'Mine',
  question: 'What of mine?',
  about: 'Mine.',
  traffic: { rate: 2, arrivals: 'even', payload: 'conversation' },
}

/** What is wrong with a scenario, as it is told; nothing if it may be run. */
function faults(value: unknown): { at: string; why: string }[] {
  try {
    checkScenario(value)
    return []
  } catch (error) {
    if (error instanceof ScenarioError) return [...error.faults]
    throw error
  }
}

const but = (changes: object) => ({ ...least, ...changes })
const traffic = (changes: object) => but({ traffic: { ...least.traffic, ...changes } })
const faulty = (...faults: object[]) => but({ faults })
const sweep = (of: string, ...values: unknown[]) => but({ sweep: { of, values } })

test('what is left unsaid takes its default, and what was written stays as it was', () => {
  const written = structuredClone(least)
  expect(checkScenario(written)).toEqual({ ...defaults, ...least })
  expect(written).toEqual(least)
})

test.each<[string, unknown]>([
  ['a payload of a length', traffic({ payload: 4_000 })],
  ['bursts of a size', traffic({ arrivals: 'bursts', burst: 20 })],
  ['nobody who speaks', but({ publishers: 0, traffic: { ...least.traffic, rate: 0 } })],
  ['readers who publish', but({ publishers: 0, readersPublish: true })],
  ['a sweep over the rate', sweep('rate', 0.1, 1, 10)],
  ['a sweep over what the room held before', sweep('history', 0, 10_000)],
  ['a sweep over keep-alive', sweep('keepAlive', true, false)],
  [
    'a sweep over the burst',
    { ...traffic({ arrivals: 'bursts', burst: 2 }), sweep: { of: 'burst', values: [2, 20] } },
  ],
  ['a single transport', but({ transports: ['sse'] })],
  ['a network by its name', but({ conditions: '200-ms-away' })],
  ['conditions of its own', but({ conditions: { rtt: 80, buffer: { bytes: 4_096, ms: 500 } } })],
  ['a sweep over the distance', sweep('rtt', 0, 80, 200)],
  ['a cut of a while, then a restart', faulty({ at: 1, do: 'cut', seconds: 2 }, { at: 4, do: 'restart' })],
  ['a reader that stops reading', faulty({ at: 1, do: 'pause-readers', seconds: 2 })],
  ['one message at the least', but({ seconds: 0.5 })],
])('%s is a scenario', (_, value) => {
  expect(faults(value)).toEqual([])
})

test.each<[string, unknown, string, string]>([
  ['no object', [], '', 'A scenario must be a JSON object; this is [].'],
  ['nothing', null, '', 'A scenario must be a JSON object; this is null.'],
  ['text', 'quiet-room', '', 'A scenario must be a JSON object; this is "quiet-room".'],
  [
    'a poisoned key',
    JSON.parse('{"__proto__":{"readers":5}}'),
    '',
    'The keys "__proto__" and "constructor.prototype" are not allowed.',
  ],
  [
    'no traffic',
    but({ traffic: undefined }),
    'traffic',
    '"traffic" is missing: it must be an object that says what is published.',
  ],
  [
    'a rate that is text',
    traffic({ rate: '5' }),
    'traffic.rate',
    '"traffic.rate" must be the number of messages a second, from 0 (nobody speaks) to 10,000; it is "5".',
  ],
  [
    'a rate below 0',
    traffic({ rate: -1 }),
    'traffic.rate',
    '"traffic.rate" must be the number of messages a second, from 0 (nobody speaks) to 10,000; it is -1.',
  ],
  [
    'a payload in words',
    traffic({ payload: 'long' }),
    'traffic.payload',
    '"traffic.payload" must be "conversation" (lines as people write them), or the length of every text, from 1 to ' +
      '4,000 bytes; it is "long".',
  ],
  [
    'arrivals of another kind',
    traffic({ arrivals: 'random' }),
    'traffic.arrivals',
    '"traffic.arrivals" must be "even" (one every 1/rate s), "poisson" (as strangers come: exponential gaps) or ' +
      '"bursts" (`burst` at once); it is "random".',
  ],
  [
    'a network nobody has',
    but({ conditions: 'dial-up' }),
    'conditions',
    '"conditions" must be the name of a network (clear, home-wifi, 3g, 200-ms-away, corporate-proxy, school-firewall, ' +
      'sleepy-nat), or an object like {"rtt":80} of its conditions; it is "dial-up".',
  ],
  [
    'a condition misspelt',
    but({ conditions: { rrt: 80 } }),
    'conditions.rrt',
    '"conditions.rrt" is no field of "conditions". Did you mean "rtt"?',
  ],
  [
    'a condition out of bounds',
    but({ conditions: { rtt: -1 } }),
    'conditions.rtt',
    '"conditions.rtt" must be a number of ms from 0 to 10,000, added to a round trip, half of it each way; ' +
      "a new connection's first bytes wait one more; it is -1.",
  ],
  [
    'a fault nobody can do',
    faulty({ at: 1, do: 'explode' }),
    'faults[0].do',
    '"faults[0].do" must be "cut" (the readers’ connections end), "refuse" (new ones of theirs do), "stall" (nothing ' +
      'passes), "drop-response" (the next response to a reader is lost), "pause-readers" (some stop reading) or ' +
      '"restart" (the server ends and starts again); it is "explode".',
  ],
  [
    'a cut in a way of restarts',
    faulty({ at: 1, do: 'cut', how: 'drain' }),
    'faults[0].how',
    '"faults[0].how" must be "rst" or "fin" with "do" "cut"; it is "drain".',
  ],
  [
    'a stall in some way',
    faulty({ at: 1, do: 'stall', how: 'rst', seconds: 1 }),
    'faults[0].how',
    '"faults[0].how" has no meaning with "do" "stall"; it is "rst".',
  ],
  [
    'a stall without an end',
    faulty({ at: 1, do: 'stall' }),
    'faults[0].seconds',
    '"faults[0].seconds" is missing: "stall" lasts so many seconds.',
  ],
  [
    'a restart that lasts',
    faulty({ at: 1, do: 'restart', seconds: 3 }),
    'faults[0].seconds',
    '"faults[0].seconds" has no meaning with "do" "restart".',
  ],
  [
    'a cut of so many readers',
    faulty({ at: 1, do: 'cut', readers: 1 }),
    'faults[0].readers',
    '"faults[0].readers" needs "do" "pause-readers".',
  ],
  [
    'more readers that pause than there are',
    faulty({ at: 1, do: 'pause-readers', seconds: 1, readers: 2 }),
    'faults[0].readers',
    '"faults[0].readers" is 2, and there are 1.',
  ],
  [
    'a fault that outlasts the run',
    faulty({ at: 8, do: 'cut', seconds: 5 }),
    'faults[0].at',
    '"faults[0]" ends at 13 s, and figures count for 10 s.',
  ],
  [
    'two faults at once',
    faulty({ at: 1, do: 'cut', seconds: 5 }, { at: 2, do: 'restart' }),
    'faults[1].at',
    '"faults[1]" begins before the one ahead of it has ended: faults come one after the other.',
  ],
  [
    'faults where the readers publish',
    { ...faulty({ at: 1, do: 'cut' }), publishers: 0, readersPublish: true },
    'readersPublish',
    '"readersPublish" must be false where there are "faults": they hit the readers’ connections, and what nobody could ' +
      'publish cannot be missed.',
  ],
  [
    'half a reader',
    but({ readers: 1.5 }),
    'readers',
    '"readers" must be a whole number, the number of readers of the room, each with a connection of its own, from 0 ' +
      'to 20,000; it is 1.5.',
  ],
  [
    'a transport nobody has',
    but({ transports: ['sse', 'carrier-pigeon'] }),
    'transports[1]',
    '"transports[1]" must be one of short-polling, long-polling, sse, websocket, socket-io; it is "carrier-pigeon".',
  ],
  [
    'a transport twice',
    but({ transports: ['sse', 'sse'] }),
    'transports',
    '"transports" must be a list of transports, each once; it is ["sse","sse"].',
  ],
  [
    'a question that asks nothing',
    but({ question: 'Tell me about it.' }),
    'question',
    '"question" must be a question that ends with "?"; it is "Tell me about it.".',
  ],
  ['a slip', but({ reader: 5 }), 'reader', '"reader" is no field of a scenario. Did you mean "readers"?'],
  [
    'a slip within',
    traffic({ paylaod: 5 }),
    'traffic.paylaod',
    '"traffic.paylaod" is no field of "traffic". Did you mean "payload"?',
  ],
  ['a field of no kin', but({ colour: 'red' }), 'colour', '"colour" is no field of a scenario.'],
  [
    'a sweep of one value',
    sweep('rate', 1),
    'sweep.values',
    '"sweep.values" must be a list of 2 to 20 values for that field; it is [1].',
  ],
  [
    'a sweep over what cannot vary',
    sweep('repeat', 1, 2),
    'sweep.of',
    '"sweep.of" must be the name of the field that varies; it is "repeat".',
  ],
  [
    'a sweep over words',
    sweep('rate', 'slow', 2),
    'sweep.values[0]',
    '"sweep.values[0]" must be a number, true or false; it is "slow".',
  ],
  [
    'a sweep value the field would not take',
    sweep('payload', 100, 5_000),
    'sweep.values[1]',
    '"sweep.values[1]" must be a value for "payload", "conversation" (lines as people write them), or the length of ' +
      'every text, from 1 to 4,000 bytes; it is 5000.',
  ],
  [
    'a number where true or false is due',
    sweep('keepAlive', true, 0),
    'sweep.values[1]',
    '"sweep.values[1]" must be a value for "keepAlive", true (connections are used again) or false (each request says ' +
      'Connection: close); it is 0.',
  ],
  [
    'true where a number is due',
    sweep('readers', 5, true),
    'sweep.values[1]',
    '"sweep.values[1]" must be a value for "readers", the number of readers of the room, each with a connection of its ' +
      'own, from 0 to 20,000; it is true.',
  ],
  [
    'a sweep value twice',
    sweep('rate', 5, 1, 5),
    'sweep.values[2]',
    '"sweep.values[2]" is 5 again: each value of a sweep makes one case.',
  ],
  [
    'a sweep over bursts where there are none',
    sweep('burst', 2, 4),
    'sweep.of',
    '"sweep.of" may be "burst" only with "traffic.arrivals" "bursts".',
  ],
  [
    'publishers beside readers who publish',
    but({ readersPublish: true }),
    'publishers',
    '"publishers" must be 0 when "readersPublish" is true.',
  ],
  [
    'readers who publish but are not there',
    but({ publishers: 0, readers: 0, readersPublish: true }),
    'readers',
    '"readers" must be at least 1 when "readersPublish" is true.',
  ],
  [
    'traffic that nobody makes',
    but({ publishers: 0 }),
    'publishers',
    '"publishers" may be 0 only when the readers publish ("readersPublish": true) or nobody does ("traffic.rate": 0).',
  ],
  [
    'traffic that nobody makes in one case',
    { ...sweep('rate', 0, 5), publishers: 0 },
    'publishers',
    'With rate=5: "publishers" may be 0 only when the readers publish ("readersPublish": true) or nobody does ' +
      '("traffic.rate": 0).',
  ],
  [
    'bursts of no size',
    traffic({ arrivals: 'bursts' }),
    'traffic.burst',
    '"traffic.burst" is missing: "bursts" come in a size, like 20.',
  ],
  [
    'a burst without bursts',
    traffic({ burst: 20 }),
    'traffic.burst',
    '"traffic.burst" has no meaning with "traffic.arrivals" "even"; it needs "bursts".',
  ],
  [
    'too little time for a message',
    { ...traffic({ rate: 0.1 }), seconds: 5 },
    'seconds',
    '"seconds" is 5, in which no message need fall due at 0.1 a second: it must be at least 10.',
  ],
  [
    'more messages than memory holds',
    { ...traffic({ rate: 10_000 }), seconds: 3_600 },
    'seconds',
    '"traffic.rate" × ("seconds" + "warmUp") is 36,020,000 messages a run; the most is 1,000,000.',
  ],
  [
    'more deliveries than can be taken in',
    { ...traffic({ rate: 10_000 }), readers: 20_000 },
    'readers',
    '120,000 messages to 20,000 readers are too many deliveries a run; the most is 100,000,000.',
  ],
])('%s is refused, and why', (_, value, at, why) => {
  expect(faults(value)).toEqual([{ at, why }])
})

test('all faults are told at once, a line each', () => {
  const value = { ...but({ readers: -1, colour: 'red', title: '' }), question: undefined }
  expect(faults(value).map(({ at }) => at)).toEqual(
    expect.arrayContaining(['readers', 'colour', 'title', 'question']),
  )
  expect(() => checkScenario(value)).toThrow(/^(".*\n){3}".*$/)
})

test('a value of any length is told in one line', () => {
  expect(faults(but({ name: 'x'.repeat(10_000) }))[0]?.why.length).toBeLessThan(200)
})

test.each([...catalogue, ...claims.map(({ scenario }) => scenario)].map((of) => [of.name, of] as const))(
  '%s passes its own check',
  (_, scenario: Scenario) => {
    expect(checkScenario(scenario)).toEqual(scenario)
  },
)

/** A folder's files that hold one thing each, by the name of what they hold. */
const filesOf = (folder: string, others: readonly string[]) =>
  readdirSync(new URL(folder, import.meta.url))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !others.includes(file))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort()

test('a scenario is named as its file, and every file is in the catalogue', () => {
  expect(catalogue.map(({ name }) => name).sort()).toEqual(filesOf('./catalogue/', ['index.ts']))
})
