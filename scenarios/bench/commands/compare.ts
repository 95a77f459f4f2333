import type { Command } from 'commander'
import { type Comparison, compareReports } from '../../stats/compare.ts'
import { figureOf } from '../../stats/figures.ts'
import { nameOf, written } from '../../stats/words.ts'
import * as read from '../arguments.ts'
import { asked, exitCodes, type Io } from '../io.ts'
import { readReport } from '../report/files.ts'
import { layOut, wrap } from '../report/layout.ts'

export function addCompare(program: Command, io: Io, end: (code: number) => void): void {
  program
    .command('compare')
    .description('say what is different between two reports, corrected for the number of comparisons (Holm)')
    .argument('<before>', 'a report’s JSON file')
    .argument('<after>', 'another’s')
    .option('--smallest <share>', 'the smallest effect worth telling', read.share, 0.03)
    .action((before: string, after: string, { smallest }: { smallest: number }) => {
      const [a, b] = asked(() => [readReport(before), readReport(after)] as const)
      io.out(`${comparisonText(compareReports(a, b, { smallest }), smallest, io.columns)}\n`)
      end(exitCodes.done)
    })
}

/** Two reports held against each other, for the terminal: the answer, the doubts, every comparison. */
export function comparisonText(
  { comparisons, warnings }: ReturnType<typeof compareReports>,
  smallest: number,
  columns: number,
): string {
  const width = Math.max(60, Math.min(columns, 120))
  const told = comparisons.filter(({ verdict }) => !silent.has(verdict))
  return [
    ...wrap(answerOf(comparisons, told, smallest), width),
    ...told.flatMap((one) =>
      wrap(`  ${placeOf(one)}: ${one.verdict}, ×${one.ratio.toFixed(2)}.`, width, '    '),
    ),
    ...warnings.flatMap((warning) => wrap(`Mind: ${warning}`, width, '  ')),
    ...(comparisons.length > 0 ? ['', ...tableOf(comparisons, width)] : []),
  ].join('\n')
}

const silent: ReadonlySet<Comparison['verdict']> = new Set([
  'no detectable difference',
  'too few repetitions',
])

function answerOf(comparisons: readonly Comparison[], told: readonly Comparison[], smallest: number): string {
  if (comparisons.length === 0)
    return 'The two reports have no figure in common: there is nothing to compare.'
  const effect = `the smallest effect worth telling is ${written(smallest * 100)} %`
  const total = comparisons.length === 1 ? 'one comparison' : `${comparisons.length} comparisons`
  if (told.length > 0)
    return `A difference in ${told.length} of ${total} (Holm-corrected p < 0.05; ${effect}):`
  if (comparisons.every(({ verdict }) => verdict === 'too few repetitions')) {
    return 'Too few repetitions to tell whether there is a difference.'
  }
  return `No detectable difference in ${total} (Holm-corrected; ${effect}).`
}

const placeOf = ({ transport, case: label, figure }: Comparison) =>
  `${nameOf[transport]}${label && `, ${label}`}, ${figureOf(figure).label}`

function tableOf(comparisons: readonly Comparison[], width: number): string[] {
  return layOut(
    [
      { head: 'transport', side: 'left' },
      { head: 'figure', side: 'left' },
      { head: 'before', side: 'right' },
      { head: 'after', side: 'right' },
      { head: 'ratio', side: 'right' },
      { head: '95 %', side: 'right' },
      { head: 'p Holm', side: 'right' },
      { head: 'verdict', side: 'left' },
    ],
    comparisons.map((one) => [
      `${nameOf[one.transport]}${one.case && ` ${one.case}`}`,
      one.figure,
      written(one.before.median),
      written(one.after.median),
      one.ratio.toFixed(3),
      one.interval ? one.interval.map((end) => end.toFixed(3)).join('–') : '',
      one.pHolm < 0.001 ? '< 0.001' : one.pHolm.toFixed(3),
      one.verdict === 'no detectable difference' ? '' : one.verdict,
    ]),
    width,
  )
}
