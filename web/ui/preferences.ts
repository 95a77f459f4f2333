import { effect, type Signal, signal } from '@preact/signals'
import { type Theme, themes } from './theme.ts'

/** How somebody wants to look at every page. */
export interface View {
  theme: Theme
  projector: boolean
}

const KEY = 'wireside-view'

/** The view of this page, kept for the next one. Where the browser keeps nothing it lasts as long as the page. */
export function rememberedView(): Signal<View> {
  const view = signal(read())
  effect(() => {
    try {
      localStorage.setItem(KEY, JSON.stringify(view.value))
    } catch {
      // Storage may be blocked, or full. A theme is not worth a word about it.
    }
  })
  return view
}

function read(): View {
  let kept: unknown
  try {
    kept = JSON.parse(localStorage.getItem(KEY) ?? '')
  } catch {
    // Nothing kept, or nothing of ours.
  }
  const { theme, projector } = (kept ?? {}) as Partial<Record<keyof View, unknown>>
  return {
    theme: themes.find((name) => name === theme) ?? 'auto',
    projector: projector === true,
  }
}
