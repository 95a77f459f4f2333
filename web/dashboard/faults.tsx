import { signal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { looks } from '../ui/lanes.ts'
import { placeUnder } from '../ui/place.ts'
import type { LinkFault } from './disturbances.ts'
import type { Experiment } from './experiment.ts'
import type { Lane } from './lane.ts'
import { SCISSORS } from './view.ts'

const ID = 'faults'

/** The lane that the menu of faults is about. */
const victim = signal<Lane | undefined>(undefined)

/** How long new connections are refused after a cut, in s. */
const outages = [0, 2, 5, 10]

export function FaultButton({ lane }: { lane: Lane }) {
  const open = ({ currentTarget }: { currentTarget: HTMLElement }) => {
    const menu = document.getElementById(ID)
    if (!menu) return
    victim.value = lane
    menu.showPopover()
    requestAnimationFrame(() => {
      placeUnder(menu, currentTarget)
      menu.querySelector('select')?.focus()
    })
  }
  return (
    <button
      type="button"
      class="cut"
      data-testid={`faults-${lane.name}`}
      aria-haspopup="dialog"
      aria-label={`Cut ${looks[lane.name].label}, or worse`}
      title="Cut this lane, or worse"
      onClick={open}
    >
      {SCISSORS}
    </button>
  )
}

/** What can be done to one lane: put it on the page once. */
export function FaultMenu({ experiment }: { experiment: Experiment }) {
  const menu = useRef<HTMLDivElement>(null)
  const form = useRef<HTMLFormElement>(null)
  const lane = victim.value
  const label = lane ? looks[lane.name].label : 'this lane'
  const cause = (fault: LinkFault) => {
    menu.current?.hidePopover()
    if (lane) void experiment.disturb(fault, [lane])
  }
  const cut = (event: Event) => {
    event.preventDefault()
    const choices = new FormData(form.current ?? undefined)
    const how = choices.get('how') === 'fin' ? 'fin' : 'rst'
    cause({ kind: 'cut', how, seconds: Number(choices.get('seconds')) })
  }
  return (
    <div ref={menu} id={ID} class="fault-menu" popover="auto" role="dialog" aria-label={`Disturb ${label}`}>
      <h2>{label}</h2>
      <form ref={form} onSubmit={cut}>
        <label>
          <span>End its connections by</span>
          <select name="how" data-testid="how">
            <option value="rst">RST: at once</option>
            <option value="fin">FIN: in good order</option>
          </select>
        </label>
        <label>
          <span>and refuse new ones for</span>
          <select name="seconds" data-testid="seconds">
            {outages.map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds} s
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="primary" data-testid="cut-one">
          {SCISSORS} Cut
        </button>
      </form>
      <p class="others">
        <button type="button" data-testid="stall-one" onClick={() => cause({ kind: 'stall', ms: 2_000 })}>
          Stall 2 s
        </button>
        <button type="button" data-testid="drop-one" onClick={() => cause({ kind: 'drop' })}>
          Drop one response
        </button>
      </p>
      <p class="note">
        The browser shares its HTTP connections between lanes: what a cut ends may be another lane’s too.
      </p>
    </div>
  )
}
