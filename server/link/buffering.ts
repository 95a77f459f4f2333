/** A stage that gathers bytes before it passes them on. */
export interface Buffering {
  push(bytes: Buffer): void
  /** Passes on what it has gathered. */
  flush(): void
  /** Forgets what it has gathered. */
  stop(): void
}

/**
 * A buffering proxy: bytes wait until so many are there, or the first of them has waited so long. It is such a proxy,
 * not the event stream, that makes an entry late. X-Accel-Buffering is a word of nginx's; this one does not know it.
 */
export function createBuffering(
  limits: { bytes: number; ms: number },
  out: (bytes: Buffer) => void,
): Buffering {
  let gathered: Buffer[] = []
  let size = 0
  let timer: NodeJS.Timeout | undefined

  function stop() {
    clearTimeout(timer)
    timer = undefined
    gathered = []
    size = 0
  }

  function flush() {
    const ready = gathered
    stop()
    for (const bytes of ready) out(bytes)
  }

  return {
    push(bytes) {
      gathered.push(bytes)
      size += bytes.length
      timer ??= setTimeout(flush, limits.ms)
      if (size >= limits.bytes) flush()
    },
    flush,
    stop,
  }
}
