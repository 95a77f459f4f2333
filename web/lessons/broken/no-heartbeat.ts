/** Whoever has a connection hears from it. */
export interface Hearer {
  onMessage(text: string): void
  /** The connection is of no use any more: with the code of its close event, or without one where nobody said so. */
  onLost(code: number | undefined): void
}

/**
 * A client that relies on its socket to say when it is lost. When the network goes dead without a word there is no close
 * event, and `readyState` stays OPEN: the page looks connected for as long as it is open.
 * Known from websockets/ws#1467 and #1014.
 */
export function openAndRely(url: URL, { onMessage, onLost }: Hearer): WebSocket {
  const socket = new WebSocket(url)
  socket.onmessage = ({ data }) => onMessage(String(data))
  // The bug: this is all that it waits for.
  socket.onclose = ({ code }) => onLost(code)
  return socket
}

/** A page can send no ping (RFC 6455 §5.5.2): that frame is the browser's. To know whether anybody is there it asks. */
const HEARTBEAT = 'heartbeat'

/**
 * The cure: a question every so many ms to a server that answers it, and a watchdog that counts. Three questions without
 * an answer, and nobody is there, whatever the socket says of itself. Counted are questions and not time: a page that was
 * itself stopped for a while has asked nothing.
 */
export function openAndWatch(url: URL, { onMessage, onLost }: Hearer, every: number): WebSocket {
  let unanswered = 0
  const socket = openAndRely(url, {
    onMessage(text) {
      unanswered = 0
      if (text !== HEARTBEAT) onMessage(text)
    },
    onLost(code) {
      clearInterval(watchdog)
      onLost(code)
    },
  })
  const watchdog = setInterval(() => {
    if (socket.readyState !== socket.OPEN) return
    if (unanswered < 3) {
      unanswered += 1
      return socket.send(HEARTBEAT)
    }
    clearInterval(watchdog)
    // Its end is not waited for: no answer to a close frame will come either.
    socket.onclose = null
    onLost(undefined)
    socket.close()
  }, every)
  return socket
}
