import { signal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { Bar } from '../ui/bar.tsx'
import { now } from '../ui/clock.ts'
import { copy, download } from '../ui/files.ts'
import { onLoopback } from '../ui/host.ts'
import { Icon } from '../ui/icon.tsx'
import { placeUnder } from '../ui/place.ts'
import type { Experiment } from './experiment.ts'
import { toCsv, toJson } from './export.ts'
import { rates } from './hash.ts'
import { NetworkPicker } from './network-picker.tsx'
import { ScenarioPicker } from './scenario-picker.tsx'

export function Header({ experiment, onHelp }: { experiment: Experiment; onHelp(): void }) {
  return (
    <Bar
      page="dashboard"
      view={experiment.settings.value}
      onView={experiment.change}
      tools={
        !experiment.settings.value.projector && (
          <>
            <Export experiment={experiment} />
            <CopyLink />
          </>
        )
      }
      lastTools={
        <button type="button" class="square" onClick={onHelp} aria-label="Help and keyboard" title="Help (?)">
          <Icon of="help" />
        </button>
      }
    >
      <ScenarioPicker experiment={experiment} />
      <NetworkPicker experiment={experiment} />
      <Run experiment={experiment} />
      <Traffic experiment={experiment} />
    </Bar>
  )
}

function Run({ experiment }: { experiment: Experiment }) {
  const { running } = experiment.settings.value
  // The figures' beat is the clock's too.
  experiment.rows.value
  const seconds = Math.max(0, Math.floor((now() - experiment.since.value) / 1000))
  const elapsed = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
  return (
    <div class="run">
      <button
        type="button"
        class="primary"
        data-testid="run"
        onClick={experiment.toggle}
        title="Send sample traffic (Space)"
      >
        <Icon of={running ? 'pause' : 'run'} />
        {running ? 'Pause' : 'Run'}
      </button>
      <button type="button" data-testid="reset" onClick={experiment.reset} title="Count from zero (R)">
        <Icon of="reset" />
        Reset
      </button>
      <time class="elapsed" title="Figures count since Run or Reset" data-testid="elapsed">
        {elapsed}
      </time>
    </div>
  )
}

function Traffic({ experiment }: { experiment: Experiment }) {
  const { rate, running } = experiment.settings.value
  // A scenario's rate may lie between two steps.
  const step = rates.findLastIndex((each) => each <= rate)
  const text = rate === 0 ? 'no traffic' : `${rate} a second`
  return (
    <label class="traffic" title="Messages a second that this page sends while it runs">
      <span>Traffic</span>
      <input
        type="range"
        min="0"
        max={rates.length - 1}
        value={step}
        aria-valuetext={text}
        data-testid="traffic"
        onInput={({ currentTarget }) => experiment.change({ rate: rates[currentTarget.valueAsNumber] ?? 0 })}
      />
      <output data-idle={!running}>{text}</output>
    </label>
  )
}

function Export({ experiment }: { experiment: Experiment }) {
  const menu = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const save = (kind: 'csv' | 'json') => {
    const about = {
      settings: experiment.settings.peek(),
      oneClock: onLoopback(),
      since: experiment.since.peek(),
      until: now(),
      lateness: experiment.sender.lateness.percentile(0.95),
      mixed: experiment.mixed.peek(),
      way: experiment.route.way.peek(),
      disturbances: experiment.disturbances.list.peek(),
      page: location.href,
      userAgent: navigator.userAgent,
    }
    const [write, type] = kind === 'csv' ? [toCsv, 'text/csv'] : [toJson, 'application/json']
    const stamp = new Date(about.until).toISOString().slice(0, 19).replaceAll(':', '')
    download(`wireside-${about.settings.room}-${stamp}.${kind}`, type, write(experiment.rows.peek(), about))
    menu.current?.hidePopover()
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        popovertarget="export"
        title="Download every figure"
        aria-label="Export"
      >
        <Icon of="download" />
        <span class="wide">Export</span>
      </button>
      <div
        ref={menu}
        id="export"
        class="menu"
        popover="auto"
        onToggle={() => menu.current && button.current && placeUnder(menu.current, button.current)}
      >
        <button type="button" onClick={() => save('csv')}>
          CSV, one line per figure
        </button>
        <button type="button" onClick={() => save('json')}>
          JSON
        </button>
      </div>
    </>
  )
}

const copied = signal<string | undefined>(undefined)

function CopyLink() {
  const act = async () => {
    copied.value = (await copy(location.href)) ? 'Copied' : 'Copy it from the address bar'
    setTimeout(() => {
      copied.value = undefined
    }, 2_000)
  }
  return (
    <button
      type="button"
      onClick={act}
      title="Copy the link to this experiment"
      aria-label={copied.value ?? 'Copy link'}
    >
      <Icon of="link" />
      <span class={copied.value === undefined ? 'wide' : undefined} aria-live="polite">
        {copied.value ?? 'Copy link'}
      </span>
    </button>
  )
}
