import { type ReadonlySignal, signal } from '@preact/signals'
import { STARVED } from '../dashboard/starvation.ts'
import { Trouble } from '../network/ask.ts'

/**
 * Tells when requests of this page wait inside the browser. A page cannot see its browser's pool, nor tabs of another
 * kind that hold it. But a WebSocket is none of the six: where a request is not answered and a WebSocket is, the server
 * is there, and the request was never sent.
 */
export function createStarvation(): {
  readonly isStarved: ReadonlySignal<boolean>
  /** Watches a request that the server answers at once, and resolves or rejects as it does. */
  watch<T>(request: Promise<T>): Promise<T>
} {
  const isStarved = signal(false)

  return {
    isStarved,
    async watch(request) {
      let isAnswered = false
      const answered = () => {
        isAnswered = true
        isStarved.value = false
      }
      const look = async () => {
        const isThere = await serverAnswers()
        if (!isAnswered) isStarved.value = isThere
      }
      const timer = setTimeout(look, STARVED)
      try {
        const answer = await request
        answered()
        return answer
      } catch (error) {
        if (error instanceof Trouble && error.code !== 'network') answered()
        // It may have waited too long, or the server is gone now.
        else if (isStarved.peek()) void look()
        throw error
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

/** Whether the server opens a WebSocket, within the time that a request may wait. */
function serverAnswers(): Promise<boolean> {
  const url = new URL('/echo', location.origin)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(url)
  return new Promise<boolean>((resolve) => {
    const timer = setTimeout(resolve, STARVED, false)
    socket.onopen = () => resolve(true)
    socket.onclose = () => {
      clearTimeout(timer)
      resolve(false)
    }
  }).finally(() => socket.close())
}
