import './refreshes.css'
import { type ReadonlySignal, signal } from '@preact/signals'
import type { RefreshesOutcome } from '../../../scenarios/lessons/figures/refreshes.ts'
import { written } from '../../../scenarios/stats/words.ts'
import type { CreateFigure, FigureProps } from './figure.ts'
import { runRefreshes } from './refreshes-run.ts'

/** A page loaded again and again, and what the server still does for those that are gone. */
export const createRefreshes: CreateFigure<'refreshes'> = () => {
  const shown = signal<RefreshesOutcome | undefined>(undefined)
  return {
    run: (parameters, ended) =>
      runRefreshes(parameters, ended, (next) => {
        shown.value = next
      }),
    View: (props) => <RefreshesView {...props} shown={shown} />,
    seconds: ({ seconds }) => 2 * seconds + 1,
  }
}

type RefreshesViewProps = FigureProps<'refreshes'> & {
  shown: ReadonlySignal<RefreshesOutcome | undefined>
}

function RefreshesView({ parameters, ghost, shown }: RefreshesViewProps) {
  const { refreshes, server } = parameters.value
  const outcome = shown.value
  const timers = outcome?.timers ?? []
  const predicted = ghost?.unit === '' ? ghost.value : undefined
  const most = Math.max(refreshes + 1, predicted ?? 0, ...timers)
  return (
    <div class="refreshes">
      <p class="hint">
        The server{' '}
        {server === 'ticker' ? 'clears its timer when a connection closes' : 'never clears a timer'}. Each bar
        is what it had running for this page, with the page just opened and after each of {refreshes}{' '}
        refreshes.
      </p>
      <Bars timers={timers} bars={refreshes + 1} most={most} ghost={predicted} />
      <dl class="counts">
        {(
          [
            ['timers alive', timers.at(-1)],
            ['connections open', outcome && (outcome.sockets || undefined)],
            [
              'messages/s at first',
              outcome && (outcome.before || undefined) && outcome.before / outcome.seconds,
            ],
            [
              'messages/s at the end',
              outcome && (outcome.after || undefined) && outcome.after / outcome.seconds,
            ],
          ] as const
        ).map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value === undefined ? '–' : written(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

const WIDTH = 600
const HEIGHT = 220
const PLOT = { left: 44, right: 8, top: 12, bottom: 26 }

interface BarsProps {
  timers: readonly number[]
  bars: number
  most: number
  /** What was predicted for the last bar. */
  ghost: number | undefined
}

function Bars({ timers, bars, most, ghost }: BarsProps) {
  const step = (WIDTH - PLOT.left - PLOT.right) / bars
  const y = (count: number) => HEIGHT - PLOT.bottom - (count / most) * (HEIGHT - PLOT.top - PLOT.bottom)
  const label = `Timers alive on the server: ${timers.join(', ') || 'not counted yet'}.`
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <path class="rail" d={`M${PLOT.left} ${y(0)}H${WIDTH - PLOT.right}`} />
      {[0, most].map((count) => (
        <text key={count} x={PLOT.left - 8} y={y(count) + 6} text-anchor="end">
          {written(count)}
        </text>
      ))}
      <text x={PLOT.left} y={HEIGHT - 4}>
        opened
      </text>
      <text x={WIDTH - PLOT.right} y={HEIGHT - 4} text-anchor="end">
        refresh {bars - 1}
      </text>
      {timers.map((count, at) => (
        <rect
          key={at}
          class="timers"
          x={PLOT.left + at * step + 1}
          y={y(count)}
          width={Math.max(1, step - 3)}
          height={y(0) - y(count)}
        />
      ))}
      {ghost !== undefined && (
        <path class="ghost" d={`M${WIDTH - PLOT.right - 2 * step} ${y(ghost)}H${WIDTH - PLOT.right}`} />
      )}
    </svg>
  )
}
