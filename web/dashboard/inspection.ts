import { signal } from '@preact/signals'
import type { Capture } from '../../server/contract/link.ts'
import { Trouble } from '../network/ask.ts'
import { captureOf, clockOffset } from '../network/links.ts'
import { now } from '../ui/clock.ts'
import type { Experiment } from './experiment.ts'
import type { Lane } from './lane.ts'
import type { Arrow } from './track.ts'

/** What is being looked at: the bytes of a lane around an instant. */
export type Inspection = { lane: Lane } & (
  | { state: 'reading' }
  /** The lane has no link, so nothing is kept of it. */
  | { state: 'unrecorded' }
  | { state: 'trouble'; why: string }
  | {
      state: 'open'
      capture: Capture
      /** The server's clock. */
      focus: { client: string; at: number }
      /** Whether anything is kept from near that instant. */
      isNear: boolean
    }
)

export const inspection = signal<Inspection | undefined>(undefined)

/** Further from an arrow than this, in ms and beyond what the clocks leave open, it is another event. */
const NEAR = 1_000

/** Opens the inspector at what crossed on a lane. */
export async function inspect(experiment: Experiment, lane: Lane, { at, direction }: Arrow): Promise<void> {
  const { port, conditions } = experiment.route.way.peek()
  if (port === undefined) {
    inspection.value = { lane, state: 'unrecorded' }
    return
  }
  const mine: Inspection = { lane, state: 'reading' }
  inspection.value = mine
  try {
    const [capture, { offset, within }] = await Promise.all([captureOf(port, lane.client), clockOffset(now)])
    if (inspection.peek() !== mine) return
    // The link writes down when bytes reach it. Those to the page then take half the round trip, if not longer.
    const { rtt = 0, jitter = 0 } = conditions
    const instant = at + offset - (direction === 'in' ? (rtt + jitter) / 2 : 0)
    const times = capture.connections.flatMap(({ chunks }) => chunks.map((chunk) => chunk.at))
    const isNear = times.some((time) => Math.abs(time - instant) < NEAR + within + jitter)
    inspection.value = { lane, state: 'open', capture, focus: { client: lane.client, at: instant }, isNear }
  } catch (error) {
    if (inspection.peek() !== mine) return
    const why = error instanceof Trouble ? error.message : 'The capture cannot be read.'
    inspection.value = { lane, state: 'trouble', why }
  }
}
