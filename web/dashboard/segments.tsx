import type { Tally } from '../../server/contract/meter.ts'
import { segmentNames } from '../ui/patterns.ts'
import { formatBytes } from './figures.ts'
import { bytesOf } from './tally.ts'

/** A lane's bytes as a bar, as long as its share of the lane that needed most; parts differ by pattern. */
export function Segments({ tally, most }: { tally: Tally; most: number }) {
  const bytes = bytesOf(tally)
  const percent = (part: number, whole: number) => `${whole > 0 ? (Math.max(0, part) / whole) * 100 : 0}%`
  const parts = segmentNames.map((name) => `${name} ${formatBytes(bytes[name])}`).join(', ')
  const empty = bytes.empty > 0 ? `; ${formatBytes(bytes.empty)} of it in empty polls` : ''
  return (
    <div class="segments" role="img" aria-label={`Bytes: ${parts}${empty}`} title={`${parts}${empty}`}>
      <div class="whole" style={{ width: percent(bytes.total, most) }}>
        {segmentNames.map((name) => (
          <i key={name} data-segment={name} style={{ width: percent(bytes[name], bytes.total) }} />
        ))}
        <i data-segment="empty" style={{ width: percent(bytes.empty, bytes.total) }} />
      </div>
    </div>
  )
}
