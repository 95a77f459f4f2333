type Job = () => Promise<void>

/**
 * Runs jobs one at a time, for a connection that can only do one thing at once. Those that write and those that read
 * take turns, so that neither a herd of readers nor a flood of publishers keeps the others waiting for good.
 */
export interface Turns {
  write<T>(job: () => Promise<T>): Promise<T>
  read<T>(job: () => Promise<T>): Promise<T>
}

export function createTurns(): Turns {
  const writes: Job[] = []
  const reads: Job[] = []
  let running = false

  async function run() {
    running = true
    for (let turn = 0; writes.length + reads.length > 0; turn++) {
      const [first, second] = turn % 2 === 0 ? [writes, reads] : [reads, writes]
      await (first.shift() ?? second.shift())?.()
    }
    running = false
  }

  const into =
    (queue: Job[]) =>
    <T>(job: () => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        queue.push(() => job().then(resolve, reject))
        if (!running) void run()
      })

  return { write: into(writes), read: into(reads) }
}
