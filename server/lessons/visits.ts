import type { WebSocket } from 'ws'

/** What a page that is opened again and again may leave behind before it is swept up. */
export const visitLimits = { visits: 128, sockets: 8, timers: 64, ms: 60_000 }

/** What one learner's page has on the server: the sockets it has open, and the timers that run for it. */
export interface Visit {
  sockets: Set<WebSocket>
  /** Does it every so many ms until it is told to stop. Counted while it runs. */
  every(ms: number, work: () => void): () => void
  /** How many of its timers run now. */
  readonly timers: number
}

/**
 * Pages by name, so that learners do not see each other's leaks. Each is bounded, and whatever it still holds is cleared
 * a minute after it began: a lesson about leaks must not be one.
 */
export function createVisits() {
  const visits = new Map<string, Visit & { end(): void }>()

  /** The visit of that name, begun if there is none; absent where there are too many. */
  function begin(name: string): Visit | undefined {
    const known = visits.get(name)
    if (known || visits.size >= visitLimits.visits) return known
    const running = new Set<NodeJS.Timeout>()
    const sweep = setTimeout(end, visitLimits.ms)
    function end() {
      clearTimeout(sweep)
      for (const timer of running) clearInterval(timer)
      for (const socket of visit.sockets) socket.close(1008, 'it was long enough')
      visits.delete(name)
    }
    const visit = {
      sockets: new Set<WebSocket>(),
      every(ms: number, work: () => void) {
        if (running.size >= visitLimits.timers) return () => {}
        const timer = setInterval(work, ms)
        running.add(timer)
        return () => {
          clearInterval(timer)
          running.delete(timer)
        }
      },
      get timers() {
        return running.size
      },
      end,
    }
    visits.set(name, visit)
    return visit
  }

  return {
    /** Takes a new connection into the visit that it names, or refuses it. */
    enter(socket: WebSocket, name: string | null): Visit | undefined {
      const visit = name && /^[a-z0-9-]{1,64}$/.test(name) ? begin(name) : undefined
      if (!visit || visit.sockets.size >= visitLimits.sockets) {
        socket.close(1008, 'name a visit in ?visit=, and open few connections in it')
        return undefined
      }
      visit.sockets.add(socket)
      socket.once('close', () => visit.sockets.delete(socket))
      return visit
    },
    /** How many timers and sockets a visit has alive, and how many timers this whole process has. */
    count(name: string) {
      const { timers, sockets } = visits.get(name) ?? { timers: 0, sockets: new Set() }
      const process = globalThis.process.getActiveResourcesInfo().filter((what) => what === 'Timeout').length
      return { timers, sockets: sockets.size, process }
    },
    close() {
      for (const { end } of visits.values()) end()
    },
  }
}
