import { signal } from '@preact/signals'
import type { TransportName } from '../../server/contract/transports.ts'

/** The sign of a cut; the second character asks for a drawing in one colour, where a font has a picture too. */
export const SCISSORS = '✂\uFE0E'

/** The lane whose events are listed; on a phone, the one that is shown. */
export const selected = signal<TransportName>('short-polling')

/** In projector mode up to two lanes stand large, side by side: the last two that were asked for. */
export const enlarged = signal<readonly TransportName[]>([])

/** Selects a lane; on a projector also enlarges it, or makes it small again. */
export function choose(name: TransportName, projector: boolean): void {
  selected.value = name
  if (!projector) return
  enlarged.value = enlarged.value.includes(name)
    ? enlarged.value.filter((each) => each !== name)
    : [...enlarged.value, name].slice(-2)
}
