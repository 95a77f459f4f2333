import { type ReadonlySignal, signal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import { type Trip, took } from '../../../scenarios/lessons/figures/echo.ts'
import { inMs } from '../../../scenarios/lessons/figures/lanes.ts'
import { type EchoShown, runEcho } from './echo-run.ts'
import type { CreateFigure, FigureProps } from './figure.ts'

/** Messages to `/echo` and back, on the page's own clock. */
export const createEcho: CreateFigure<'echo'> = () => {
  const shown = signal<EchoShown | undefined>(undefined)
  return {
    async run(parameters, ended) {
      shown.value = undefined
      return runEcho(parameters, ended, (next) => {
        shown.value = { ...next }
      })
    },
    View: (props) => <EchoView {...props} shown={shown} />,
    seconds: ({ messages, rtt, silence }) => 1 + (messages * rtt) / 1_000 + (silence?.seconds ?? 0),
  }
}

type EchoViewProps = FigureProps<'echo'> & { shown: ReadonlySignal<EchoShown | undefined> }

function EchoView({ parameters, shown }: EchoViewProps) {
  const { messages, rtt, heartbeat, silence, idleCut } = parameters.value
  const run = useFourTimesASecond(shown)
  return (
    <div class="echo">
      <p>
        A WebSocket to <code>/echo</code>; the link adds {rtt} ms to each round trip
        {idleCut !== undefined && ` and ends what is idle for ${idleCut} s`}.{' '}
        {silence && (heartbeat === undefined ? 'No heartbeat.' : `A heartbeat every ${heartbeat} s.`)}
      </p>
      {run ? (
        <>
          {messages > 0 && (
            <Trips title="One by one, each when the one before is back" trips={run.oneByOne} />
          )}
          {messages > 0 && <Trips title="Without waiting" trips={run.atOnce} span={took(run.oneByOne)} />}
          {silence && (
            <Trips
              title={silence.of === 'network' ? 'The network swallows everything' : 'After the silence'}
              trips={run.intoSilence}
            />
          )}
          {run.end && <End end={run.end} />}
        </>
      ) : (
        <p class="hint blank">Each message will be drawn here: down when it is sent, up when it is back.</p>
      )}
    </div>
  )
}

/** What changes with every message is drawn four times a second. */
function useFourTimesASecond<T>(source: ReadonlySignal<T>): T {
  const [value, set] = useState(source.peek())
  useEffect(() => {
    const timer = setInterval(() => set(source.peek()), 250)
    return () => clearInterval(timer)
  }, [source])
  return value
}

const WIDTH = 600
const MARGIN = 10

/** Down to the server and up again. Where it turned the page cannot know, so that is drawn in the middle. */
function Trips({
  title,
  trips,
  span = 0,
}: {
  title: string
  trips: readonly Trip[]
  span?: number | undefined
}) {
  const start = trips[0]?.sent ?? 0
  const longest = Math.max(span, 100, ...trips.map(({ sent, back = sent + 100 }) => back - start))
  const x = (at: number) => MARGIN + ((at - start) / longest) * (WIDTH - 2 * MARGIN)
  const back = trips.filter((trip) => trip.back !== undefined).length
  const time = took(trips)
  const told = `${trips.length} sent, ${back} back${time === undefined ? '' : `, in ${inMs(time)}`}`
  return (
    <figure class="trips">
      <figcaption>
        {title}: <b>{told}</b>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} 60`} role="img" aria-label={`${title}: ${told}`}>
        <path class="rail" d={`M${MARGIN} 8H${WIDTH - MARGIN}M${MARGIN} 52H${WIDTH - MARGIN}`} />
        {trips.map(({ sent, back }, index) =>
          back === undefined ? (
            <path key={index} class="lost" d={`M${x(sent)} 8v26m-4 -4l8 8m0 -8l-8 8`} />
          ) : (
            <path key={index} d={`M${x(sent)} 8L${x((sent + back) / 2)} 52L${x(back)} 8`} />
          ),
        )}
      </svg>
    </figure>
  )
}

function End({
  end: { watched, state, buffered, noticedAfter, closed },
}: {
  end: NonNullable<EchoShown['end']>
}) {
  return (
    <dl class="counts">
      <div>
        <dt>watched for</dt>
        <dd>{inMs(watched)}</dd>
      </div>
      <div>
        <dt>the socket calls itself</dt>
        <dd>{closed ? `closed, ${closed.code}` : state}</dd>
      </div>
      <div>
        <dt>bytes not taken from the page</dt>
        <dd>{buffered}</dd>
      </div>
      <div>
        <dt>the page noticed</dt>
        <dd>
          {noticedAfter !== undefined
            ? `after ${inMs(noticedAfter)}`
            : closed
              ? `after ${inMs(closed.after)}`
              : 'nothing'}
        </dd>
      </div>
    </dl>
  )
}
