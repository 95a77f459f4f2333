import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { glossary, type TermId } from '../../scenarios/lessons/glossary.ts'
import { placeUnder } from '../ui/place.ts'

interface TermProps {
  id: TermId
  /** As the sentence has it; else the term itself. */
  children?: ComponentChildren
}

/** A word of the glossary: what it means comes on hover and on focus, and goes with Escape. */
export function Term({ id, children }: TermProps) {
  const found: { term: string; text: string; source?: string } | undefined = glossary[id]
  const tip = useRef<HTMLSpanElement>(null)
  const word = useRef<HTMLButtonElement>(null)
  const [isShown, setShown] = useState(false)
  const tipId = useId()
  // Also where it came by hovering, and the focus is elsewhere (WCAG 1.4.13).
  useEffect(() => {
    if (!isShown) return
    addEventListener('keydown', hideOnEscape)
    return () => removeEventListener('keydown', hideOnEscape)
  }, [isShown])
  if (!found) return <span class="problem">[there is no term “{id}”]</span>

  function show() {
    if (!tip.current || !word.current) return
    tip.current.showPopover()
    placeUnder(tip.current, word.current)
    setShown(true)
  }
  function hide() {
    tip.current?.hidePopover()
    setShown(false)
  }
  function hideOnEscape({ key }: KeyboardEvent) {
    if (key === 'Escape') hide()
  }
  return (
    <>
      <button
        ref={word}
        type="button"
        class="term glossed"
        aria-describedby={tipId}
        data-shown={isShown}
        onMouseEnter={show}
        onMouseLeave={hide}
        onFocus={show}
        onBlur={hide}
        onClick={show}
        // Who is quick presses it before the effect above has run.
        onKeyDown={hideOnEscape}
      >
        {children ?? found.term}
      </button>
      {/* A manual popover: Escape and blur close it, and it does not close another one. */}
      <span ref={tip} id={tipId} role="tooltip" popover="manual" class="gloss">
        <b>{found.term}</b> {found.text}
        {found.source && <small> {found.source}</small>}
      </span>
    </>
  )
}
