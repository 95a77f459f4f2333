import { useSignal } from '@preact/signals'
import { now } from '../ui/clock.ts'
import { looks } from '../ui/lanes.ts'
import type { Experiment } from './experiment.ts'
import { inspect } from './inspection.ts'
import { selected } from './view.ts'

/** The selected lane's timeline as a table: the last 20 events, newest first. */
export function Events({ experiment }: { experiment: Experiment }) {
  const open = useSignal(false)
  const { label } = looks[selected.value]
  return (
    <details class="events card" onToggle={({ currentTarget }) => (open.value = currentTarget.open)}>
      <summary>Events of {label}, as a table</summary>
      {open.value && <EventTable experiment={experiment} />}
    </details>
  )
}

function EventTable({ experiment }: { experiment: Experiment }) {
  // Rows change with the figures' beat.
  experiment.rows.value
  const lane = experiment.lanes.find(({ name }) => name === selected.value)
  const time = now()
  return (
    <table>
      <caption>Last 20 events of {looks[selected.value].label}, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Seconds ago</th>
          <th scope="col">Event</th>
          <th scope="col">Detail</th>
          <th scope="col">Bytes</th>
        </tr>
      </thead>
      <tbody>
        {lane?.track.lines.toReversed().map(({ at, event, detail, direction }, index) => (
          <tr key={index}>
            <td>{((time - at) / 1000).toFixed(1)}</td>
            <td>{event}</td>
            <td>
              <bdi>{detail}</bdi>
            </td>
            <td>
              {direction && (
                <button
                  type="button"
                  aria-label={`Bytes of ${event}`}
                  onClick={() => inspect(experiment, lane, { at, direction })}
                >
                  Bytes
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
