import './echo.css'
import { type ReadonlySignal, signal } from '@preact/signals'
import { backOf, type EchoEnd, type Trip, took } from '../../../scenarios/lessons/figures/echo.ts'
import { inMs } from '../../../scenarios/lessons/figures/lanes.ts'
import { written } from '../../../scenarios/stats/words.ts'
import { type EchoShown, runEcho } from './echo-run.ts'
import type { CreateFigure, FigureProps } from './figure.ts'

/** Messages to `/echo` and back, each as a line down to the server and up again, on the page's own clock. */
export const createEcho: CreateFigure<'echo'> = () => {
  const shown = signal<EchoShown | undefined>(undefined)
  return {
    async run(parameters, ended) {
      shown.value = undefined
      return runEcho(parameters, ended, (next) => {
        shown.value = next
      })
    },
    View: (props) => <EchoView {...props} shown={shown} />,
    seconds: ({ messages, apart, rtt, ending }) =>
      1 + (messages * (rtt + apart) + rtt) / 1_000 + (ending?.seconds ?? 0),
  }
}

type EchoViewProps = FigureProps<'echo'> & { shown: ReadonlySignal<EchoShown | undefined> }

const ended = {
  'half-open': 'Then it swallows all that is said, both ways, and tells nobody.',
  rst: 'Then it resets the connection.',
  fin: 'Then it ends the connection.',
} as const

function EchoView({ parameters, ghost, shown, isIdle }: EchoViewProps) {
  const { messages, rtt, apart, heartbeat, ending } = parameters.value
  const predicted = ghost?.unit === 'ms' && messages > 0 ? ghost.value : undefined
  const run = shown.value
  // Both ways of sending on one axis, so that their lengths can be compared.
  const span = Math.max(1.25 * messages * rtt, predicted ?? 0, took(run?.oneByOne ?? []) ?? 0)
  return (
    <div class="echo">
      <p>
        A WebSocket to <code>/echo</code>, over a link that adds {rtt} ms to each round trip.{' '}
        {ending && ended[ending.how]}{' '}
        {ending && (heartbeat ? `A heartbeat every ${written(heartbeat)} s, not drawn.` : 'No heartbeat.')}
      </p>
      {messages > 0 && (
        <>
          <Trips title="One by one, each when the last is back" trips={run?.oneByOne ?? []} span={span} />
          <Trips
            title={`One every ${apart} ms, whatever is back`}
            trips={run?.atOnce ?? []}
            span={span}
            {...(predicted !== undefined && { mark: { at: predicted, text: 'predicted' } })}
          />
        </>
      )}
      {ending && (
        <Trips
          title="Said after the end"
          trips={run?.afterwards ?? []}
          span={ending.seconds * 1_000}
          isOver={isIdle && run?.end !== undefined}
          {...(run?.end?.knownAfter !== undefined && {
            mark: { at: run.end.knownAfter, text: 'the page knows' },
          })}
        />
      )}
      {ending && <End end={run?.end} />}
    </div>
  )
}

const WIDTH = 600
const PLOT = { left: 56, right: 12, top: 24, bottom: 74 }

interface TripsProps {
  title: string
  trips: readonly Trip[]
  /** The end of the axis, in ms. */
  span: number
  /** What is not back now is lost. */
  isOver?: boolean
  mark?: { at: number; text: string }
}

/** Where an echo turned the page cannot know: that is drawn in the middle. */
function Trips({ title, trips, span, isOver = false, mark }: TripsProps) {
  const x = (at: number) => PLOT.left + (Math.min(at, span) / span) * (WIDTH - PLOT.left - PLOT.right)
  const time = took(trips)
  const told = `${trips.length} sent, ${backOf(trips)} back${time === undefined ? '' : `, in ${inMs(time)}`}`
  const { top, bottom } = PLOT
  const middle = (top + bottom) / 2
  return (
    <figure class="trips">
      <figcaption>
        {title}: <b>{told}</b>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} 98`} role="img" aria-label={`${title}: ${told}.`}>
        <path
          class="rail"
          d={`M${PLOT.left} ${top}H${WIDTH - PLOT.right}M${PLOT.left} ${bottom}H${WIDTH - PLOT.right}`}
        />
        <text x={PLOT.left - 8} y={top + 4} text-anchor="end">
          page
        </text>
        <text x={PLOT.left - 8} y={bottom + 4} text-anchor="end">
          server
        </text>
        {[0, 0.5, 1].map((share) => (
          <text key={share} x={x(share * span)} y="94" text-anchor={anchorOf(share)}>
            {share === 0 ? '0' : inMs(share * span)}
          </text>
        ))}
        {trips.map(({ sent, back }, index) =>
          back !== undefined ? (
            <path
              key={index}
              class="trip"
              d={`M${x(sent)} ${top}L${x((sent + back) / 2)} ${bottom}L${x(back)} ${top}`}
            />
          ) : (
            <path
              key={index}
              class={isOver ? 'trip lost' : 'trip'}
              d={`M${x(sent)} ${top}V${middle}${isOver ? 'm-5 -5l10 10m0 -10l-10 10' : ''}`}
            />
          ),
        )}
        {mark && (
          <>
            <path class="mark" d={`M${x(mark.at)} 4V${bottom + 4}`} />
            <text
              class="mark"
              x={x(mark.at) + (mark.at > span / 2 ? -6 : 6)}
              y="15"
              text-anchor={mark.at > span / 2 ? 'end' : 'start'}
            >
              {mark.text}
            </text>
          </>
        )}
      </svg>
    </figure>
  )
}

const anchorOf = (share: number) => (share === 0 ? 'start' : share === 1 ? 'end' : 'middle')

/** What the page could know of its first connection, and when. */
function End({ end }: { end: EchoEnd | undefined }) {
  const { knownAfter, code } = end ?? {}
  const rows = [
    ['watched for', end && inMs(end.watched)],
    ['the socket called itself', end?.state],
    ['bytes it had not taken', end && written(end.buffered)],
    ['the page knew', end && (knownAfter === undefined ? 'nothing' : `after ${inMs(knownAfter)}`)],
    [
      'told by',
      end && (code !== undefined ? `code ${code}` : knownAfter === undefined ? 'nobody' : 'its watchdog'),
    ],
  ] as const
  return (
    <dl class="counts">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value ?? '–'}</dd>
        </div>
      ))}
    </dl>
  )
}
