import { type Comparison, describe } from '../../scenarios/stats/compare.ts'
import { figureOf } from '../../scenarios/stats/figures.ts'
import { looks } from '../ui/lanes.ts'
import { caseName } from './swept.ts'

/** Of so many differences each has a sentence; nobody reads more. */
const MOST = 6

/** What is to be said first of two reports: what differs, or that nothing was seen to. */
export function sentencesOf(comparisons: readonly Comparison[]): string[] {
  if (comparisons.length === 0)
    return ['These two reports have no case and transport in common: nothing can be compared.']
  const told = comparisons.filter(isDifference)
  const few = comparisons.filter(({ verdict }) => verdict === 'too few repetitions').length
  const rest =
    few === 0
      ? ''
      : ` For ${few === comparisons.length ? 'all' : few} of them there are too few repetitions to tell.`
  const among = comparisons.length === 1 ? 'the one comparison' : `${comparisons.length} comparisons`
  if (told.length === 0) return [`No detectable difference in ${among}.${rest}`]
  const listed = told
    .slice(0, MOST)
    .map((each) => `${placeOf(each)}: ${figureOf(each.figure).label} is ${describe(each)}.`)
  const more = told.length > MOST ? [`And ${told.length - MOST} more, in the table below.`] : []
  return [
    `${told.length} of ${among} ${told.length === 1 ? 'differs' : 'differ'} detectably.${rest}`,
    ...listed,
    ...more,
  ]
}

export const isDifference = ({ verdict }: Comparison): boolean =>
  verdict !== 'no detectable difference' && verdict !== 'too few repetitions'

/** Whether what differs is for the better; undefined where neither is better. */
export function isBetter({ figure, ratio, verdict }: Comparison): boolean | undefined {
  const { better } = figureOf(figure)
  if (better === 'neither' || verdict === 'no detectable difference' || verdict === 'too few repetitions') {
    return undefined
  }
  return better === 'lower' ? ratio < 1 : ratio > 1
}

const placeOf = ({ transport, case: label }: Comparison) =>
  label === '' ? looks[transport].label : `${looks[transport].label} at ${caseName(label)}`
