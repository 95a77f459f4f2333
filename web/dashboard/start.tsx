import './dashboard.css'
import { effect, type Signal } from '@preact/signals'
import { render } from 'preact'
import { io } from 'socket.io-client'
import { transports } from '../transports/index.ts'
import type { View } from '../ui/preferences.ts'
import { Dashboard } from './dashboard.tsx'
import { createExperiment } from './experiment.ts'

/** Puts the dashboard on the page. Its link holds the view too; what the link leaves open is as it was last chosen. */
export function startDashboard(page: HTMLElement, view: Signal<View>): void {
  const experiment = createExperiment(transports, { fetch, WebSocket, io }, view.peek())
  effect(() => {
    const { theme, projector } = experiment.settings.value
    view.value = { theme, projector }
  })
  render(<Dashboard experiment={experiment} />, page)
}
