import { useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { TransportName } from '../../server/contract/transports.ts'
import { looks } from '../ui/lanes.ts'
import { palette } from '../ui/theme.ts'
import { onFrame } from './frames.ts'
import { type Brush, drawTimeline } from './timeline.ts'
import { SPAN, type Track } from './track.ts'

interface TimelineCanvasProps {
  lane: { name: TransportName; track: Track }
  /** The instant at the right edge, asked before each drawing: now, or when that which is shown was over. */
  time(): number
  /** How many ms are shown. */
  span?: number
  label: string
  title?: string
  onClick?(event: MouseEvent): void
}

/** The timeline of a lane, drawn again and again while it is in sight. */
export function TimelineCanvas({ lane, time, span = SPAN, label, title, onClick }: TimelineCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const brush = useRef<Brush>(undefined)

  useSignalEffect(() => {
    const colours = palette.value
    if (!colours) return
    const { text, muted, line, lanes } = colours
    brush.current = { colour: lanes[lane.name], text, muted, line, mark: new Path2D(looks[lane.name].mark) }
  })

  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (!element || !context) return
    let width = 0
    let height = 0
    const fit = new ResizeObserver(() => {
      // Drawn for text of 16 px; on a projector everything is larger.
      const zoom = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
      const density = Math.min(devicePixelRatio, 2)
      width = element.clientWidth / zoom
      height = element.clientHeight / zoom
      element.width = Math.round(element.clientWidth * density)
      element.height = Math.round(element.clientHeight * density)
      context.setTransform(density * zoom, 0, 0, density * zoom, 0, 0)
    })
    fit.observe(element)
    let inSight = true
    const sight = new IntersectionObserver(([entry]) => {
      inSight = entry?.isIntersecting ?? true
    })
    sight.observe(element)
    const stop = onFrame(() => {
      if (inSight && width > 0 && brush.current) {
        drawTimeline(context, lane.track, brush.current, time(), width, height, span)
      }
    })
    return () => {
      stop()
      fit.disconnect()
      sight.disconnect()
    }
  }, [lane, time, span])

  return <canvas ref={canvas} title={title} onClick={onClick} role="img" aria-label={label} />
}
