import './loops.css'
import { type ReadonlySignal, signal } from '@preact/signals'
import { inMs } from '../../../scenarios/lessons/figures/lanes.ts'
import {
  ENOUGH,
  LONG,
  type Loop,
  type LoopsOutcome,
  long,
  longest,
  meanTime,
  p50,
  p90,
  p99,
} from '../../../scenarios/lessons/figures/loops.ts'
import { withUnit, written } from '../../../scenarios/stats/words.ts'
import type { CreateFigure, FigureProps } from './figure.ts'
import { runLoops } from './loops-run.ts'

/** One server, measured by a closed and by an open loop at once: every answer as a dot, and what each loop says of them. */
export const createLoops: CreateFigure<'loops'> = () => {
  const shown = signal<LoopsOutcome | undefined>(undefined)
  return {
    run: (parameters, ended) =>
      runLoops(parameters, ended, (next) => {
        shown.value = next
      }),
    View: (props) => <LoopsView {...props} shown={shown} />,
    seconds: ({ seconds }) => seconds + 1,
  }
}

const loops: readonly { name: Loop; title: string; about: string }[] = [
  { name: 'closed', title: 'Closed loop', about: 'asks again when it has the answer' },
  { name: 'open', title: 'Open loop', about: 'asks on schedule, counts from the scheduled instant' },
]

const columns = [
  ['p50', p50],
  ['p90', p90],
  ['p99', p99],
  ['longest', longest],
  ['mean', meanTime],
] as const

type LoopsViewProps = FigureProps<'loops'> & { shown: ReadonlySignal<LoopsOutcome | undefined> }

function LoopsView({ parameters, shown }: LoopsViewProps) {
  const { after, stall, every, rate, seconds } = parameters.value
  const outcome = shown.value
  const most = Math.max(
    stall + 50,
    LONG,
    ...[...(outcome?.closed ?? []), ...(outcome?.open ?? [])].map(({ took }) => took),
  )
  return (
    <div class="loops">
      <p class="hint">
        The server answers after {after} ms
        {stall > 0
          ? ` and does nothing for ${stall} ms in every ${written(every / 1_000)} s`
          : ' and never stalls'}
        . The open loop asks {rate} times a second.
      </p>
      {loops.map(({ name, title, about }) => (
        <section key={name} aria-label={title}>
          <h3>
            {title} <small>{about}</small>
          </h3>
          <Answers outcome={outcome} loop={name} seconds={seconds} most={most} />
        </section>
      ))}
      <div class="scroll">
        <table class="readings">
          <thead>
            <tr>
              <th scope="col">From asked to answered</th>
              {loops.map(({ name, title }) => (
                <th key={name} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">questions, n</th>
              {loops.map(({ name }) => (
                <td key={name}>{outcome ? written(outcome[name].length) : '–'}</td>
              ))}
            </tr>
            {columns.map(([label, measure]) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {loops.map(({ name }) => (
                  <td key={name}>{cell(label, outcome, measure(name).read)}</td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">later than {LONG} ms</th>
              {loops.map(({ name }) => (
                <td key={name}>{outcome ? (long(name).read(outcome)?.value ?? 0) : '–'}</td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
    </div>
  )
}

function cell(
  label: string,
  outcome: LoopsOutcome | undefined,
  read: ReturnType<typeof p50>['read'],
): string {
  const reading = outcome && read(outcome)
  if (reading) return withUnit(reading.value, reading.unit)
  return label === 'p99' && outcome ? `needs n ≥ ${ENOUGH}` : '–'
}

const WIDTH = 600
const HEIGHT = 104
const PLOT = { left: 64, right: 8, top: 8, bottom: 20 }

interface AnswersProps {
  outcome: LoopsOutcome | undefined
  loop: Loop
  seconds: number
  /** The end of the upright axis, in ms. */
  most: number
}

/** Each question as a dot: when it was asked, and how long its answer took. Grey bands are the server's stalls. */
function Answers({ outcome, loop, seconds, most }: AnswersProps) {
  const x = (ms: number) =>
    PLOT.left + Math.min(1, Math.max(0, ms / (seconds * 1_000))) * (WIDTH - PLOT.left - PLOT.right)
  const y = (ms: number) => HEIGHT - PLOT.bottom - (ms / most) * (HEIGHT - PLOT.top - PLOT.bottom)
  const asked = outcome?.[loop] ?? []
  const percentile = outcome && p99(loop).read(outcome)
  const label = `${asked.length} questions over ${seconds} s; the longest answer took ${inMs(
    Math.max(0, ...asked.map(({ took }) => took)),
  )}.`
  return (
    <svg class="answers" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {outcome?.stalls.map(({ from, to }) => (
        <rect
          key={from}
          class="stall"
          x={x(from)}
          y={PLOT.top}
          width={x(to) - x(from)}
          height={y(0) - PLOT.top}
        />
      ))}
      <path class="rail" d={`M${PLOT.left} ${y(0)}H${WIDTH - PLOT.right}`} />
      {[0, 0.5, 1].map((share) => (
        <text key={share} x={PLOT.left - 6} y={y(share * most) + 4} text-anchor="end">
          {share === 0 ? '0' : inMs(Math.round(share * most))}
        </text>
      ))}
      {[0, 0.5, 1].map((share) => (
        <text
          key={share}
          x={x(share * seconds * 1_000)}
          y={HEIGHT - 4}
          text-anchor={share === 0 ? 'start' : share === 1 ? 'end' : 'middle'}
        >
          {written(share * seconds)} s
        </text>
      ))}
      {/* One path of points: a round cap makes a dot of a line without length. */}
      <path
        class="answer"
        d={asked.map(({ at, took }) => `M${x(at).toFixed(1)} ${y(took).toFixed(1)}h0`).join('')}
      />
      {percentile && (
        <>
          <path class="percentile" d={`M${PLOT.left} ${y(percentile.value)}H${WIDTH - PLOT.right}`} />
          <text class="percentile" x={PLOT.left + 4} y={Math.max(18, y(percentile.value) - 4)}>
            p99
          </text>
        </>
      )}
    </svg>
  )
}
