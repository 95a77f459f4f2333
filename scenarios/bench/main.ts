import { Command, CommanderError } from 'commander'
import { addClaims } from './commands/claims.ts'
import { addCompare } from './commands/compare.ts'
import { addList } from './commands/list.ts'
import { addReport } from './commands/report.ts'
import { addRun, type Hooks } from './commands/run.ts'
import { addScale } from './commands/scale.ts'
import { addSchema } from './commands/schema.ts'
import { exitCodes, type Io, UsageError } from './io.ts'

/** The command, as a function of what was typed: resolves with the exit code (see io.ts) and never rejects. */
export async function main(argv: readonly string[], io: Io, hooks: Hooks = {}): Promise<number> {
  let code: number = exitCodes.done
  const end = (how: number) => {
    code = how
  }
  const program = new Command('wireside-bench')
    .description('Puts a load on the same feed over five transports and reports what each of them cost.')
    // Both are inherited by the commands, so they come before them.
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHelpWidth: () => io.columns })
    .showHelpAfterError('(add --help for what can be said)')
  addRun(program, io, end, hooks)
  addList(program, io, end)
  addCompare(program, io, end)
  addReport(program, io, end)
  addClaims(program, io, end)
  addScale(program, io, end)
  addSchema(program, io, end)

  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    // Commander has said it already; help that was asked for is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
    io.err(`${error instanceof Error ? error.message : String(error)}\n`)
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed
  }
}
