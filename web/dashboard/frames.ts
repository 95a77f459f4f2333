type Draw = () => void

const drawings = new Set<Draw>()
const calm = matchMedia('(prefers-reduced-motion: reduce)')
let looping = false

/** Ms between two drawings: 15 s over some 500 px move two pixels meanwhile, and a page that draws is late itself. */
const PAUSE = 60
const CALM_PAUSE = 1_000

/** Draws again and again, all drawings in one loop, until the returned function is called. Hidden tabs draw nothing. */
export function onFrame(draw: Draw): () => void {
  drawings.add(draw)
  if (!looping) requestAnimationFrame(loop)
  looping = true
  return () => {
    drawings.delete(draw)
  }
}

function loop(): void {
  looping = drawings.size > 0
  if (!looping) return
  for (const draw of drawings) draw()
  // Waiting first, then asking for a frame: a frame asked for and left empty still costs the browser its rounds.
  setTimeout(() => requestAnimationFrame(loop), calm.matches ? CALM_PAUSE : PAUSE)
}
