import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { placeUnder } from './place.ts'

/** What a figure is, and where it comes from. */
export interface Explanation {
  title: string
  /** One or two sentences for somebody who meets the word for the first time. */
  text: string
  formula: string
  origin: 'measured' | 'modelled' | 'quoted'
  /** Who measured it. */
  by: string
}

const shown = signal<Explanation | undefined>(undefined)
const ID = 'explanation'

/** A figure's label that answers "what is this?". One popover serves them all. */
export function Term({ of, children }: { of: Explanation; children: ComponentChildren }) {
  const button = useRef<HTMLButtonElement>(null)
  const open = () => {
    const popover = document.getElementById(ID)
    if (!popover || !button.current) return
    shown.value = of
    popover.showPopover()
    popover.focus()
    // Its size is known once the new text is in. What it explains stays in sight.
    const explained = button.current.closest('.value, th') ?? button.current
    requestAnimationFrame(() => placeUnder(popover, explained))
  }
  return (
    <button
      ref={button}
      type="button"
      class="term"
      aria-haspopup="dialog"
      title="What is this?"
      onClick={open}
    >
      {children}
    </button>
  )
}

/** The popover itself: put it on the page once. Escape and a click elsewhere close it, which is the platform's work. */
export function ExplanationPopover() {
  const explanation = shown.value
  return (
    <div id={ID} class="explanation" popover="auto" role="dialog" aria-label="What is this?" tabIndex={-1}>
      {explanation && (
        <>
          <h2>{explanation.title}</h2>
          <p>{explanation.text}</p>
          <p class="formula">{explanation.formula}</p>
          <p class="origin">
            <b>{explanation.origin}</b> {explanation.by}
          </p>
        </>
      )}
    </div>
  )
}
