import { type ReadonlySignal, signal } from '@preact/signals'
import { inMegabytes, type SlowOutcome } from '../../../scenarios/lessons/figures/slow.ts'
import type { CreateFigure, FigureProps } from './figure.ts'
import { runSlow, type SlowStep } from './slow-run.ts'

/** What was published and how far two readers have got with it, one of whom does not read. */
export const createSlow: CreateFigure<'slow'> = () => {
  const step = signal<SlowStep | undefined>(undefined)
  const outcome = signal<SlowOutcome | undefined>(undefined)
  return {
    async run(parameters, ended) {
      outcome.value = undefined
      outcome.value = await runSlow(parameters, ended, (next) => {
        step.value = next
      })
      return outcome.value
    },
    View: (props) => <SlowView {...props} step={step} outcome={outcome} />,
    seconds: () => 8,
  }
}

type SlowViewProps = FigureProps<'slow'> & {
  step: ReadonlySignal<SlowStep | undefined>
  outcome: ReadonlySignal<SlowOutcome | undefined>
}

function SlowView({ parameters, isIdle, step, outcome }: SlowViewProps) {
  const { reads, broken } = parameters.value
  const { publishedBytes = 0, otherBytes = 0, slowBytes = 0, queued, isCut = false } = step.value ?? {}
  const { cutAfter, found = 0, published = 0 } = outcome.value ?? {}
  const rows: readonly (readonly [label: string, bytes: number])[] = [
    ['published', publishedBytes],
    ['the other reader has', otherBytes],
    // In the end all have all; what the lesson is about is how it was at the cut. All messages are equally long.
    ...(cutAfter === undefined
      ? []
      : [
          ['the slow one was handed until the cut', cutAfter] as const,
          ['of that it found', (found / published) * publishedBytes] as const,
        ]),
    [reads ? 'the first reader has' : 'the slow reader has read', slowBytes],
    ...(broken ? [['waits in the server’s memory', queued ?? 0] as const] : []),
  ]
  const most = Math.max(4e6, ...rows.map(([, bytes]) => bytes))
  return (
    <div class="slow">
      <table>
        <tbody>
          {rows.map(([label, bytes]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>
                <progress max={most} value={bytes} aria-label={label} />
              </td>
              <td>{inMegabytes(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="meaning" role="status">
        {!step.value
          ? 'A run takes a few seconds: it publishes until the server has cut the slow reader.'
          : outcome.value
            ? ending(outcome.value)
            : isCut
              ? 'The server has cut the slow reader, who now reads what is left and comes back.'
              : isIdle
                ? 'The run was stopped.'
                : 'Publishing …'}
      </p>
    </div>
  )
}

function ending({ cutAfter, found, resumed, missed, duplicated }: SlowOutcome): string {
  const cut =
    cutAfter === undefined
      ? `The server did not cut the reader, who found ${found} messages.`
      : `After ${inMegabytes(cutAfter)} the server cut the slow reader, who found ${found} messages of before the cut.`
  return `${cut} With the cursor came ${resumed} more; ${missed} are missing, ${duplicated} came twice.`
}
