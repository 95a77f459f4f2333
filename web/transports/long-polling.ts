import type { ClientTransport } from './connection.ts'
import { createAside, poll, post } from './http.ts'
import { createReader } from './reader.ts'
import { keepTrying } from './reconnect.ts'

/**
 * Long polling: asks, waits for the answer as long as it takes, and asks again at once.
 * Costs one request per answer (a burst shares one), and one connection held while waiting.
 * Cannot hear of anything between an answer and the next question; the cursor makes up for it.
 * On the wire: `GET /long-polling/lobby?after=k3f9.42&wait=25`, silence, then a page as of short polling.
 */
export const longPolling: ClientTransport = (target, listener) => {
  const ended = new AbortController()
  const reader = createReader(target, listener, ended.signal)
  const aside = createAside(target, '/long-polling')
  const wait = target.wait ?? 25

  // Receive
  void keepTrying(listener, ended.signal, async (connected) => {
    for (let open = false; !ended.signal.aborted; ) {
      // The first answer comes at once: a lane is open when the server has said where it stands.
      const seconds = String(open ? wait : 0)
      const page = await poll(target, '/long-polling', reader, ended.signal, (wait + 10) * 1000, {
        wait: seconds,
      })
      if (!open) {
        open = true
        connected()
        listener.onStatus({ state: 'open' })
        aside.sayAgain()
      }
      reader.page(page)
    }
  })

  return {
    // Publish
    publish: (draft) => post(target, '/long-polling', draft),
    typing: aside.typing,
    away: aside.away,
    get cursor() {
      return reader.cursor
    },
    close: () => ended.abort(),
  }
}
