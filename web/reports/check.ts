import type { Distribution, Environment, Observation, Report, Run } from '../../scenarios/report.ts'
import type { Scenario, ScheduledFault, Sweep, Traffic } from '../../scenarios/scenario.ts'
import type { Conditions } from '../../server/contract/link.ts'
import { tallyFields } from '../../server/contract/meter.ts'
import { transportNames } from '../../server/contract/transports.ts'
import { swept } from './swept.ts'

/**
 * Whether a stranger's file is a report that the page can show. By hand, for the page does not carry a validator:
 * `satisfies` holds it to the fields there are, and a test to the schema.
 */

/** What is wrong with a value, as the end of a sentence; nothing when it is as it should be. */
type Look = (value: unknown, at: string) => string | undefined

const of =
  (what: string, is: (value: unknown) => boolean): Look =>
  (value, at) =>
    is(value) ? undefined : `"${at}" must be ${what}`

const number = of('a number', (value) => typeof value === 'number')
const isText = (value: unknown) => typeof value === 'string'
const text = of('text', isText)
const flag = of('true or false', (value) => typeof value === 'boolean')
const day = of(
  'a time like 2026-01-31T12:00:00Z',
  (value) => isText(value) && !Number.isNaN(Date.parse(value)),
)
const id = of(
  'a name of a–z, 0–9 and "-"',
  (value) => isText(value) && /^[a-z0-9][a-z0-9-]{0,127}$/.test(value),
)
const transport = among(...transportNames)

function among(...choices: unknown[]): Look {
  return of(`one of ${choices.join(', ')}`, (value) => choices.includes(value))
}

const either =
  (...looks: Look[]): Look =>
  (value, at) =>
    looks.some((look) => look(value, at) === undefined) ? undefined : looks[0]?.(value, at)

const maybe =
  (look: Look): Look =>
  (value, at) =>
    value === undefined ? undefined : look(value, at)

/** More than any report holds; a longer list would only tie up the page. */
const MOST = 20_000

const list =
  (look: Look): Look =>
  (value, at) => {
    if (!Array.isArray(value) || value.length > MOST) return `"${at}" must be a list`
    for (const [index, item] of value.entries()) {
      const fault = look(item, `${at}[${index}]`)
      if (fault) return fault
    }
    return undefined
  }

const fields =
  (looks: Record<string, Look>): Look =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return `${at ? `"${at}"` : 'it'} must be an object`
    }
    for (const [name, look] of Object.entries(looks)) {
      const field = (value as Record<string, unknown>)[name]
      const fault = look(field, at ? `${at}.${name}` : name)
      if (fault) return fault
    }
    return undefined
  }

const distribution = fields({
  n: number,
  min: maybe(number),
  mean: maybe(number),
  p50: maybe(number),
  p90: maybe(number),
  p95: maybe(number),
  p99: maybe(number),
  p999: maybe(number),
  max: maybe(number),
  curve: list(
    of(
      'a pair of numbers',
      (value) => Array.isArray(value) && value.length === 2 && value.every(Number.isFinite),
    ),
  ),
} satisfies Record<keyof Distribution, Look>)

const tally = fields(Object.fromEntries(tallyFields.map((field) => [field, number])))

const run = fields({
  transport,
  case: text,
  repetition: number,
  order: number,
  seed: number,
  invalid: maybe(text),
  seconds: number,
  readers: number,
  scheduled: number,
  published: number,
  refused: number,
  expected: number,
  delivered: number,
  lost: number,
  duplicated: number,
  reordered: number,
  late: number,
  reconnects: number,
  latency: distribution,
  rawLatency: distribution,
  sinceServer: distribution,
  lateness: distribution,
  readersTally: tally,
  publishersTally: tally,
  recovery: maybe(
    fields({
      cuts: number,
      n: number,
      p50: maybe(number),
      max: maybe(number),
    } satisfies Record<keyof NonNullable<Run['recovery']>, Look>),
  ),
  link: maybe(
    fields({
      cpuSeconds: number,
      eventLoopDelayP99: number,
      eventLoopDelayMax: number,
    } satisfies Record<keyof NonNullable<Run['link']>, Look>),
  ),
  server: maybe(
    fields({
      cpuSeconds: number,
      rssBefore: number,
      rssConnected: number,
      rssAfter: number,
      inUseConnected: maybe(number),
      eventLoopDelayP99: number,
      eventLoopDelayMax: number,
    } satisfies Record<keyof NonNullable<Run['server']>, Look>),
  ),
  generator: fields({
    cpuSeconds: maybe(number),
    eventLoopDelayP99: number,
    eventLoopDelayMax: number,
  } satisfies Record<keyof Run['generator'], Look>),
} satisfies Record<keyof Run, Look>)

