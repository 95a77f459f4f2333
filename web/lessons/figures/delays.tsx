import { useEffect, useState } from 'preact/hooks'
import { inMs, mean } from '../../../scenarios/lessons/figures/lanes.ts'
import type { Lane } from '../../dashboard/lane.ts'
import { looks } from '../../ui/lanes.ts'

interface DelaysProps {
  lane: Lane | undefined
  /** Changes when there is something new to draw. */
  version: unknown
  /** The axis goes from 0 to at least this many ms. */
  limit: number
  /** The predicted mean, in ms. */
  ghost: number | undefined
}

const WIDTH = 600
const MARGIN = 12

/** Each entry's delay as a dot on one axis, the mean as a line, and the prediction as a broken one. */
export function Delays({ lane, version, limit, ghost }: DelaysProps) {
  const [, draw] = useState(0)
  // Dots come with entries, four times a second; the version with the meter's figures, once.
  useEffect(() => {
    const timer = setInterval(() => draw((count) => count + 1), 250)
    return () => clearInterval(timer)
  }, [version])

  const delays = lane?.points.map(({ y }) => y) ?? []
  const average = delays.length > 0 ? mean(delays) : undefined
  if (delays.length === 0 && ghost === undefined) return null
  const most = roundUp(Math.max(limit, ...delays))
  const x = (ms: number) => MARGIN + (ms / most) * (WIDTH - 2 * MARGIN)
  const told = [
    ...(average === undefined ? [] : [`mean ${inMs(average)}, n = ${delays.length}`]),
    ...(ghost === undefined ? [] : [`you predicted ${inMs(ghost)}`]),
  ].join('; ')
  return (
    <figure class="delays">
      <figcaption>
        Delay of each entry, from due to received: <b>{told}</b>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} 64`} role="img" aria-label={`Delays from 0 to ${inMs(most)}: ${told}`}>
        <path class="rail" d={`M${MARGIN} 40H${WIDTH - MARGIN}`} />
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <text key={share} x={x(share * most)} y="59" text-anchor={anchorOf(share)}>
            {share === 0 ? '0' : inMs(share * most)}
          </text>
        ))}
        {delays.map((delay, index) => (
          <path
            key={index}
            class="dot"
            data-mark={lane?.name}
            transform={`translate(${x(delay)} ${40 - 5 - (index % 5) * 5}) scale(0.7)`}
            d={lane && looks[lane.name].mark}
          />
        ))}
        {average !== undefined && <path class="mean" d={`M${x(average)} 4V44`} />}
        {ghost !== undefined && <path class="ghost" d={`M${x(ghost)} 4V44`} />}
      </svg>
    </figure>
  )
}

/** To a number of which a quarter is easy to read; a poll that is a few ms late need not double the axis. */
function roundUp(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(ms))
  const most = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].find((step) => step * power >= ms) ?? 10
  return most * power
}

const anchorOf = (share: number) => (share === 0 ? 'start' : share === 1 ? 'end' : 'middle')
