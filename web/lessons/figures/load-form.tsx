import type { Signal } from '@preact/signals'
import {
  type Between,
  type Load,
  planOf,
  SECONDS,
  scaledDown,
} from '../../../scenarios/lessons/figures/choosing.ts'

interface LoadFormProps {
  load: Signal<Load>
  isIdle: boolean
}

const numbers = [
  { key: 'rate', label: 'messages a second', min: 0.5, max: 10_000, step: 'any' },
  { key: 'readers', label: 'readers', min: 1, max: 1_000_000, step: 1 },
  { key: 'delay', label: 'ms a message may take', min: 1, max: 60_000, step: 1 },
] as const

const between: readonly { value: Between; label: string }[] = [
  { value: 'nothing', label: 'nothing in between' },
  { value: 'buffers', label: 'a proxy that buffers' },
  { value: 'refuses', label: 'a firewall that refuses upgrades' },
]

const needs = [
  { key: 'binary', label: 'messages are bytes' },
  { key: 'manyTabs', label: 'users open many tabs' },
  { key: 'anyClient', label: 'others write clients' },
] as const

/** What somebody's load is, and in what the run will be less than it. */
export function LoadForm({ load, isIdle }: LoadFormProps) {
  const set = (news: Partial<Load>) => {
    load.value = { ...load.peek(), ...news }
  }
  const less = scaledDown(load.value)
  return (
    <fieldset class="load" disabled={!isIdle}>
      <legend>Your load</legend>
      <p class="load-fields">
        {numbers.map(({ key, label, min, max, step }) => (
          <label key={key}>
            <input
              type="number"
              min={min}
              max={max}
              step={step}
              value={load.value[key]}
              onChange={({ currentTarget: field }) => {
                // What is no number of this kind is put back to what it was.
                if (field.validity.valid && field.value !== '') set({ [key]: field.valueAsNumber })
                else field.value = String(load.value[key])
              }}
            />{' '}
            {label}
          </label>
        ))}
        <select
          aria-label="Who speaks"
          value={String(load.value.clientsSpeak)}
          onChange={({ currentTarget }) => set({ clientsSpeak: currentTarget.value === 'true' })}
        >
          <option value="false">only the server speaks</option>
          <option value="true">readers write as well</option>
        </select>
        <select
          aria-label="Between client and server"
          value={load.value.between}
          onChange={({ currentTarget }) =>
            set({ between: between.find(({ value }) => value === currentTarget.value)?.value ?? 'nothing' })
          }
        >
          {between.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        {needs.map(({ key, label }) => (
          <label key={key}>
            <input
              type="checkbox"
              checked={load.value[key]}
              onChange={({ currentTarget }) => set({ [key]: currentTarget.checked })}
            />{' '}
            {label}
          </label>
        ))}
      </p>
      <p class="hint">
        A run takes {SECONDS} s, all five at once, and asks every {planOf(load.value, true).interval} s where
        it polls. {less.length > 0 && <b>Scaled down to what a page can do. </b>}
        {less.join(' ')}
      </p>
    </fieldset>
  )
}
