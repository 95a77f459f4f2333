import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { Argument } from 'commander'
import { randomFrom, shuffled } from '../plan.ts'
import type { Run } from '../report.ts'
import { defaults, type Scenario } from '../scenario.ts'
import { median } from '../stats/bootstrap.ts'
import { shareOut } from './cores.ts'
import { measure } from './measure.ts'
import {
  type PausedReader,
  type PushTransport,
  pausedClient,
  pauseReader,
  pushTransports,
} from './paused-reader.ts'
import { count, script } from './script.ts'
import { readMeter, startServer } from './servers.ts'

/**
 * `npm run bench:slow-reader`: what the others notice when readers stop reading. In each round and for each push
 * transport three servers run one after the other, in random order, each in a fresh process under the same load, with
 * three more readers, one of each push transport. On one server these have joined and read nothing: what they are owed
 * fills the kernel's buffers, then the server's memory, until it cuts them; then others do the same in their place, for
 * as long as figures count. On the two other servers they read: by how much these two differ is what cannot be told.
 *
 * The figures are the others' latency, and the server's memory. A run in which the load was late is made again.
 */
const asked = script('bench:slow-reader', 'What the others notice when readers stop reading.')
  .addArgument(new Argument('[transports...]', 'the others, only these').choices(pushTransports))
  .addOption(count('rounds', 'rounds of three servers in turn', 3))
  .addOption(count('seconds', 'seconds that count in each run', 60))
  .addOption(count('rate', 'messages a second', 1_000, 0.1))
  .addOption(count('readers', 'others that read', 4))
  .addOption(count('payload', 'characters of a message', 300))
  .parse()
const { rounds, seconds, rate, readers, payload } =
  asked.opts<Record<'rounds' | 'seconds' | 'rate' | 'readers' | 'payload', number>>()
const others = asked.args.length > 0 ? (asked.args as PushTransport[]) : pushTransports

/** How often a run is made before it is given up. */
const TRIES = 3
/** How often it is asked whether a paused reader is still there, in ms; on both sides, for asking costs the server. */
const LOOK = 250
/** How much worse the others' p99 may be, as a ratio. */
const ALLOWED = 1.1

const MB = 1024 * 1024
const cores = shareOut()
// What reads here is no work of the server's.
if (cores.load) execFileSync('taskset', ['-acp', cores.load.join(','), String(process.pid)])
const random = randomFrom(1)
const { signal } = new AbortController()
const sides = ['paused', 'reading', 'control'] as const
type Side = (typeof sides)[number]

const scenario = (transport: PushTransport): Scenario => ({
  ...defaults,
  name: 'slow-reader-cost',
  title: 'Slow reader',
  question: 'Do the others notice when readers stop reading?',
  about: 'The same load on a server with readers that read nothing, and with readers that do.',
  transports: [transport],
  readers,
  publishers: 4,
  traffic: { rate, arrivals: 'even', payload },
  headers: 'minimal',
  warmUp: 3,
  seconds,
})

/** What became of the readers of a transport that paused, one after the other. */
interface Fate {
  transport: PushTransport
  /** The seconds, from when figures count, after which the server had no connection of one any more. */
  closed: number[]
  /** What the first heard of its end when it read on. */
  heard?: string | undefined
}

interface Outcome {
  run: Run
  /** Bytes resident: before the load, all connected, and the most. */
  before: number
  peak: number
  fates: Fate[]
}

async function once(transport: PushTransport, side: Side, round: number): Promise<Outcome> {
  const server = await startServer({ cores: cores.server, signal })
  const present = new Map<PushTransport, PausedReader>()
  const gone: { of: PushTransport; reader: PausedReader }[] = []
  const fates: Fate[] = pushTransports.map((of) => ({ transport: of, closed: [] }))
  const over = new AbortController()
  let looking: Promise<void> | undefined

  async function join(of: PushTransport, room: string) {
    const reader = await pauseReader(of, server.url, room)
    present.set(of, reader)
    if (side !== 'paused') await reader.readOn(0)
  }

  /** Puts another in the place of each that was cut. */
  async function look(room: string) {
    const begun = performance.now()
    while (!over.signal.aborted) {
      const tallies = await readMeter(server.url, pushTransports.map(pausedClient), signal)
      for (const { transport: of, closed } of fates) {
        const reader = present.get(of)
        if (!reader || tallies[pausedClient(of)].open > 0) continue
        closed.push((performance.now() - begun) / 1_000)
        gone.push({ of, reader })
        await join(of, room)
      }
      await sleep(LOOK)
    }
  }

  try {
    const run = await measure({
      server,
      planned: { case: { label: '', scenario: scenario(transport) }, transport, repetition: 1, seed: round },
      order: 0,
      publishOver: 'same',
      oneClock: true,
      cores: cores.load,
      signal,
      onStep: () => {},
      async onBoundary({ at, room }) {
        if (at === 'begin') {
          for (const of of pushTransports) await join(of, room)
          looking = look(room)
        } else {
          over.abort()
          await looking
        }
      },
    })
    const peak = (await server.process?.peakMemory()) ?? 0
    for (const fate of fates)
      fate.heard = await gone.find(({ of }) => of === fate.transport)?.reader.readOn(10)
    return { run, before: run.server?.rssConnected ?? 0, peak, fates }
  } finally {
    over.abort()
    await looking?.catch(() => {})
    for (const reader of [...gone.map(({ reader }) => reader), ...present.values()]) reader.close()
    await server.stop()
  }
}

