import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { Bar, type PageName } from './bar.tsx'
import { ExplanationPopover } from './explain.tsx'
import type { View } from './preferences.ts'

interface ShellProps {
  page?: PageName
  view: Signal<View>
  /** What goes into `<main>`, its `<h1>` first. */
  children: ComponentChildren
}

/** What stands around a page of text and figures: header, theme, projector mode, and the answers to "what is this?". */
export function Shell({ page, view, children }: ShellProps) {
  const change = (changes: Partial<View>) => {
    view.value = { ...view.peek(), ...changes }
  }
  useEffect(() => listenForProjector(() => change({ projector: !view.peek().projector })), [])
  return (
    <div class="page" data-projector={view.value.projector}>
      <Bar page={page} view={view.value} onView={change} />
      <main class="sheet">{children}</main>
      <ExplanationPopover />
    </div>
  )
}

/** `P`, unless somebody is typing. */
export function listenForProjector(toggle: () => void): () => void {
  const act = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== 'p' || event.ctrlKey || event.metaKey || event.altKey || event.repeat)
      return
    if (event.target instanceof Element && event.target.closest('input, textarea, select, dialog')) return
    toggle()
  }
  addEventListener('keydown', act)
  return () => removeEventListener('keydown', act)
}
