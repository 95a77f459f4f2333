import { useRef } from 'preact/hooks'
import type { Conditions } from '../../server/contract/link.ts'
import { presets } from '../../server/contract/presets.ts'
import {
  CLEAR,
  conditionsOf,
  describeConditions,
  formatBandwidth,
  type Network,
  networkOf,
  presetOf,
  RECORDED,
  titleOf,
} from '../network/conditions.ts'
import type { Experiment } from './experiment.ts'
import { Menu } from './menu.tsx'

/** Chooses what lies between the lanes and the server: a preset, or conditions set by hand. */
export function NetworkPicker({ experiment }: { experiment: Experiment }) {
  const { network } = experiment.settings.value
  return (
    <Menu
      of="network"
      label="Network"
      hint="what lies between the lanes and the server"
      title={titleOf(network)}
    >
      {(close) => {
        const choose = (next: Network) => {
          experiment.change({ network: next })
          close()
        }
        return (
          <>
            {presets.map(({ name, title, about, origin }) => (
              <Offer
                key={name}
                name={name}
                title={title}
                about={name === CLEAR ? 'The lanes talk to the server directly.' : about}
                origin={name === CLEAR ? undefined : origin}
                chosen={network === name}
                onChoose={choose}
              />
            ))}
            <Offer
              name={RECORDED}
              title={titleOf(RECORDED)}
              about="Nothing is added, but a proxy passes the bytes on and keeps the latest, to look at and to cut."
              chosen={network === RECORDED}
              onChoose={choose}
            />
            <details class="knobs" open={network !== RECORDED && !presetOf(network)}>
              <summary>Set it by hand</summary>
              <Knobs experiment={experiment} />
            </details>
          </>
        )
      }}
    </Menu>
  )
}

interface OfferProps {
  name: Network
  title: string
  about: string
  origin?: string
  chosen: boolean
  onChoose(network: Network): void
}

function Offer({ name, title, about, origin, chosen, onChoose }: OfferProps) {
  return (
    <button
      type="button"
      class="offer"
      data-testid={`network-${name}`}
      aria-pressed={chosen}
      onClick={() => onChoose(name)}
    >
      <b>{title}</b>
      <span class="asks">{about}</span>
      {origin && <span class="note">Figures: {origin}</span>}
    </button>
  )
}

/** What the controls offer; a link may say what lies between. */
const trips: readonly number[] = [0, 10, 20, 40, 80, 120, 200, 300, 500, 1_000, 2_000]
const jitters: readonly number[] = [0, 5, 10, 20, 50, 100, 200, 500]
const bandwidths: readonly number[] = [2_500_000, 625_000, 200_000, 50_000, 6_250]
const idles: readonly number[] = [5, 10, 30, 60]
const buffers: readonly Required<Conditions>['buffer'][] = [
  { bytes: 1_024, ms: 500 },
  { bytes: 4_096, ms: 2_000 },
  { bytes: 65_536, ms: 10_000 },
]

function Knobs({ experiment }: { experiment: Experiment }) {
  const conditions = conditionsOf(experiment.settings.value.network) ?? {}
  const { rtt = 0, jitter = 0, bandwidth, buffer, refuseUpgrade = false, idleCut } = conditions
  const set = (changes: { [Key in keyof Conditions]: Conditions[Key] | undefined }) => {
    const next = Object.entries({ ...conditions, ...changes }).filter(([, value]) => value !== undefined)
    experiment.change({ network: networkOf(Object.fromEntries(next)) })
  }
  const bufferNow = buffer ? `${buffer.bytes} ${buffer.ms}` : ''
  return (
    <div class="knob-list">
      <Slider
        label="Round trip"
        testId="rtt"
        steps={trips}
        value={rtt}
        onSet={(value) => set({ rtt: value })}
      />
      <Slider
        label="Jitter"
        testId="jitter"
        steps={jitters}
        value={jitter}
        onSet={(value) => set({ jitter: value })}
      />
      <label>
        <span>Bandwidth, each way</span>
        <select
          data-testid="bandwidth"
          value={bandwidth ?? ''}
          onChange={({ currentTarget: { value } }) =>
            set({ bandwidth: value === '' ? undefined : Number(value) })
          }
        >
          <option value="">not limited</option>
          {[...new Set([...bandwidths, ...(bandwidth === undefined ? [] : [bandwidth])])].map((bytes) => (
            <option key={bytes} value={bytes}>
              {formatBandwidth(bytes)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Cut when idle</span>
        <select
          data-testid="idle"
          value={idleCut ?? ''}
          onChange={({ currentTarget: { value } }) =>
            set({ idleCut: value === '' ? undefined : Number(value) })
          }
        >
          <option value="">never</option>
          {[...new Set([...idles, ...(idleCut === undefined ? [] : [idleCut])])].map((seconds) => (
            <option key={seconds} value={seconds}>
              after {seconds} s without a byte
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Hold HTTP answers</span>
        <select
          data-testid="buffer"
          value={bufferNow}
          onChange={({ currentTarget: { value } }) => {
            const [bytes, ms] = value.split(' ').map(Number)
            set({
              buffer: value === '' || bytes === undefined || ms === undefined ? undefined : { bytes, ms },
            })
          }}
        >
          <option value="">no</option>
          {[
            ...buffers,
            ...(buffer && !buffers.some((each) => `${each.bytes} ${each.ms}` === bufferNow) ? [buffer] : []),
          ].map(({ bytes, ms }) => (
            <option key={bytes} value={`${bytes} ${ms}`}>
              until {bytes.toLocaleString('en')} bytes or {ms / 1_000} s
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          data-testid="refuse"
          checked={refuseUpgrade}
          onChange={({ currentTarget }) => set({ refuseUpgrade: currentTarget.checked ? true : undefined })}
        />
        <span>Refuse upgrades: no WebSocket</span>
      </label>
      <p class="note">Now: {describeConditions(conditions)}.</p>
    </div>
  )
}

interface SliderProps {
  label: string
  testId: string
  steps: readonly number[]
  value: number
  onSet(value: number): void
}

/** Milliseconds in steps; each is another link, so it is taken when the hand lets go. */
function Slider({ label, testId, steps, value, onSet }: SliderProps) {
  const output = useRef<HTMLOutputElement>(null)
  const step = steps.findLastIndex((each) => each <= value)
  return (
    <label>
      <span>{label}</span>
      <input
        type="range"
        data-testid={testId}
        min="0"
        max={steps.length - 1}
        value={step}
        aria-valuetext={`${value} ms`}
        onInput={({ currentTarget }) => {
          if (output.current) output.current.value = `${steps[currentTarget.valueAsNumber]} ms`
        }}
        onChange={({ currentTarget }) => onSet(steps[currentTarget.valueAsNumber] ?? 0)}
      />
      <output ref={output}>{value} ms</output>
    </label>
  )
}
