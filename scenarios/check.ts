import { Ajv, type ErrorObject } from 'ajv'
import type { TSchema } from 'typebox'
import { Conditions } from '../server/contract/link.ts'
import { checkStructure } from '../server/contract/validate.ts'
import { defaults } from './define.ts'
import { nearest } from './nearest.ts'
import { endOf } from './network.ts'
import { cases } from './plan.ts'
import { Scenario, type ScheduledFault, Sweep, Traffic } from './scenario.ts'

/** One thing that is wrong with a scenario somebody wrote. */
export interface Fault {
  /** Where: `traffic.rate`, `sweep.values[2]`; `''` for the whole. */
  at: string
  /** A sentence: what it must be, and what it is. */
  why: string
}

/**
 * A scenario that cannot be run, with everything that is wrong with it. Its message has a line for each
 * fault.
 */
export class ScenarioError extends Error {
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    super(faults.map(({ why }) => why).join('\n'))
    this.name = 'ScenarioError'
    this.faults = faults
  }
}

/**
 * A scenario from what somebody wrote: fills in what it leaves unsaid and checks all the rest. The value
 * itself is left as it was. Throws a `ScenarioError` that names every fault at once.
 */
export function checkScenario(value: unknown): Scenario {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ScenarioError([{ at: '', why: `A scenario must be a JSON object; this is ${told(value)}.` }])
  }
  const poisoned = checkStructure(value, 'bad-request')
  if (poisoned) throw new ScenarioError([{ at: '', why: poisoned.message }])
  const filled: unknown = { ...defaults, ...value }
  const faults = schemaFaults(filled)
  // What a schema cannot say is only worth asking of fields that are what they should be.
  if (faults.length === 0) faults.push(...sweepFaults(filled as Scenario))
  if (faults.length === 0) faults.push(...ruleFaults(filled as Scenario))
  if (faults.length > 0) throw new ScenarioError(faults)
  return filled as Scenario
}

/** Like that of the wire, except that it goes on after the first fault. */
const ajv = new Ajv({
  allErrors: true,
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: false,
  verbose: true,
})
const fits = ajv.compile(Scenario)
const sweepable = { ...Scenario.properties, ...Traffic.properties, rtt: Conditions.properties.rtt }
const fitsField = Object.fromEntries(
  Sweep.properties.of.anyOf.map(({ const: field }) => [field, ajv.compile(sweepable[field])]),
) as Record<Sweep['of'], ReturnType<typeof ajv.compile>>

function schemaFaults(value: unknown): Fault[] {
  if (fits(value)) return []
  const found = (fits.errors ?? []).map(fault)
  // Each branch of a choice is told before the choice itself, whose sentence it is: the last of a field is the one.
  const told = [...new Map(found.map((one) => [one.at, one])).values()]
  // Where something is wrong inside of an object, that it is no choice's branch goes without saying.
  const outer = (at: string) => told.some((other) => at === 'conditions' && other.at.startsWith(`${at}.`))
  return told.filter(({ at }) => !outer(at))
}

function fault(error: ErrorObject): Fault {
  const at = dotted(error.instancePath)
  const schema = error.parentSchema as Annotated
  if (error.keyword === 'additionalProperties') {
    const unknown = inside(at, error.params.additionalProperty)
    const meant = nearest(error.params.additionalProperty, Object.keys(schema.properties ?? {}))
    const hint = meant ? ` Did you mean "${meant}"?` : ''
    return { at: unknown, why: `"${unknown}" is no field of ${at ? `"${at}"` : 'a scenario'}.${hint}` }
  }
  if (error.keyword === 'required') {
    const missing = inside(at, error.params.missingProperty)
    const description = schema.properties?.[error.params.missingProperty]?.description
    return { at: missing, why: `"${missing}" is missing: it must be ${description ?? 'there'}.` }
  }
  const whole = error.keyword === 'type' && error.params.type === 'integer' ? 'a whole number, ' : ''
  return wrong(at, `${whole}${schema.description ?? error.message}`, error.data)
}

