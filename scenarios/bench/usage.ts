import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { FromServer, ToServer, Usage } from './server-protocol.ts'

/** What is still open after so many ms when the server was told to end is cut. */
const DRAIN_MS = 4_000

/**
 * Makes this process answer what the benchmark asks of a server, and end when the benchmark has ended. `drain` ends what
 * is under way in good order.
 */
export function answerUsage(drain: () => Promise<unknown> = async () => {}): void {
  const clocks = createClocks()
  process.on('message', (message: ToServer) => {
    const said = answer(message)
    if (said) say(said)
  })
  process.on('disconnect', () => process.exit(0))

  function answer({ ask }: ToServer): FromServer | undefined {
    switch (ask) {
      case 'usage':
        return { said: 'usage', usage: clocks.read() }
      case 'memory':
        return { said: 'memory', ...memory(), peak: process.resourceUsage().maxRSS * 1024 }
      case 'forget':
        clocks.forget()
        return { said: 'forgotten' }
      case 'drain':
        setTimeout(() => process.exit(0), DRAIN_MS).unref()
        void drain().then(() => process.exit(0))
        return undefined
    }
  }
}

/** To the benchmark that started this process. */
export const say = (message: FromServer) => void process.send?.(message)

/**
 * The timer that watches the event loop fires every 10 ms when all is well; what is recorded beyond these 10 ms is how
 * late it was. https://nodejs.org/docs/latest-v20.x/api/perf_hooks.html#perf_hooksmonitoreventloopdelayoptions
 */
const RESOLUTION_MS = 10

/** Processor time and event-loop delay of this process. */
export function createClocks(): { read(): Usage; forget(): void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
  return {
    read() {
      const { user, system } = process.cpuUsage()
      const recorded = delay.count > 0
      return {
        cpuSeconds: (user + system) / 1e6,
        eventLoopDelayP99: recorded ? late(delay.percentile(99)) : 0,
        eventLoopDelayMax: recorded ? late(delay.max) : 0,
      }
    },
    forget: () => delay.reset(),
  }
}

/** Twice, because what the first collection finalizes is only freed by the second. */
function memory(): { rss: number; inUse: number } {
  globalThis.gc?.()
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, inUse: heapUsed + external }
}
