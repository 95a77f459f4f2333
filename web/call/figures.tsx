import { median } from '../../scenarios/stats/bootstrap.ts'
import { written } from '../../scenarios/stats/words.ts'
import { formatBytes } from '../dashboard/figures.ts'
import { type Explanation, Term } from '../ui/explain.tsx'
import { looks } from '../ui/lanes.ts'
import type { Call } from './call.ts'

const channelTrip: Explanation = {
  title: 'Round trip over the channel',
  text: 'A small message to the other page and its answer, over the data channel. The server takes no part in it.',
  formula: 'median of (answer came − message sent)',
  origin: 'measured',
  by: 'by this page, on its own clock.',
}
const lineTrip: Explanation = {
  title: 'Round trip over the server',
  text: 'A signal to the other page and its answer, each published as an entry and delivered over the transport that was chosen.',
  formula: 'median of (answer delivered − signal published)',
  origin: 'measured',
  by: 'by this page, on its own clock.',
}
const cost: Explanation = {
  title: 'What the signalling cost',
  text: 'All that crossed the TCP connections of this call’s signalling on this side, from its first request until the channel opened: connecting, ringing and waiting included.',
  formula: 'requests; bytes read + bytes written',
  origin: 'measured',
  by: 'by the server at its TCP sockets: every byte, heads included.',
}

/** What a call came to: its signals, its round trips, and what the server saw of it. */
export function Figures({ call }: { call: Call }) {
  const { channel, line: overLine, isMeasuring } = call.times.value
  const line = call.line.value
  const peer = call.peer.value
  const tally = call.cost.value
  const label = looks[call.over].label
  const isOpen = call.ended.value === undefined && peer?.status.value.state === 'open'
  if (!peer) return null
  return (
    <>
      <dl class="figures" data-testid="figures">
        {line && (
          <div>
            <dt>Signals sent and received</dt>
            <dd data-testid="signals">
              {line.sent.value} and {line.received.value}
            </dd>
          </div>
        )}
        {tally && (
          <div>
            <dt>
              <Term of={cost}>{label} until the channel opened</Term>
            </dt>
            <dd data-testid="cost">
              {tally.requests} {tally.requests === 1 ? 'request' : 'requests'},{' '}
              {formatBytes(tally.bytesIn + tally.bytesOut)}
            </dd>
          </div>
        )}
        <Trip of={channelTrip} label="Round trip, channel" trips={channel} id="channel-trip" />
        <Trip of={lineTrip} label={`Round trip, ${label}`} trips={overLine} id="line-trip" />
      </dl>
      {isOpen && (
        <button type="button" disabled={isMeasuring} data-testid="measure" onClick={() => call.measure()}>
          {isMeasuring ? 'Measuring …' : 'Measure round trips'}
        </button>
      )}
    </>
  )
}

interface TripProps {
  of: Explanation
  label: string
  trips: readonly number[]
  id: string
}

function Trip({ of, label, trips, id }: TripProps) {
  return (
    <div>
      <dt>
        <Term of={of}>{label}</Term>
      </dt>
      <dd data-testid={id}>
        {trips.length === 0 ? 'not measured' : `${written(median(trips))} ms, n = ${trips.length}`}
      </dd>
    </div>
  )
}
