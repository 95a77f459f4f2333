import type { Command } from 'commander'
import { Option } from 'commander'
import type { TransportName } from '../../../server/contract/transports.ts'
import * as read from '../arguments.ts'
import { findScenario } from '../find-scenario.ts'
import { asked, exitCodes, type Io, UsageError } from '../io.ts'
import { type Overrides, override } from '../overrides.ts'
import { progressFor } from '../progress.ts'
import { type Places, preparePlaces, writeReport } from '../report/files.ts'
import { tableOf } from '../report/table.ts'
import { checkServer, type RunOptions, runScenario } from '../run.ts'
import { judge, type Threshold } from '../thresholds.ts'

interface Flags extends Overrides, Places {
  clients?: number
  publishOver?: TransportName
  against?: URL
  seed: number
  threshold?: Threshold[]
}

export function addRun(program: Command, io: Io, end: (code: number) => void, hooks: Hooks = {}): void {
  program
    .command('run')
    .description('make all runs of a scenario and report what they measured')
    .argument('<scenario>', 'a name from `list`, or the path of a JSON file')
    .addOption(read.options.transports())
    .option('--readers <n>', 'readers of the room', read.number)
    .addOption(new Option('--clients <n>', 'the same').argParser(read.number).conflicts('readers'))
    .option('--rate <n>', 'messages a second, of all publishers together', read.number)
    .option('--payload <bytes>', 'bytes of text in each message, or "conversation"', read.payload)
    .addOption(read.options.seconds())
    .option('--warm-up <n>', 'seconds before figures count', read.number)
    .option('--interval <n>', 'seconds between two short polls of a reader', read.number)
    .addOption(read.options.repeat())
    .addOption(read.options.seed())
    .option('--publish-over <transport>', 'publish over this one, whatever is under test', read.transport)
    .option('--conditions <network>', 'bend the network: "200-ms-away", or \'{"rtt":80}\'', read.network)
    .option('--against <url>', 'a server that runs already, instead of a fresh one a run', read.url)
    .addOption(new Option('--headers <kind>', 'what requests carry').choices(['chrome', 'minimal']))
    .addOption(read.options.out())
    .addOption(read.options.json())
    .addOption(read.options.csv())
    .addOption(read.options.html())
    .option(
      '--threshold <limit>',
      'like websocket.latency.p99<50; exit code 99 when it is broken; may be repeated',
      read.thresholds,
    )
    .action(async (name: string, flags: Flags, command: Command) => {
      end(await run(name, flags, typedAgain(command, flags.seed), io, hooks))
    })
}

/** For tests. */
export type Hooks = Pick<RunOptions, 'onBoundary'>

async function run(name: string, flags: Flags, command: string, io: Io, hooks: Hooks): Promise<number> {
  const {
    transports,
    readers,
    clients,
    rate,
    payload,
    seconds,
    warmUp,
    interval,
    repeat,
    headers,
    conditions,
  } = flags
  const found = findScenario(name)
  const scenario = override(found, {
    ...{ transports, readers: readers ?? clients, rate, payload, seconds, warmUp, interval, repeat, headers },
    ...{ conditions },
  })
  if (found.sweep && !scenario.sweep) io.err(`The sweep of ${found.sweep.of} is left out: you set it.\n`)
  asked(() => preparePlaces(flags))
  if (flags.against && scenario.faults?.some((fault) => fault.do === 'restart')) {
    throw new UsageError('A server that runs already is not ours to restart: leave out --against.')
  }
  if (flags.against) await checkServer(flags.against)

  const { report, failures } = await runScenario({
    scenario,
    seed: flags.seed,
    publishOver: flags.publishOver ?? 'same',
    against: flags.against,
    command,
    signal: io.signal,
    progress: progressFor(io),
    ...hooks,
  })
  for (const failure of failures) io.err(`${failure}\n`)
  if (report.runs.length === 0) {
    for (const { why } of report.unreached ?? []) io.err(`${why}\n`)
    io.err('No run was finished, so nothing is written.\n')
    return exitCodes.failed
  }
  const files = writeReport(report, flags)
  io.out(`${tableOf(report, io.columns)}\n`)
  const judgements = (flags.threshold ?? []).map((threshold) => judge(report, threshold))
  for (const { because } of judgements) io.out(`${because}\n`)
  io.err(`Written: ${files.join(', ')}\n`)
  if (report.interrupted || failures.length > 0) return exitCodes.failed
  if (judgements.some(({ holds }) => !holds)) return exitCodes.threshold
  if (report.runs.some(({ invalid }) => invalid === undefined)) return exitCodes.done
  io.err('No run is valid: the report says why of each. A machine with less to do may give other ones.\n')
  return exitCodes.failed
}

/** The command as it was typed, with its seed, so that whoever types it again gets the same traffic. */
function typedAgain({ parent }: Command, seed: number): string {
  const words = (parent as (Command & { rawArgs: string[] }) | null)?.rawArgs ?? []
  const says = words.some((word) => word === '--seed' || word.startsWith('--seed='))
  return read.typed(says ? words : [...words, '--seed', String(seed)])
}
