import type { Command } from 'commander'
import { exitCodes, type Io } from '../io.ts'
import { reportSchema } from '../report/schema.ts'

export function addSchema(program: Command, io: Io, end: (code: number) => void): void {
  program
    .command('schema')
    .description('print the JSON Schema of a report')
    .action(() => {
      io.out(reportSchema())
      end(exitCodes.done)
    })
}
