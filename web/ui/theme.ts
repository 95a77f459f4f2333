import { effect, type ReadonlySignal, signal } from '@preact/signals'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { looks } from './lanes.ts'

export const themes = ['auto', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** The colours that a canvas needs; everything else asks CSS. */
export interface Palette {
  text: string
  muted: string
  line: string
  card: string
  segment: string
  segmentInk: string
  lanes: Record<TransportName, string>
}

const current = signal<Palette | undefined>(undefined)

/** The colours of the theme that is on now. Drawings that read it are drawn again when the theme changes. */
export const palette: ReadonlySignal<Palette | undefined> = current

/** Puts a theme on, and the next when it changes; `auto` follows the system. */
export function wearTheme(theme: ReadonlySignal<Theme>): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value
    current.value = readPalette()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    current.value = readPalette()
  })
}

/** A variable's own value may still be a `light-dark()`; as the colour of an element it is computed. */
function readPalette(): Palette {
  const probe = document.body.appendChild(document.createElement('i'))
  const read = (variable: string) => {
    probe.style.color = `var(${variable})`
    return getComputedStyle(probe).color
  }
  const colours = {
    text: read('--text'),
    muted: read('--muted'),
    line: read('--line'),
    card: read('--card'),
    segment: read('--segment'),
    segmentInk: read('--segment-ink'),
    lanes: Object.fromEntries(transportNames.map((name) => [name, read(looks[name].colour)])) as Record<
      TransportName,
      string
    >,
  }
  probe.remove()
  return colours
}
