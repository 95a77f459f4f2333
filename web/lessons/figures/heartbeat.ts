import { now } from '../../ui/clock.ts'

/** What the page says to hear something back. It cannot send a ping: that frame is the browser's alone. */
export const HEARTBEAT = 'heartbeat'

export interface Heartbeat {
  /** Something was heard. */
  heard(): void
  stop(): void
}

/**
 * Says something every so often, in ms, on a socket to somebody who answers it. A connection on which something crosses is
 * not idle; and when three in a row stay without any answer, nobody is there, whatever the socket says of itself.
 */
export function keepAlive(socket: WebSocket, every: number, onSilence: () => void): Heartbeat {
  let heardAt = now()
  const timer = setInterval(() => {
    if (now() - heardAt >= 3 * every) {
      clearInterval(timer)
      onSilence()
    } else if (socket.readyState === WebSocket.OPEN) socket.send(HEARTBEAT)
  }, every)
  return {
    heard() {
      heardAt = now()
    },
    stop: () => clearInterval(timer),
  }
}
