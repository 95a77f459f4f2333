import type { Socket } from 'node:net'
import type { Pipe } from './pipe.ts'

/**
 * One direction of a connection: what the source says reaches the sink later, in order, nothing more and nothing less.
 * It holds a bounded amount, as a TCP window would: when that much is on its way, or the sink takes no more, the source
 * is not read, and its kernel makes it wait.
 */
export interface Line {
  push(bytes: Buffer): void
  /** The source has ended (FIN): so will the sink, after the bytes that are on their way. */
  end(): void
  /** The source was reset: so will be the sink, after the same delay, though it may not have taken all the bytes. */
  reset(): void
  /** Nothing enters before this moment (ms of performance.now()). */
  closeUntil(moment: number): void
  /** Nothing leaves before this moment. */
  holdUntil(moment: number): void
  /** Forgets what is on its way and passes nothing on any more. The source is read on: somebody must hear its end. */
  stop(): void
}

export interface Way {
  /** How long a chunk takes, in ms. Asked for each. */
  delay(): number
  /** What it goes through. Asked for each chunk. */
  pipe(): Pipe
  /** How much may be on its way, in bytes. */
  capacity: number
}

/** What a chunk costs beside its bytes: without it a million of one byte each would be cheap to send and dear to keep. */
const CHUNK_COST = 256

/** Timers are of whole ms; what is due sooner than half of one is due. */
const NOW = 0.5

interface Chunk {
  due: number
  /** Nothing for the end. */
  bytes?: Buffer
}

export function createLine(source: Socket, sink: Socket, way: Way): Line {
  let queue: Chunk[] = []
  let first = 0
  let held = 0
  let lastDue = 0
  let resetDue = Number.POSITIVE_INFINITY
  let closedUntil = 0
  let heldUntil = 0
  let sinkFull = false
  let sourcePaused = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined

  sink.on('drain', () => {
    sinkFull = false
    release()
  })

  /** When something that was said now arrives: order is kept, however the delays fall. */
  function dueOf(size: number): number {
    const entered = way.pipe().pass(size, Math.max(performance.now(), closedUntil))
    lastDue = Math.max(lastDue, entered + way.delay())
    return lastDue
  }

  function release() {
    if (stopped) return
    const time = performance.now() + NOW
    if (time >= heldUntil) {
      while (!sinkFull) {
        const chunk = queue[first]
        if (!chunk || chunk.due > time) break
        first++
        passOn(chunk)
      }
      if (first > 1_024 || first === queue.length) {
        queue = queue.slice(first)
        first = 0
      }
      if (resetDue <= time) {
        stop()
        sink.resetAndDestroy()
        return
      }
    }
    regulate()
    wake()
  }

  function passOn({ bytes }: Chunk) {
    if (!bytes) {
      sink.end()
      return
    }
    held -= bytes.length + CHUNK_COST
    if (!sink.destroyed) sinkFull = !sink.write(bytes)
  }

  /** Backpressure: reads the source when there is room for what it says. */
  function regulate() {
    const crowded = sinkFull || held >= (sourcePaused ? way.capacity / 2 : way.capacity)
    if (crowded === sourcePaused) return
    sourcePaused = crowded
    if (crowded) source.pause()
    else source.resume()
  }

  /** One timer for whatever comes next, not one for each chunk. */
  function wake() {
    clearTimeout(timer)
    const head = sinkFull ? undefined : queue[first]
    const next = Math.max(Math.min(head?.due ?? Number.POSITIVE_INFINITY, resetDue), heldUntil)
    if (next === Number.POSITIVE_INFINITY) return
    timer = setTimeout(release, Math.max(1, Math.round(next - performance.now())))
  }

  function stop() {
    stopped = true
    clearTimeout(timer)
    queue = []
    first = 0
    held = 0
    source.resume()
  }

  /** Puts something at the end of the queue; only when it is alone there is anything new to wait for. */
  function enqueue(chunk: Chunk) {
    queue.push(chunk)
    if (queue.length - first === 1) release()
  }

  return {
    push(bytes) {
      if (stopped) return
      const { slice } = way.pipe()
      for (let at = 0; at < bytes.length; at += slice) {
        const part = bytes.length <= slice ? bytes : bytes.subarray(at, at + slice)
        held += part.length + CHUNK_COST
        enqueue({ due: dueOf(part.length), bytes: part })
      }
      regulate()
    },
    end() {
      if (!stopped) enqueue({ due: dueOf(0) })
    },
    reset() {
      if (stopped) return
      resetDue = dueOf(0)
      release()
    },
    closeUntil(moment) {
      closedUntil = Math.max(closedUntil, moment)
    },
    holdUntil(moment) {
      heldUntil = Math.max(heldUntil, moment)
      if (!stopped) wake()
    },
    stop,
  }
}
