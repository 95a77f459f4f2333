import { REFUSED } from '../network/upgrades.ts'
import { now } from '../ui/clock.ts'
import { type Explanation, Term } from '../ui/explain.tsx'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import type { Experiment } from './experiment.ts'
import { FaultButton } from './faults.tsx'
import { caveat, caveats, type FigureName, figures, format, type Row } from './figures.ts'
import { intervals } from './hash.ts'
import { inspect } from './inspection.ts'
import type { Lane, LaneStatus } from './lane.ts'
import { Segments } from './segments.tsx'
import { instantAt } from './timeline.ts'
import { TimelineCanvas } from './timeline-canvas.tsx'
import { nearestCrossing } from './track.ts'
import { choose, enlarged, selected } from './view.ts'

/** A lane: who it is and how it stands, what crossed just now, and what that amounts to. */
export function LaneView({ experiment, lane, most }: { experiment: Experiment; lane: Lane; most: number }) {
  const { name, status } = lane
  const { projector } = experiment.settings.value
  const row = experiment.rows.value.find(({ transport }) => transport === name)
  const isLarge = projector && enlarged.value.includes(name)
  const isSelected = selected.value === name
  return (
    <section
      class="lane"
      data-lane={name}
      data-state={status.value.state}
      data-selected={isSelected}
      data-enlarged={isLarge}
      aria-labelledby={`lane-${name}`}
      tabIndex={-1}
    >
      <header>
        <h3 id={`lane-${name}`}>
          <button
            type="button"
            class="name"
            aria-pressed={projector ? isLarge : isSelected}
            title={projector ? 'Enlarge' : 'List the events of this lane below'}
            onClick={() => choose(name, projector)}
          >
            <Mark of={name} />
            {looks[name].label}
          </button>
          <FaultButton lane={lane} />
        </h3>
        <p class="state">{describe(status.value, lane.upgradeFailed.value)}</p>
        {name === 'short-polling' && <PollInterval experiment={experiment} />}
        {row && (
          <dl class="place">
            <Value row={row} name="lastSeq" />
          </dl>
        )}
      </header>
      <div class="timeline">
        <div class="axis" aria-hidden="true">
          <span>15 s ago</span>
          <span>10 s</span>
          <span>5 s</span>
          <span>now</span>
        </div>
        <div class="strip">
          <Timeline experiment={experiment} lane={lane} />
        </div>
        {row?.sequence.delivered === 0 && status.value.state === 'open' && (
          <p class="hint">Press Run or type a message</p>
        )}
      </div>
      {row && (
        <div class="figures">
          <dl>
            {shown.map((figure) => (
              <Value key={figure} row={row} name={figure} />
            ))}
          </dl>
          <Segments tally={row.tally} most={most} />
          {caveats(row).length > 0 && (
            <p class="caveat">
              <Term of={caveat}>{caveats(row).join(', ')}</Term>
            </p>
          )}
        </div>
      )}
      {name === 'websocket' && experiment.upgradesRefused.value && status.value.state !== 'open' && (
        <p class="inferred">{REFUSED}</p>
      )}
    </section>
  )
}

const shown = [
  'p50',
  'p95',
  'p99',
  'n',
  'delivered',
  'missed',
  'duplicated',
  'bytes',
  'requests',
  'empty',
  'connections',
  'reconnects',
] as const satisfies readonly FigureName[]

const checks: readonly FigureName[] = ['missed', 'duplicated', 'reordered']

function Value({ row, name }: { row: Row; name: FigureName }) {
  const {
    label,
    unit,
    value,
    explanation,
  }: {
    label: string
    unit: 'ms' | 'bytes' | 'count'
    value(row: Row): number | undefined
    explanation: Explanation
  } = figures[name]
  const amount = value(row)
  const broken = checks.includes(name) && (amount ?? 0) > 0
  return (
    <div class="value" data-of={name} data-broken={broken}>
      <dt>
        <Term of={explanation}>{label}</Term>
      </dt>
      <dd>
        <data data-figure={name} value={amount}>
          {broken && '⚠ '}
          {format(amount, unit)}
        </data>
        {unit === 'ms' && amount !== undefined && amount < 10_000 && <small> ms</small>}
      </dd>
    </div>
  )
}

function describe(status: LaneStatus, upgradeFailed: boolean): string {
  switch (status.state) {
    case 'open':
      if (status.via === undefined) return 'open'
      if (status.via === 'polling') return upgradeFailed ? 'on polling (upgrade refused)' : 'open on polling'
      return `on ${status.via} (upgraded)`
    case 'reconnecting': {
      const left = status.inMs === undefined ? 0 : (status.since + status.inMs - now()) / 1000
      return left > 0.05 ? `reconnecting in ${left.toFixed(1)} s` : 'reconnecting'
    }
    case 'closed':
      return status.reason ? `closed: ${status.reason}` : 'closed'
    case 'paused':
      return 'paused: tab hidden'
    case 'connecting':
      return 'connecting'
  }
}

const rising = (one: number, other: number) => one - other

function PollInterval({ experiment }: { experiment: Experiment }) {
  return (
    <label class="every">
      every{' '}
      <select
        aria-label="Poll interval"
        data-testid="every"
        value={experiment.settings.value.every}
        onChange={({ currentTarget }) => experiment.change({ every: Number(currentTarget.value) })}
      >
        {[...new Set([...intervals, experiment.settings.value.every])].sort(rising).map((seconds) => (
          <option key={seconds} value={seconds}>
            {seconds} s
          </option>
        ))}
      </select>
    </label>
  )
}

/** A finger is some 20 px wide. */
const NEAR = 20

function Timeline({ experiment, lane }: { experiment: Experiment; lane: Lane }) {
  // By keyboard the table of events does it: it has a button for each.
  const open = ({ offsetX, currentTarget }: MouseEvent) => {
    if (!(currentTarget instanceof HTMLElement)) return
    const zoom = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
    const { at, perPixel } = instantAt(offsetX / zoom, now(), currentTarget.clientWidth / zoom)
    const crossing = nearestCrossing(lane.track, at, NEAR * perPixel)
    if (crossing) void inspect(experiment, lane, crossing)
  }

  return (
    <TimelineCanvas
      lane={lane}
      time={now}
      title="Click on an arrow to see its bytes"
      onClick={open}
      label={`Traffic of ${looks[lane.name].label} during the last 15 seconds. The same events stand in a list below the lanes.`}
    />
  )
}
