import type { Socket } from 'node:net'

/** Stops a reader's connections from being read, as a page does whose thread is busy; what comes waits in the kernel. */
export interface Gate {
  /** A connection of the reader's, as soon as it is there. */
  opened(socket: Socket): void
  pause(): void
  resume(): void
}

export function createGate(): Gate {
  const sockets = new Set<Socket>()
  let paused = false
  return {
    opened(socket) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      socket.once('connect', () => paused && socket.pause())
    },
    pause() {
      paused = true
      for (const socket of sockets) socket.pause()
    },
    resume() {
      paused = false
      for (const socket of sockets) socket.resume()
    },
  }
}