const conditions = fields({
  rtt: maybe(number),
  jitter: maybe(number),
  bandwidth: maybe(number),
  buffer: maybe(fields({ bytes: number, ms: number })),
  refuseUpgrade: maybe(flag),
  idleCut: maybe(number),
} satisfies Record<keyof Conditions, Look>)

const scenario = fields({
  name: text,
  title: text,
  question: text,
  about: text,
  transports: list(transport),
  readers: number,
  publishers: number,
  readersPublish: flag,
  traffic: fields({
    rate: number,
    arrivals: among('even', 'poisson', 'bursts'),
    burst: maybe(number),
    payload: either(number, among('conversation')),
  } satisfies Record<keyof Traffic, Look>),
  interval: number,
  wait: number,
  headers: among('chrome', 'minimal'),
  cookieBytes: number,
  keepAlive: flag,
  warmUp: number,
  seconds: number,
  repeat: number,
  history: maybe(number),
  otherRooms: maybe(number),
  sweep: maybe(
    fields({
      of: among(...Object.keys(swept)),
      values: list(either(number, flag)),
    } satisfies Record<keyof Sweep, Look>),
  ),
  conditions: maybe(either(text, conditions)),
  faults: maybe(
    list(
      fields({
        at: number,
        do: text,
        how: maybe(text),
        seconds: maybe(number),
        readers: maybe(number),
      } satisfies Record<keyof ScheduledFault, Look>),
    ),
  ),
  notInBrowser: maybe(text),
} satisfies Record<keyof Scenario, Look>)

const environment = fields({
  where: among('command line', 'browser'),
  together: flag,
  server: text,
  sameHost: flag,
  loopback: flag,
  tls: flag,
  cores: text,
  cpu: text,
  cpuCount: number,
  memoryBytes: number,
  os: text,
  runtime: text,
  wireside: text,
  network: maybe(text),
  notes: list(text),
} satisfies Record<keyof Environment, Look>)

const observation = fields({
  id: text,
  what: text,
  value: either(number, flag, text),
  unit: maybe(text),
} satisfies Record<keyof Observation, Look>)

const report = fields({
  version: among(1),
  id,
  scenario,
  publishOver: among('same', ...transportNames),
  command: text,
  seed: number,
  startedAt: day,
  interrupted: flag,
  environment,
  runs: list(run),
  unreached: maybe(list(fields({ transport, case: text, why: text }))),
  observations: maybe(list(observation)),
} satisfies Record<keyof Report, Look>)

/** Reads a report out of text. Throws with a sentence that says why it cannot be shown. */
export function readReport(json: string): Report {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new Error(
      'This is not JSON. A report is the .json file that the benchmark wrote or this page downloaded.',
    )
  }
  const { version, runs } = (value ?? {}) as Partial<Record<string, unknown>>
  if (typeof version !== 'number' || runs === undefined) {
    throw new Error('This is JSON, but no report: a report has a version and runs.')
  }
  if (version !== 1) {
    throw new Error(
      `This report has version ${version}, and this page reads version 1. Update Wireside to open it.`,
    )
  }
  const fault = report(value, '')
  if (fault) throw new Error(`This report is damaged: ${fault}.`)
  return value as Report
}
