import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Claim, Verdict } from '../../claims/claim.ts'
import { claims } from '../../claims/index.ts'
import { nearest } from '../../nearest.ts'
import type { Observation } from '../../report.ts'
import { written } from '../../stats/words.ts'
import * as read from '../arguments.ts'
import { type Experiment, experiments } from '../experiments/index.ts'
import { asked, exitCodes, type Io, UsageError } from '../io.ts'
import { override } from '../overrides.ts'
import { progressFor } from '../progress.ts'
import { preparePlaces, writeReport } from '../report/files.ts'
import { wrap } from '../report/layout.ts'
import { runScenario } from '../run.ts'
import { startServer } from '../servers.ts'

interface Flags {
  repeat?: number
  seed: number
  out: string
}

export function addClaims(program: Command, io: Io, end: (code: number) => void): void {
  program
    .command('claims')
    .description('put what people say about transports to the test, all of it or only these')
    .argument('[ids...]', 'claims by id; none is all of them')
    .addOption(read.options.repeat())
    .addOption(read.options.seed())
    .addOption(read.options.out())
    .action(async (ids: string[], flags: Flags) => end(await test(ids.map(findClaim), flags, io)))
}

function findClaim(id: string): Claim {
  const found = claims.find((claim) => claim.id === id)
  if (found) return found
  const ids = claims.map((claim) => claim.id)
  const meant = nearest(id, ids)
  throw new UsageError(
    `There is no claim "${id}". ${meant ? `Did you mean "${meant}"? ` : ''}There are: ${ids.join(', ')}.`,
  )
}

/** A claim with the verdict on it and the report it was read from, as claims.json holds them. */
interface Settled extends Verdict, Pick<Claim, 'id' | 'sentence' | 'said' | 'nuance' | 'quoted'> {
  report: string
}

async function test(chosen: readonly Claim[], flags: Flags, io: Io): Promise<number> {
  asked(() => preparePlaces({ out: flags.out }))
  const settled: Settled[] = []
  let failed = false
  for (const claim of chosen.length > 0 ? chosen : claims) {
    if (io.signal.aborted) break
    io.err(`\n${claim.sentence}\n`)
    try {
      const one = await settle(claim, flags, io)
      failed ||= one.failed
      settled.push(one.settled)
      io.out(`${textOf(one.settled, io.columns)}\n\n`)
    } catch (error) {
      if (io.signal.aborted) break
      failed = true
      io.err(`The claim "${claim.id}" could not be tested: ${(error as Error).message}\n`)
    }
  }
  if (settled.length > 0) {
    const file = join(flags.out, 'claims.json')
    writeFileSync(file, `${JSON.stringify({ version: 1, claims: settled }, null, 2)}\n`)
    io.err(`Written: ${file}\n`)
  }
  return failed || io.signal.aborted ? exitCodes.failed : exitCodes.done
}

async function settle(claim: Claim, { repeat, seed, out }: Flags, io: Io) {
  const { report, failures } = await runScenario({
    scenario: override(claim.scenario, { ...(repeat !== undefined && { repeat }) }),
    seed,
    publishOver: 'same',
    command: read.typed([
      ...['claims', claim.id],
      ...(repeat === undefined ? [] : ['--repeat', String(repeat)]),
      ...['--seed', String(seed)],
    ]),
    signal: io.signal,
    progress: progressFor(io),
  })
  for (const failure of failures) io.err(`${failure}\n`)
  if (claim.experiment) report.observations = await observe(experiments[claim.experiment], io.signal)
  writeReport(report, { out })
  const { id, sentence, said, nuance, quoted } = claim
  const settled: Settled = {
    ...{ id, sentence, said },
    ...claim.rule(report),
    nuance,
    ...(quoted && { quoted }),
    report: report.id,
  }
  return { settled, failed: failures.length > 0 }
}

/** What an experiment sees on a server that nobody else uses. */
async function observe(experiment: Experiment, signal: AbortSignal): Promise<Observation[]> {
  const server = await startServer({ cores: undefined, signal })
  try {
    return await experiment(server.url)
  } finally {
    await server.stop()
  }
}

function textOf(
  { sentence, said, verdict, because, figures, nuance, quoted = [] }: Settled,
  columns: number,
) {
  const width = Math.max(60, Math.min(columns, 120))
  return [
    ...wrap(`“${sentence}”`, width, ' '),
    ...wrap(`  Said in: ${said}`, width, '    '),
    ...wrap(`  ${verdict.toUpperCase()}. ${because}`, width, '    '),
    ...figures.flatMap(({ label, value, unit, origin }) =>
      wrap(`    ${label}: ${written(value)}${unit && ` ${unit}`} (${origin})`, width, '      '),
    ),
    ...quoted.flatMap(({ value, source }) => wrap(`    ${value} (quoted: ${source})`, width, '      ')),
    ...wrap(`  But: ${nuance}`, width, '    '),
  ].join('\n')
}
