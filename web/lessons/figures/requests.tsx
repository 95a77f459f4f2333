import { type ReadonlySignal, signal } from '@preact/signals'
import {
  connectionsIn,
  type Exchange,
  type RequestsOutcome,
  type RequestsParameters,
  type SeriesOutcome,
  total,
} from '../../../scenarios/lessons/figures/requests.ts'
import { withUnit } from '../../../scenarios/stats/words.ts'
import { formatBytes } from '../../dashboard/figures.ts'
import type { CreateFigure, FigureProps } from './figure.ts'
import { runRequests } from './requests-run.ts'

/** Requests one after another as a staircase: a step is a request, and what it waited for before it could be sent. */
export const createRequests: CreateFigure<'requests'> = () => {
  const shown = signal<RequestsOutcome | undefined>(undefined)
  /** The round trip of the first run: what was predicted was predicted for it. */
  let predictedFor: number | undefined
  return {
    async run(parameters, ended) {
      shown.value = undefined
      predictedFor ??= parameters.rtt
      return runRequests(parameters, ended, (next) => {
        shown.value = next
      })
    },
    View: ({ ghost, ...props }) => (
      <RequestsView
        {...props}
        ghost={
          props.parameters.value.rtt === (predictedFor ?? props.parameters.value.rtt) ? ghost : undefined
        }
        shown={shown}
      />
    ),
    seconds: expected,
  }
}

/** At most two round trips for each request, and what the page and this machine need for it. */
const expected = ({ series, count, rtt }: RequestsParameters): number =>
  (series.length * count * (2 * rtt + 40)) / 1_000 + 1

type RequestsViewProps = FigureProps<'requests'> & { shown: ReadonlySignal<RequestsOutcome | undefined> }

function RequestsView({ parameters, ghost, shown }: RequestsViewProps) {
  const { series, count } = parameters.value
  const outcome = shown.value
  const rtt = outcome?.rtt ?? 0
  const [first] = outcome?.series ?? []
  // Predicted is by how much the second takes longer than the first.
  const predicted =
    ghost?.unit === 'ms' && first?.exchanges.length === count ? total(first, 'took') + ghost.value : undefined
  const most = Math.max(1, predicted ?? 0, ...(outcome?.series.map((each) => total(each, 'took')) ?? []))
  return (
    <div class="requests">
      {series.map(({ label }, at) => (
        <Series
          key={label}
          label={label}
          outcome={outcome?.series[at]}
          count={count}
          rtt={rtt}
          most={most}
          ghost={at === 1 ? predicted : undefined}
        />
      ))}
      <p class="key">
        <span>
          <i class="handshake" data-modelled={rtt > 0} /> TCP handshake
          {rtt > 0 && `: ${rtt} ms of it modelled by the link`}
        </span>
        <span>
          <i class="exchange" /> request and answer
        </span>
      </p>
    </div>
  )
}

interface SeriesProps {
  label: string
  outcome: SeriesOutcome | undefined
  count: number
  rtt: number
  /** The axis ends here, in ms. */
  most: number
  /** When all was predicted to be done, in ms. */
  ghost: number | undefined
}

function Series({ label, outcome, count, rtt, most, ghost }: SeriesProps) {
  const exchanges = outcome?.exchanges ?? []
  const place = (at: number) => `${(100 * at) / most}%`
  let at = 0
  return (
    <section class="series" aria-label={label}>
      <h3>{label}</h3>
      <div class="staircase" role="img" aria-label={inWords(label, outcome)}>
        {Array.from({ length: count }, (_, index) => {
          const exchange = exchanges[index]
          const start = at
          const handshake = exchange ? handshakeOf(exchange, rtt) : 0
          at += exchange?.took ?? 0
          return (
            <div class="step" key={index}>
              {exchange && (
                <>
                  {handshake > 0 && (
                    <i
                      class="handshake"
                      data-modelled={rtt > 0}
                      style={{ left: place(start), width: place(handshake) }}
                    />
                  )}
                  <i
                    class="exchange"
                    style={{ left: place(start + handshake), width: place(exchange.took - handshake) }}
                  />
                </>
              )}
            </div>
          )
        })}
        {ghost !== undefined && <i class="ghost-line" style={{ left: place(ghost) }} />}
      </div>
      <p class="axis" aria-hidden="true">
        <span>0</span>
        <span>{outcome && withUnit(most, 'ms')}</span>
      </p>
      {ghost !== undefined && (
        <p class="hint">The broken line is where you predicted the end: {withUnit(ghost, 'ms')}.</p>
      )}
      {outcome && (
        <dl class="counts">
          {countsOf(outcome).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}

/** What of an exchange was the handshake: what the kernel took, and what the link holds back in its place. */
const handshakeOf = ({ connect, took }: Exchange, rtt: number): number =>
  connect === undefined ? 0 : Math.min(connect + rtt, took)

const countsOf = (series: SeriesOutcome) =>
  [
    ['requests', series.exchanges.length],
    ['TCP connections', connectionsIn(series)],
    ['time', withUnit(total(series, 'took'), 'ms')],
    ['bytes up', formatBytes(total(series, 'sent'))],
    ['bytes down', formatBytes(total(series, 'received'))],
  ] as const

const inWords = (label: string, series: SeriesOutcome | undefined): string =>
  series
    ? `${label}: ${countsOf(series)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}.`
    : `${label}: not run yet.`