/** A valid run, or the last that was tried. */
async function valid(transport: PushTransport, side: Side, round: number): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await once(transport, side, round)
    const { invalid } = outcome.run
    if (invalid === undefined) return outcome
    console.log(`  round ${round}, ${side}: invalid, try ${attempt} of ${TRIES}. ${invalid}`)
    if (attempt === TRIES) return outcome
  }
}

const p99 = ({ run: { latency } }: Outcome) => latency.p99 ?? latency.max ?? Number.NaN
const middle = (values: readonly number[]) => median(values.toSorted((a, b) => a - b))
const times = (ratio: number) => `×${ratio.toFixed(2)}`
const mb = (bytes: number) => `${(bytes / MB).toFixed(1)} MB`

function sayOutcome(round: number, side: Side, { run, before, peak, fates }: Outcome) {
  const { latency, lost } = run
  const percentiles = [latency.p50, latency.p95, latency.p99].map((ms) => (ms ?? Number.NaN).toFixed(2))
  console.log(
    `  round ${round}, ${side.padEnd(7)}  ${percentiles.join(', ').padEnd(18)} ms, n ${latency.n}, ${lost} lost; ` +
      `${mb(before)} before, ${mb(peak)} at most`,
  )
  for (const { transport, closed, heard } of fates) {
    const when = closed.map((after) => after.toFixed(1)).join(', ')
    if (closed.length > 0)
      console.log(`    ${transport}: cut after ${when} s; read on, it heard: ${heard ?? 'nothing'}`)
    else if (side === 'paused') console.log(`    ${transport}: not cut; what it was owed fitted the buffers`)
  }
}

console.log(
  `${readers} readers of one transport at a time, ${rate} messages a second of ${payload} bytes, ${seconds} s, ` +
    `${rounds} ${rounds === 1 ? 'round' : 'rounds'}; ${cores.said}.`,
)
console.log(
  'Beside them one reader of each push transport that is paused, or reads, or reads (control); measured.',
)
console.log('Latency of those that read: p50, p95, p99. Memory: the server’s, resident.')
const ratios: number[] = []
const controls: number[] = []
const growths: number[] = []
for (const transport of others) {
  console.log(`\n${transport}`)
  for (let round = 1; round <= rounds; round++) {
    const outcomes = {} as Record<Side, Outcome>
    for (const side of shuffled(sides, random)) outcomes[side] = await valid(transport, side, round)
    for (const side of sides) sayOutcome(round, side, outcomes[side])
    if (sides.some((side) => outcomes[side].run.invalid !== undefined)) continue
    const { paused, reading, control } = outcomes
    ratios.push(p99(paused) / ((p99(reading) + p99(control)) / 2))
    controls.push(p99(reading) / p99(control))
    growths.push(paused.peak - Math.max(reading.peak, control.peak))
  }
}

const left = others.length * rounds - ratios.length
if (left > 0) console.log(`\n${left} of ${others.length * rounds} rounds are left out: the load was late.`)
if (ratios.length === 0) process.exit(1)
const ratio = middle(ratios)
/** By how much two equal servers differ all the same, whichever was the slower. */
const control = middle(controls)
const noise = Math.max(control, 1 / control)
const verdict =
  noise > ALLOWED ? 'not to be told on a machine that is busy' : ratio <= ALLOWED ? 'met' : 'missed'
console.log(
  `\nThe others’ p99 beside paused readers is ${times(ratio)} of that beside reading ones (median of ${ratios.length}: ` +
    `${ratios.map(times).join(' ')}).`,
)
console.log(`Two servers with reading ones differ by ${times(control)} (${controls.map(times).join(' ')}).`)
console.log(`Target at most ${times(ALLOWED)}: ${verdict}.`)
console.log(
  `The server took ${mb(middle(growths))} more at most (median), ${mb(Math.max(...growths))} the most.`,
)
