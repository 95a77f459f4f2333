import type { Command } from 'commander'
import * as read from '../arguments.ts'
import { asked, exitCodes, type Io } from '../io.ts'
import { type Places, preparePlaces, readReport, writeReport } from '../report/files.ts'
import { tableOf } from '../report/table.ts'

export function addReport(program: Command, io: Io, end: (code: number) => void): void {
  program
    .command('report')
    .description('show a report again, and write it in other forms')
    .argument('<file>', 'a report’s JSON file')
    .addOption(read.options.json())
    .addOption(read.options.csv())
    .addOption(read.options.html())
    .action((file: string, places: Places) => {
      const report = asked(() => readReport(file))
      asked(() => preparePlaces(places))
      const files = writeReport(report, places)
      io.out(`${tableOf(report, io.columns)}\n`)
      if (files.length > 0) io.err(`Written: ${files.join(', ')}\n`)
      end(exitCodes.done)
    })
}
