import { type Arrow, type Exchange, SPAN, type Track } from './track.ts'

/** How a timeline looks in the theme that is on. */
export interface Brush {
  colour: string
  text: string
  muted: string
  line: string
  mark: Path2D
}

/** The rails' names stand in the left margin. The axis above, which is HTML, keeps the same margins. */
const MARGIN = { left: 52, right: 16 }

/** The instant that stands at `x` px of a timeline, and how many ms a pixel is. */
export function instantAt(x: number, time: number, width: number): { at: number; perPixel: number } {
  const right = width - MARGIN.right
  const perPixel = SPAN / (right - MARGIN.left)
  return { at: time - (right - x) * perPixel, perPixel }
}

/**
 * Draws the last 15 s of a lane, or `span` ms: above, each entry from the instant it was due (a tail) to its arrival (a mark); below,
 * what crossed between the page's rail and the server's. Every x is an instant the page observed. The page cannot see
 * when the server was reached, so arrows stand upright on the instant seen at the page.
 */
export function drawTimeline(
  context: CanvasRenderingContext2D,
  track: Track,
  brush: Brush,
  time: number,
  width: number,
  height: number,
  span = SPAN,
): void {
  const right = width - MARGIN.right
  const perMs = (right - MARGIN.left) / span
  const x = (at: number) => right - (time - at) * perMs
  const visible = (at: number) => at > time - span
  const from = (at: number) => Math.max(MARGIN.left, x(at))
  const entries = Math.round(height * 0.17)
  const page = Math.round(height * 0.4) + 0.5
  const server = Math.round(height * 0.86) + 0.5

  context.clearRect(0, 0, width, height)
  grid()
  pipes()
  exchanges()
  arrows()
  rails()
  arrivals()
  disturbances()

  function grid() {
    context.strokeStyle = brush.line
    context.lineWidth = 1
    context.beginPath()
    for (let second = 0; second <= span; second += 5_000) {
      const at = Math.round(right - second * perMs) + 0.5
      context.moveTo(at, 0)
      context.lineTo(at, height)
    }
    context.stroke()
  }

  function rails() {
    context.strokeStyle = brush.muted
    context.lineWidth = 1
    context.beginPath()
    for (const rail of [page, server]) {
      context.moveTo(MARGIN.left, rail)
      context.lineTo(right, rail)
    }
    context.stroke()
    context.fillStyle = brush.muted
    context.font = '11px system-ui, sans-serif'
    context.textAlign = 'right'
    context.textBaseline = 'middle'
    context.fillText('page', MARGIN.left - 8, page)
    context.fillText('server', MARGIN.left - 8, server)
  }

  function band(start: number, end: number | undefined, opacity: number) {
    const left = from(start)
    context.globalAlpha = opacity
    context.fillRect(left, page, (end === undefined ? right : x(end)) - left, server - page)
    context.globalAlpha = 1
  }

  /** An open pipe: a band with a firm edge where it was opened and where it was closed. */
  function pipes() {
    context.fillStyle = brush.colour
    for (const { start, end } of track.pipes) {
      if (end !== undefined && !visible(end)) continue
      band(start, end, 0.16)
      upright(start, 2)
      if (end !== undefined) upright(end, 2)
    }
  }

  /** Requests and answers: strong if they brought entries, pale if they came back empty, grey if they published. */
  function exchanges() {
    const publishing = track.exchanges.filter(({ publishes }) => publishes)
    const reading = track.exchanges.filter(({ publishes }) => !publishes)
    context.fillStyle = brush.colour
    for (const { start, end } of reading) {
      if (end !== undefined && (!visible(end) || (end - start) * perMs < 3)) continue
      band(start, end, 0.1)
      held(start, end)
    }
    const empty = reading.filter(({ brought }) => brought === 0)
    const full = reading.filter(({ brought }) => brought > 0)
    context.globalAlpha = 0.5
    bothWays(empty, 1)
    context.globalAlpha = 1
    bothWays(full, 1.5)
    context.fillStyle = brush.muted
    bothWays(publishing, 1)
  }

  /** A request without an answer is a bar, as long as it waits. */
  function held(start: number, end: number | undefined) {
    const left = from(start)
    context.globalAlpha = 0.7
    context.fillRect(left, server - 4, (end === undefined ? right : x(end)) - left, 4)
    context.globalAlpha = 1
  }

  function bothWays(exchanges: readonly Exchange[], thickness: number) {
    const answered = exchanges.flatMap(({ end, failed }) => (end === undefined || failed ? [] : end))
    const failures = exchanges.flatMap(({ end, failed }) => (end !== undefined && failed ? end : []))
    down(
      exchanges.map(({ start }) => start),
      thickness,
    )
    up(answered, thickness)
    for (const at of failures) cross(at)
  }

  /** Messages on an open pipe: up is to the page, in the lane's colour; down is from the page, in grey. */
  function arrows() {
    const going = (direction: Arrow['direction']) =>
      track.arrows.filter((arrow) => arrow.direction === direction).map(({ at }) => at)
    context.fillStyle = brush.muted
    down(going('out'), 1)
    context.fillStyle = brush.colour
    up(going('in'), 1.5)
  }

  function arrivals() {
    const these = track.arrivals.filter(({ at }) => visible(at))
    context.fillStyle = brush.colour
    context.globalAlpha = 0.55
    for (const { at, sentAt } of these) {
      if (sentAt === undefined) continue
      context.fillRect(from(sentAt), entries - 0.75, x(at) - from(sentAt), 1.5)
      // Where the next wait has begun before one ends, their beginnings tell them apart.
      if (visible(sentAt)) context.fillRect(x(sentAt) - 0.75, entries - 4, 1.5, 8)
    }
    context.globalAlpha = 1
    for (const at of apart(these.map(({ at }) => at))) {
      context.save()
      context.translate(x(at), entries)
      context.fill(brush.mark)
      context.restore()
    }
  }

  /** Where the network was cut, or worse: a broken line over all the height. */
  function disturbances() {
    context.fillStyle = brush.text
    for (const at of track.marks) {
      if (!visible(at)) continue
      for (let y = 0; y < height; y += 8) context.fillRect(x(at) - 1, y, 2, 5)
    }
  }

  /** Those in sight, less those that stand on the one before: arrows and marks less than 2 px apart are one to the eye. */
  function apart(instants: readonly number[]): number[] {
    let last = Number.NEGATIVE_INFINITY
    return instants.filter((at) => {
      if (!visible(at) || (at - last) * perMs < 2) return false
      last = at
      return true
    })
  }

  function down(instants: readonly number[], thickness: number) {
    arrowsAt(instants, thickness, server, -6)
  }

  function up(instants: readonly number[], thickness: number) {
    arrowsAt(instants, thickness, page, 6)
  }

  /** Upright arrows with their tips on a rail, their heads' feet `feet` px from it. */
  function arrowsAt(instants: readonly number[], thickness: number, rail: number, feet: number) {
    context.beginPath()
    for (const at of apart(instants)) {
      upright(at, thickness)
      context.moveTo(x(at), rail)
      context.lineTo(x(at) - 3, rail + feet)
      context.lineTo(x(at) + 3, rail + feet)
      context.closePath()
    }
    context.fill()
  }

  /** A rectangle, because stroking hundreds of lines was most of the work of drawing. */
  function upright(at: number, thickness: number) {
    if (visible(at)) context.fillRect(x(at) - thickness / 2, page, thickness, server - page)
  }

  function cross(at: number) {
    if (!visible(at)) return
    const middle = (page + server) / 2
    context.strokeStyle = brush.text
    context.lineWidth = 2
    context.beginPath()
    context.moveTo(x(at) - 4, middle - 4)
    context.lineTo(x(at) + 4, middle + 4)
    context.moveTo(x(at) + 4, middle - 4)
    context.lineTo(x(at) - 4, middle + 4)
    context.stroke()
  }
}
