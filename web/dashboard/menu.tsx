import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { placeUnder } from '../ui/place.ts'

interface MenuProps {
  /** What is chosen, in one lower-case word: names the elements, too. */
  of: string
  /** What stands before the choice, where there is room for it. */
  label: string
  hint: string
  /** What is chosen now. */
  title: string
  /** What there is to choose. Whoever has chosen closes the menu. */
  children(close: () => void): ComponentChildren
}

/** A button in the header, and the menu it opens under itself. Closing it leads back to the button. */
export function Menu({ of, label, hint, title, children }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const close = () => {
    menu.current?.hidePopover()
    button.current?.focus()
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        class="scenario-button"
        popovertarget={`${of}s`}
        data-testid={of}
        aria-label={`${label}: ${title}`}
        title={`${label}: ${hint}`}
      >
        <span class="label">{label}:</span>
        <span class="title">{title}</span> ▾
      </button>
      <div
        ref={menu}
        id={`${of}s`}
        class="menu scenarios"
        popover="auto"
        role="dialog"
        aria-label={`${label}s`}
        onToggle={() => menu.current && button.current && placeUnder(menu.current, button.current)}
      >
        {children(close)}
      </div>
    </>
  )
}