interface Annotated extends TSchema {
  description?: string
  properties?: Record<string, Annotated>
}

const wrong = (at: string, must: string, is: unknown): Fault => ({
  at,
  why: `"${at}" must be ${must}; it is ${told(is)}.`,
})

/** `/sweep/values/2` as `sweep.values[2]`. */
const dotted = (pointer: string) =>
  pointer
    .slice(1)
    .replaceAll('/', '.')
    .replaceAll('~1', '/')
    .replaceAll('~0', '~')
    .replace(/\.(\d+)/g, '[$1]')

const inside = (at: string, field: string) => (at ? `${at}.${field}` : field)

/** A value as somebody would recognise it from the file, however long it is there. */
function told(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value)
  return json.length > 60 ? `${json.slice(0, 57)}…` : json
}

function sweepFaults({ sweep, traffic }: Scenario): Fault[] {
  if (!sweep) return []
  const faults: Fault[] = []
  if (sweep.of === 'burst' && traffic.arrivals !== 'bursts') {
    faults.push({ at: 'sweep.of', why: '"sweep.of" may be "burst" only with "traffic.arrivals" "bursts".' })
  }
  for (const [index, value] of sweep.values.entries()) {
    const at = `sweep.values[${index}]`
    const description = (sweepable[sweep.of] as Annotated).description
    if (!fitsField[sweep.of](value)) {
      faults.push(wrong(at, `a value for "${sweep.of}", ${description}`, value))
    } else if (sweep.values.indexOf(value) < index) {
      faults.push({ at, why: `"${at}" is ${told(value)} again: each value of a sweep makes one case.` })
    }
  }
  return faults
}

/** A run keeps the instants of all its messages, and the meaning of what it keeps for each, in memory. */
const MOST_MESSAGES = 1_000_000
/** Far beyond what one process of load can take in. */
const MOST_DELIVERIES = 100_000_000

/** What holds between fields, for every case. */
function ruleFaults(scenario: Scenario): Fault[] {
  const found = cases(scenario).flatMap((of) => {
    const faults = [
      ...publisherFaults(of.scenario),
      ...trafficFaults(of.scenario),
      ...scheduleFaults(of.scenario),
    ]
    return of.label === '' ? faults : faults.map(({ at, why }) => ({ at, why: `With ${of.label}: ${why}` }))
  })
  // What is wrong in every case alike has nothing to do with the sweep.
  return [...new Map(found.map((one) => [one.at, one])).values()]
}

function publisherFaults({ publishers, readers, readersPublish, traffic }: Scenario): Fault[] {
  if (readersPublish && publishers > 0) {
    return [{ at: 'publishers', why: '"publishers" must be 0 when "readersPublish" is true.' }]
  }
  if (readersPublish && readers === 0) {
    return [{ at: 'readers', why: '"readers" must be at least 1 when "readersPublish" is true.' }]
  }
  if (!readersPublish && publishers === 0 && traffic.rate > 0) {
    const why =
      '"publishers" may be 0 only when the readers publish ("readersPublish": true) or nobody does ' +
      '("traffic.rate": 0).'
    return [{ at: 'publishers', why }]
  }
  return []
}

function trafficFaults({ traffic, readers, seconds, warmUp }: Scenario): Fault[] {
  const { rate, arrivals, burst } = traffic
  const faults: Fault[] = []
  if (arrivals === 'bursts' && burst === undefined) {
    const why = '"traffic.burst" is missing: "bursts" come in a size, like 20.'
    faults.push({ at: 'traffic.burst', why })
  }
  if (arrivals !== 'bursts' && burst !== undefined) {
    const why = `"traffic.burst" has no meaning with "traffic.arrivals" ${told(arrivals)}; it needs "bursts".`
    faults.push({ at: 'traffic.burst', why })
  }
  const messages = rate * (seconds + warmUp)
  if (rate > 0 && rate * seconds < 1) {
    const why =
      `"seconds" is ${seconds}, in which no message need fall due at ${rate} a second: ` +
      `it must be at least ${Math.ceil(1 / rate)}.`
    faults.push({ at: 'seconds', why })
  } else if (messages > MOST_MESSAGES) {
    const why =
      `"traffic.rate" × ("seconds" + "warmUp") is ${count(messages)} messages a run; ` +
      `the most is ${count(MOST_MESSAGES)}.`
    faults.push({ at: 'seconds', why })
  } else if (messages * readers > MOST_DELIVERIES) {
    const why =
      `${count(messages)} messages to ${count(readers)} readers are too many deliveries a run; ` +
      `the most is ${count(MOST_DELIVERIES)}.`
    faults.push({ at: 'readers', why })
  }
  return faults
}

