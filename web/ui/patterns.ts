import type { Palette } from './theme.ts'

/** The parts of a transport's bytes, in the order of every bar. */
export const segmentNames = ['payload', 'heads', 'framing', 'control'] as const

export type SegmentName = (typeof segmentNames)[number] | 'empty'

const TILE = 8

/** The fill of a segment in a chart: the same patterns that CSS gives the lanes' bars. */
export function patternOf(name: SegmentName, { segment, segmentInk, text }: Palette): CanvasPattern | string {
  const tile = document.createElement('canvas')
  tile.width = tile.height = TILE
  const context = tile.getContext('2d')
  if (!context) return segment
  if (name !== 'empty') {
    context.fillStyle = name === 'payload' ? segmentInk : segment
    context.fillRect(0, 0, TILE, TILE)
  }
  context.strokeStyle = context.fillStyle = name === 'empty' ? text : segmentInk
  context.lineWidth = name === 'empty' ? 1.2 : 2.4
  context.beginPath()
  if (name === 'heads' || name === 'empty') {
    const rising = name === 'heads'
    // A diagonal and its neighbours' corners, so that the tiles join.
    for (const shift of [-TILE, 0, TILE]) {
      context.moveTo(shift, rising ? TILE : 0)
      context.lineTo(shift + TILE, rising ? 0 : TILE)
    }
    context.stroke()
  } else if (name === 'framing') {
    context.arc(TILE / 2, TILE / 2, 1.7, 0, 2 * Math.PI)
    context.fill()
  }
  return context.createPattern(tile, 'repeat') ?? segment
}
