import type { Recovery } from '../network/recovery.ts'
import { type Explanation, Term } from '../ui/explain.tsx'
import { looks } from '../ui/lanes.ts'
import { Mark } from '../ui/mark.tsx'
import { type Disturbance, seconds } from './disturbances.ts'
import type { Experiment } from './experiment.ts'

export const recoveryFigures = {
  after: {
    title: 'Back after',
    text: 'From the disturbance to the first sign that the lane works again: it has joined, an entry has come, or a poll that was made afterwards was answered. The time for which nobody could connect is in it.',
    formula: 'first sign of life − the instant before the link was asked to do it',
    origin: 'measured',
    by: 'by this page’s clock, ± 0.1 ms. What was still on its way from before does not count.',
  },
  delivered: {
    title: 'Delivered since',
    text: 'Entries that this lane has handed over since the disturbance: those that came while it was away too, once it is back. It goes on until the next disturbance.',
    formula: 'entries since',
    origin: 'measured',
    by: 'by this page, from the seq of every entry.',
  },
  missed: {
    title: 'Missed since',
    text: 'Entries that never came although a later one did, counted from where the lane stood before. It must be 0.',
    formula: 'holes in seq',
    origin: 'measured',
    by: 'by this page, from the seq of every entry.',
  },
  duplicated: {
    title: 'Duplicated since',
    text: 'Entries that came again. It must be 0.',
    formula: 'seqs that this lane had handed over before, since the disturbance',
    origin: 'measured',
    by: 'by this page, from the seq of every entry.',
  },
} as const satisfies Record<string, Explanation>

/** How the lanes came through what was done to them: the latest first, the earlier ones to unfold. */
export function Recoveries({ experiment }: { experiment: Experiment }) {
  const [latest, ...earlier] = experiment.disturbances.list.value
  if (!latest) return null
  return (
    <section class="recoveries card" aria-labelledby="recoveries-title">
      <h2 id="recoveries-title">{latest.title}</h2>
      <p role="status" data-testid="recovered">
        {summary(latest)}
      </p>
      <RecoveryTable disturbance={latest} explained />
      {earlier.length > 0 && !experiment.settings.value.projector && (
        <details>
          <summary>{earlier.length} before it, since Run or Reset</summary>
          {earlier.map((each) => (
            <div key={each.id}>
              <h3>{each.title}</h3>
              <RecoveryTable disturbance={each} />
            </div>
          ))}
        </details>
      )}
    </section>
  )
}

function RecoveryTable({
  disturbance,
  explained = false,
}: {
  disturbance: Disturbance
  explained?: boolean
}) {
  const { at, network, connections, movedFirst, note, live, recoveries } = disturbance
  const head = (key: keyof typeof recoveryFigures, label: string) =>
    explained ? <Term of={recoveryFigures[key]}>{label}</Term> : label
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">lane</th>
            <th scope="col">{head('after', 'back after')}</th>
            <th scope="col">{head('delivered', 'delivered since (n)')}</th>
            <th scope="col">{head('missed', 'missed')}</th>
            <th scope="col">{head('duplicated', 'duplicated')}</th>
          </tr>
        </thead>
        <tbody>
          {recoveries.map((recovery) => (
            <tr key={recovery.transport} data-recovery={recovery.transport}>
              <th scope="row">
                <Mark of={recovery.transport} />
                {looks[recovery.transport].label}
              </th>
              <td>
                <data data-figure="after" value={recovery.after}>
                  {back(recovery)}
                </data>
              </td>
              <Count name="delivered" value={recovery.delivered} />
              <Count name="missed" value={recovery.missed} mustBeNone />
              <Count name="duplicated" value={recovery.duplicated} mustBeNone />
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">
        At {new Date(at).toLocaleTimeString('en-GB')}, on “{network}”
        {connections !== undefined &&
          `; ${connections} ${connections === 1 ? 'connection' : 'connections'} met`}
        {movedFirst && '; the lanes were moved to a clear link first'}
        {note && `; ${note}`}
        {recoveries.some(({ gaps }) => gaps > 0) && '; a gap was announced'}. Measured by this page, n = 1
        disturbance{live ? '; counting goes on' : ''}.
      </p>
    </>
  )
}

function Count({ name, value, mustBeNone = false }: { name: string; value: number; mustBeNone?: boolean }) {
  const broken = mustBeNone && value > 0
  return (
    <td data-broken={broken}>
      <data data-figure={name} value={value}>
        {broken && '⚠ '}
        {value.toLocaleString('en')}
      </data>
    </td>
  )
}

function back({ after, lost, wasOpen }: Recovery): string {
  if (after !== undefined) return seconds(after)
  if (!wasOpen) return 'was not open'
  return lost ? 'not yet' : 'no sign yet'
}

/** In one sentence, for the last row and for those who hear the page. */
function summary({ recoveries }: Disturbance): string {
  const names = (those: readonly Recovery[]) =>
    those.map(({ transport }) => looks[transport].label).join(', ')
  // A lane that could not connect before has nothing to come back from.
  const never = recoveries.filter(({ after, wasOpen }) => after === undefined && !wasOpen)
  const away = recoveries.filter(({ after, wasOpen }) => after === undefined && wasOpen)
  if (away.length > 0) return `Not back yet: ${names(away)}.`
  if (never.length === recoveries.length) return `${names(never)} had no connection before.`
  const sum = (key: 'missed' | 'duplicated') => recoveries.reduce((total, each) => total + each[key], 0)
  const slowest = Math.max(...recoveries.map(({ after = 0 }) => after))
  const who = recoveries.length === 1 ? 'It is back' : 'All are back, the last'
  const but = never.length > 0 ? ` ${names(never)} had no connection before.` : ''
  return `${who} after ${seconds(slowest)}; missed ${sum('missed')}, duplicated ${sum('duplicated')}.${but}`
}
