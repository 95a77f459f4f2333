import { transportNames } from '../../server/contract/transports.ts'
import type { Experiment } from './experiment.ts'
import { choose } from './view.ts'

export const shortcuts = [
  { key: 'Space', does: 'run or pause the sample traffic' },
  { key: '1 – 5', does: 'select a lane; in projector mode, enlarge it' },
  { key: 'R', does: 'reset the figures' },
  { key: 'C', does: 'cut all lanes; for 5 s nobody can connect' },
  { key: 'P', does: 'projector mode' },
  { key: '?', does: 'this help' },
] as const

/** Keys act on the page unless they belong to the control that has the focus. */
export function listenToKeys(experiment: Experiment, showHelp: () => void): () => void {
  function act(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || belongsElsewhere(event)) return
    const { projector } = experiment.settings.peek()
    const lane = transportNames[Number(event.key) - 1]
    if (event.key === ' ') experiment.toggle()
    else if (lane) {
      choose(lane, projector)
      document.querySelector<HTMLElement>(`[data-lane="${lane}"]`)?.focus()
    } else if (event.key.toLowerCase() === 'r') experiment.reset()
    else if (event.key.toLowerCase() === 'c') experiment.disturb({ kind: 'cut', how: 'rst', seconds: 5 })
    else if (event.key.toLowerCase() === 'p') experiment.change({ projector: !projector })
    else if (event.key === '?') showHelp()
    else return
    event.preventDefault()
  }
  addEventListener('keydown', act)
  return () => removeEventListener('keydown', act)
}

function belongsElsewhere({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('input:not([type=range]), textarea, select, [contenteditable], dialog, [popover]'))
    return true
  return key === ' ' && target.closest('button, a, summary, input') !== null
}
