import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { cases, randomFrom, shuffled } from '../../plan.ts'
import type { Run } from '../../report.ts'
import type { Scenario } from '../../scenario.ts'
import { shareOut } from '../cores.ts'
import { readerClient } from '../load/protocol.ts'
import { measure } from '../measure.ts'
import { count, script } from '../script.ts'
import { readMeter, type Server, startServer } from '../servers.ts'
import { heading, linesOf, type Outcome, outcomeOf, type Round, type Side, sides } from './outcome.ts'
import { type Row, rowsFor } from './rows.ts'

/**
 * `npm run bench:rivals`: the product beside bare-library servers, on the same loads from the same load
 * process.
 *
 * In each round all sides are measured in turn, in an order that the seed shuffles, each with a fresh server
 * and a fresh load; a round gives one ratio to each rival. The median of the rounds is the result and the
 * quartiles say how wide they were: a machine that is slower for a while is slower for all sides of a round.
 * Every value of every round is in the JSON. `--list` names the rows; `--readers` tries the command out with
 * fewer than the rows ask for.
 */
const asked = script('bench:rivals', 'The product beside minimal servers made of little but the library.')
  .addOption(new Option('--rows <ids>', 'only these, with commas between them').argParser(ids))
  .addOption(count('rounds', 'rounds of all sides in turn', 5))
  .addOption(count('seconds', 'seconds that count in each run', 10, 0.5))
  .addOption(count('readers', 'fewer than the rows ask for, to try it out'))
  .addOption(count('seed', 'of the order', 1, 0))
  .option('--out <file>', 'where every value of every round is written', 'reports/rivals.json')
  .option('--list', 'names the rows, and measures nothing')
  .parse()
  .opts<Asked>()
const { rounds, seed } = asked
const rows = rowsFor(asked).filter(({ id }) => asked.rows?.includes(id) ?? true)
const random = randomFrom(seed)
const cores = shareOut()
const stop = new AbortController()
process.once('SIGINT', () => stop.abort())

/** One side of one row in one round: what was measured, or why it was not. */
interface Measured {
  row: string
  round: number
  side: Side
  values: Record<string, number>
  /** What speaks against the figures, from the load itself. */
  notes: string[]
  /** Whether that is so much that there are no values. */
  leftOut: boolean
}

if (asked.list) {
  for (const { id, transport, title } of rows) console.log(`${id.padEnd(18)} ${transport}, ${title}`)
} else {
  await compareAll()
}

