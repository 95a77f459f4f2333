import type { TransportName } from '../../server/contract/transports.ts'
import { looks } from './lanes.ts'

/** A transport's mark as the image of a chart's point: the same mark that stands everywhere beside its name. */
export function stamp(
  name: TransportName,
  colour: string,
  radius: number,
  hollow = false,
): HTMLCanvasElement {
  const image = document.createElement('canvas')
  image.width = image.height = 2 * radius + 2
  const context = image.getContext('2d')
  if (context) {
    context.translate(radius + 1, radius + 1)
    context.scale(radius / 5, radius / 5)
    const mark = new Path2D(looks[name].mark)
    context.fillStyle = context.strokeStyle = colour
    context.lineWidth = 1.6
    if (hollow) context.stroke(mark)
    else context.fill(mark)
  }
  return image
}
