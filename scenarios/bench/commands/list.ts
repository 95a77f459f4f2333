import type { Command } from 'commander'
import { cases } from '../../plan.ts'
import { known } from '../find-scenario.ts'
import { exitCodes, type Io } from '../io.ts'
import { wrap } from '../report/layout.ts'

export function addList(program: Command, io: Io, end: (code: number) => void): void {
  program
    .command('list')
    .description('name every scenario, its question, and how long its runs take')
    .action(() => {
      const width = Math.max(...known.map(({ name }) => name.length)) + 2
      for (const scenario of known) {
        const runs = cases(scenario).length * scenario.transports.length * scenario.repeat
        const minutes = Math.ceil((runs * (scenario.warmUp + scenario.seconds + 3)) / 60)
        const text = `${scenario.question} (${runs} runs, about ${minutes} min)`
        const lines = wrap(text, Math.max(40, io.columns - width))
        io.out(
          `${lines.map((line, at) => (at === 0 ? scenario.name : '').padEnd(width) + line).join('\n')}\n`,
        )
      }
      end(exitCodes.done)
    })
}