/** Which `how` a fault may have; nothing where there is only one way. */
const ways: Record<ScheduledFault['do'], readonly NonNullable<ScheduledFault['how']>[]> = {
  cut: ['rst', 'fin'],
  restart: ['drain', 'kill'],
  refuse: [],
  stall: [],
  'drop-response': [],
  'pause-readers': [],
}
const lasting: Record<ScheduledFault['do'], 'must' | 'may' | 'may not'> = {
  cut: 'may',
  restart: 'may not',
  refuse: 'must',
  stall: 'must',
  'drop-response': 'may not',
  'pause-readers': 'must',
}

function scheduleFaults(scenario: Scenario): Fault[] {
  const { faults = [], readers, readersPublish, seconds } = scenario
  const found = faults.flatMap((one, index) => {
    const at = `faults[${index}]`
    const before = faults[index - 1]
    return [
      ...formFaults(one, at, readers),
      ...(endOf(one) > seconds
        ? [{ at: `${at}.at`, why: `"${at}" ends at ${endOf(one)} s, and figures count for ${seconds} s.` }]
        : []),
      ...(before && endOf(before) > one.at
        ? [
            {
              at: `${at}.at`,
              why: `"${at}" begins before the one ahead of it has ended: faults come one after the other.`,
            },
          ]
        : []),
    ]
  })
  if (faults.length > 0 && readersPublish) {
    const why =
      '"readersPublish" must be false where there are "faults": they hit the readers’ connections, and what ' +
      'nobody could publish cannot be missed.'
    found.push({ at: 'readersPublish', why })
  }
  if (faults.length > 0 && readers === 0) {
    found.push({ at: 'readers', why: '"readers" must be at least 1 where there are "faults".' })
  }
  return found
}

/** What fits which kind of fault. */
function formFaults(one: ScheduledFault, at: string, readers: number): Fault[] {
  const faults: Fault[] = []
  if (one.how !== undefined && !ways[one.do].includes(one.how)) {
    const may = ways[one.do].map((how) => `"${how}"`).join(' or ')
    const why = may ? `must be ${may} with "do" "${one.do}"` : `has no meaning with "do" "${one.do}"`
    faults.push({ at: `${at}.how`, why: `"${at}.how" ${why}; it is "${one.how}".` })
  }
  if (one.seconds === undefined && lasting[one.do] === 'must') {
    const why = `"${at}.seconds" is missing: "${one.do}" lasts so many seconds.`
    faults.push({ at: `${at}.seconds`, why })
  }
  if (one.seconds !== undefined && lasting[one.do] === 'may not') {
    const why = `"${at}.seconds" has no meaning with "do" "${one.do}".`
    faults.push({ at: `${at}.seconds`, why })
  }
  if (one.readers !== undefined && one.do !== 'pause-readers') {
    faults.push({ at: `${at}.readers`, why: `"${at}.readers" needs "do" "pause-readers".` })
  } else if ((one.readers ?? 1) > readers && readers > 0) {
    const why = `"${at}.readers" is ${one.readers}, and there are ${count(readers)}.`
    faults.push({ at: `${at}.readers`, why })
  }
  return faults
}

const count = (value: number) => Math.round(value).toLocaleString('en-GB')
