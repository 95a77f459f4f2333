import type { TransportName } from '../../server/contract/transports.ts'
import { looks } from './lanes.ts'

/** A transport's mark in its colour. Its name stands beside it, so it says nothing to a screen reader. */
export function Mark({ of, faint = false }: { of: TransportName; faint?: boolean }) {
  return (
    <svg class="mark" data-mark={of} data-faint={faint} viewBox="-6 -6 12 12" aria-hidden="true">
      <path d={looks[of].mark} />
    </svg>
  )
}