async function compareAll() {
  const measured: Measured[] = []
  const results: { row: string; title: string; outcomes: Outcome[] }[] = []
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`
  const conditions = `Loopback; ${cores.said}; ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; medians, quartiles in brackets.`
  console.log(`${machine}. ${conditions}\n\n${heading}`)
  for (const row of rows) {
    const title = `${row.id}: ${row.transport}, ${row.title}`
    for (let round = 1; round <= rounds && !stop.signal.aborted; round++) {
      for (const side of shuffled(row.rivals ? sides : (['ours'] as const), random)) {
        try {
          measured.push(await measureSide(row, round, side))
        } catch (error) {
          if (stop.signal.aborted) break
          process.exitCode = 1
          console.error(`${row.id}, round ${round}, ${side}: ${(error as Error).message}`)
        }
      }
    }
    const ofRow = measured.filter((each) => each.row === row.id)
    const outcomes = row.measures.map((measure) => outcomeOf(measure, roundsOf(ofRow, measure.label)))
    results.push({ row: row.id, title, outcomes })
    for (const line of linesOf(title, outcomes)) console.log(line)
    for (const note of notesOf(ofRow)) console.log(`  ${note}`)
    if (stop.signal.aborted) break
  }
  mkdirSync(dirname(asked.out), { recursive: true })
  writeFileSync(
    asked.out,
    `${JSON.stringify({ version: 1, machine, conditions, seed, interrupted: stop.signal.aborted, results, measured }, null, 1)}\n`,
  )
  console.log(`\nEvery value of every round: ${asked.out}`)
  if (stop.signal.aborted) process.exitCode = 1
}

async function measureSide(row: Row, round: number, side: Side): Promise<Measured> {
  const runs: Run[] = []
  let polls = 0
  for (const scenario of row.scenarios) {
    const server = await start(row, side)
    try {
      const result = await runOnce(server, scenario, round)
      runs.push(result.run)
      polls += result.polls
    } finally {
      await server.stop()
    }
  }
  const leftOut = runs.some((run) => !row.accepts(run))
  const values = row.measures.flatMap(({ label, value }) => {
    const its = leftOut ? undefined : value(runs, polls)
    return its === undefined ? [] : [[label, its] as const]
  })
  return {
    row: row.id,
    round,
    side,
    values: Object.fromEntries(values),
    notes: runs.flatMap(against),
    leftOut,
  }
}

/** What speaks against a run. */
function against({ lost, duplicated, reordered, refused, reconnects, invalid }: Run): string[] {
  const wrong = Object.entries({ lost, duplicated, reordered, refused, reconnects }).filter(([, n]) => n > 0)
  const counts = wrong.map(([what, n]) => `${n} ${what}`).join(', ')
  return [...(counts ? [`${counts}.`] : []), ...(invalid === undefined ? [] : [invalid])]
}

function start({ transport }: Row, side: Side): Promise<Server> {
  return startServer({
    cores: cores.server,
    signal: stop.signal,
    ...(side !== 'ours' && { module: 'scenarios/bench/rivals/server', args: [transport, side] }),
  })
}

async function runOnce(
  server: Server,
  scenario: Scenario,
  round: number,
): Promise<{ run: Run; polls: number }> {
  const [transport] = scenario.transports
  const [only] = cases(scenario)
  if (!transport || !only) throw new Error('A row has one transport and one case.')
  const requests: number[] = []
  const run = await measure({
    server,
    planned: { case: only, transport, repetition: round, seed: seed + round },
    order: 0,
    publishOver: 'same',
    oneClock: true,
    cores: cores.load,
    signal: stop.signal,
    onStep: () => {},
    // Polls are counted from clock reading to clock reading; the run's own tally is read a little later.
    onBoundary: async () => {
      const tallies = await readMeter(server.url, [readerClient], stop.signal)
      requests.push(tallies[readerClient].requests)
    },
  })
  return { run, polls: (requests.at(-1) ?? 0) - (requests[0] ?? 0) }
}

function roundsOf(measured: readonly Measured[], label: string): Round[] {
  return Array.from({ length: rounds }, (_, index) =>
    Object.fromEntries(
      measured
        .filter(({ round, values }) => round === index + 1 && values[label] !== undefined)
        .map(({ side, values }) => [side, values[label]]),
    ),
  )
}

/** What speaks against figures, with an example, once for each side. */
function notesOf(measured: readonly Measured[]): string[] {
  return sides.flatMap((side) => {
    const of = measured.filter((each) => each.side === side)
    const noted = of.filter(({ notes }) => notes.length > 0)
    const [example] = noted
    if (!example) return []
    const out = of.filter(({ leftOut }) => leftOut).length
    return [`${side}, ${out} of ${of.length} left out, ${noted.length} noted: ${example.notes.join(' ')}`]
  })
}

interface Asked {
  rows?: string[]
  rounds: number
  seconds: number
  readers?: number
  seed: number
  out: string
  list?: true
}

/** `ws-saturated,ws-1000x20`, also by saying the flag several times. A function, because it is needed before the lines below run. */
function ids(text: string, before: string[] = []): string[] {
  const all = rowsFor({ seconds: 1 }).map(({ id }) => id)
  const named = text.split(',')
  const unknown = named.filter((id) => !all.includes(id))
  if (unknown.length > 0)
    throw new InvalidArgumentError(`There is no row ${unknown.join(', ')}. There are: ${all.join(', ')}.`)
  return [...before, ...named]
}
