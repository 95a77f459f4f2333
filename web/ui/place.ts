/** Puts a popover under the control that opened it, within the window. The CSP leaves styles to CSSOM. */
export function placeUnder(popover: HTMLElement, control: Element): void {
  const box = control.getBoundingClientRect()
  const { width, height } = popover.getBoundingClientRect()
  const left = Math.max(8, Math.min(box.left, innerWidth - width - 8))
  const below = box.bottom + 6
  const top = below + height > innerHeight - 8 ? Math.max(8, box.top - height - 6) : below
  popover.style.left = `${left}px`
  popover.style.top = `${top}px`
}
