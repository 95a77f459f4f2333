import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { Report } from '../../scenarios/report.ts'
import { emptyTally } from '../../server/contract/meter.ts'
import { readReport } from './check.ts'

const times = { n: 2, min: 1, mean: 1.5, p50: 1, p90: 2, p95: 2, p99: 2, p999: 2, max: 2, curve: [[0.5, 1]] }

/** A report with every field that there is, optional ones too. */
const whole: Report = {
  version: 1,
  id: 'quiet-room-1',
  scenario: {
    name: 'quiet-room',
    title: 'Quiet room',
    question: 'What does silence cost?',
    about: 'One reader.',
    transports: ['sse'],
    readers: 1,
    publishers: 1,
    readersPublish: false,
    traffic: { rate: 1, arrivals: 'bursts', burst: 2, payload: 'conversation' },
    interval: 1,
    wait: 25,
    headers: 'chrome',
    cookieBytes: 0,
    keepAlive: true,
    warmUp: 1,
    seconds: 1,
    repeat: 1,
    sweep: { of: 'rate', values: [1, 2] },
    notInBrowser: 'It is too large.',
  },
  publishOver: 'same',
  command: 'npm run bench -- run quiet-room',
  seed: 1,
  startedAt: '2026-01-31T12:00:00Z',
  interrupted: false,
  environment: {
    where: 'command line',
    together: false,
    server: 'own process',
    sameHost: true,
    loopback: true,
    tls: false,
    cores: 'shared',
    cpu: 'a processor',
    cpuCount: 2,
    memoryBytes: 1,
    os: 'an operating system',
    runtime: 'node 20',
    wireside: '0.1.0',
    notes: ['a note'],
  },
  runs: [
    {
      transport: 'sse',
      case: 'rate=1',
      repetition: 1,
      order: 0,
      seed: 1,
      invalid: 'The generator was late.',
      seconds: 1,
      readers: 1,
      scheduled: 2,
      published: 2,
      refused: 0,
      expected: 2,
      delivered: 2,
      lost: 0,
      duplicated: 0,
      reordered: 0,
      late: 0,
      reconnects: 0,
      latency: times as Report['runs'][number]['latency'],
      rawLatency: times as Report['runs'][number]['latency'],
      sinceServer: times as Report['runs'][number]['latency'],
      lateness: times as Report['runs'][number]['latency'],
      readersTally: emptyTally(),
      publishersTally: emptyTally(),
      server: {
        cpuSeconds: 1,
        rssBefore: 1,
        rssConnected: 1,
        rssAfter: 1,
        eventLoopDelayP99: 1,
        eventLoopDelayMax: 1,
      },
      generator: { cpuSeconds: 1, eventLoopDelayP99: 1, eventLoopDelayMax: 1 },
    },
  ],
  observations: [{ id: 'accept-key', what: 'A handshake by hand.', value: 101, unit: 'status' }],
}

const conforms = new Ajv().compile(Report)
const said = (value: unknown) => {
  try {
    readReport(typeof value === 'string' ? value : JSON.stringify(value))
    return 'is shown'
  } catch (error) {
    return (error as Error).message
  }
}

/** Every place of a value, as a path of keys. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path]
  const within = Object.entries(value).flatMap(([key, child]) => places(child, [...path, key]))
  return path.length ? [path, ...within] : within
}

function changed(
  path: (string | number)[],
  change: (parent: Record<string, unknown>, key: string) => void,
): unknown {
  const copy = structuredClone(whole)
  let parent = copy as unknown as Record<string, unknown>
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string, unknown>
  change(parent, String(path.at(-1)))
  return copy
}

test('a report with every field is read, and is what it was', () => {
  expect(conforms(whole)).toBe(true)
  expect(readReport(JSON.stringify(whole))).toEqual(whole)
})

describe('it agrees with the schema', () => {
  const all = places(whole)

  test('about what may be missing', () => {
    const names = all.filter((path) => typeof path.at(-1) === 'string' && !/^\d+$/.test(String(path.at(-1))))
    expect(names.length).toBeGreaterThan(130)
    for (const path of names) {
      const without = changed(path, (parent, key) => delete parent[key])
      expect(said(without) === 'is shown', path.join('.')).toBe(conforms(without))
    }
  })

  test('about what is of the wrong kind', () => {
    for (const path of all) {
      // The list is sorted by it: here the page wants more than the schema, which knows no times.
      if (path[0] === 'startedAt') continue
      for (const wrong of [null, { no: 'thing' }, 'no such word', [], true, -0.5]) {
        const value = changed(path, (parent, key) => {
          parent[key] = wrong
        })
        // What the schema takes, the page shows. It is content with less: an empty list, a negative count.
        if (conforms(value))
          expect(said(value), `${path.join('.')} ${JSON.stringify(wrong)}`).toBe('is shown')
        else if (typeof wrong === 'object' && !Array.isArray(wrong))
          expect(said(value), path.join('.')).not.toBe('is shown')
      }
    }
  })
})

test.each([
  ['', 'This is not JSON.'],
  ['<html>', 'This is not JSON.'],
  ['null', 'no report'],
  ['[]', 'no report'],
  ['{"name":"wireside","version":"1.0.0"}', 'no report'],
  [JSON.stringify({ ...whole, version: 2 }), 'has version 2, and this page reads version 1. Update Wireside'],
  [JSON.stringify({ ...whole, id: '../../etc' }), '"id" must be a name'],
  [
    JSON.stringify({ ...whole, runs: [{ ...whole.runs[0], transport: 'pigeon' }] }),
    '"runs[0].transport" must be one of',
  ],
  [JSON.stringify({ ...whole, startedAt: 'yesterday' }), '"startedAt" must be a time like'],
])('%j is refused with a sentence that says why', (text, sentence) => {
  expect(said(text)).toContain(sentence)
})
