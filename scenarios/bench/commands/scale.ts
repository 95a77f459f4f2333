import type { Command } from 'commander'
import type { TransportName } from '../../../server/contract/transports.ts'
import * as read from '../arguments.ts'
import { growthOf } from '../growth.ts'
import { asked, exitCodes, type Io } from '../io.ts'
import { override } from '../overrides.ts'
import { progressFor } from '../progress.ts'
import { preparePlaces, writeReport } from '../report/files.ts'
import { wrap } from '../report/layout.ts'
import { runScenario } from '../run.ts'
import { scaling } from '../scaling.ts'

interface Flags {
  transports?: TransportName[]
  seconds?: number
  repeat?: number
  seed: number
  out: string
}

export function addScale(program: Command, io: Io, end: (code: number) => void): void {
  program
    .command('scale')
    .description('measure cost as work grows: with readers, with history, with rooms (three reports)')
    .addOption(read.options.transports())
    .addOption(read.options.seconds())
    .addOption(read.options.repeat())
    .addOption(read.options.seed())
    .addOption(read.options.out())
    .action(async (flags: Flags) => end(await scale(flags, io)))
}

async function scale({ seed, out, ...overrides }: Flags, io: Io): Promise<number> {
  const scenarios = scaling.map((scenario) => override(scenario, overrides))
  asked(() => preparePlaces({ out }))
  let failed = false
  for (const scenario of scenarios) {
    if (io.signal.aborted) break
    io.err(`\n${scenario.title}\n`)
    const { transports, seconds, repeat } = overrides
    const { report, failures } = await runScenario({
      scenario,
      seed,
      publishOver: 'same',
      command: read.typed([
        ...['run', scenario.name],
        ...(transports ? ['--transports', transports.join(',')] : []),
        ...(seconds === undefined ? [] : ['--seconds', String(seconds)]),
        ...(repeat === undefined ? [] : ['--repeat', String(repeat)]),
        ...['--seed', String(seed)],
      ]),
      signal: io.signal,
      progress: progressFor(io),
    })
    for (const failure of failures) io.err(`${failure}\n`)
    failed ||= failures.length > 0 || report.interrupted
    if (report.runs.length === 0) continue
    const files = writeReport(report, { out })
    const width = Math.max(60, Math.min(io.columns, 120))
    io.out(
      `${wrap(`${scenario.title}: ${scenario.question}`, width).join('\n')}\n${growthOf(report, width)}\n\n`,
    )
    io.err(`Written: ${files.join(', ')}\n`)
  }
  return failed || io.signal.aborted ? exitCodes.failed : exitCodes.done
}
