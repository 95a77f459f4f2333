import type { ClientTransport } from './connection.ts'
import { createAside, poll, post } from './http.ts'
import { createReader } from './reader.ts'
import { keepTrying, sleep } from './reconnect.ts'

/**
 * Short polling: asks every `interval` seconds, and is answered at once.
 * Costs one request per interval, news or not; an entry waits half an interval on average.
 * Cannot hear of anything between two polls.
 * On the wire: `GET /short-polling/lobby?after=k3f9.42` → `{"cursor":"k3f9.43","gap":false,"more":false,"entries":[…]}`
 */
export const shortPolling: ClientTransport = (target, listener) => {
  const ended = new AbortController()
  const reader = createReader(target, listener, ended.signal)
  const aside = createAside(target, '/short-polling')

  // Receive
  void keepTrying(listener, ended.signal, async (connected) => {
    for (let open = false; !ended.signal.aborted; ) {
      const asked = performance.now()
      const page = await poll(target, '/short-polling', reader, ended.signal, 10_000)
      if (!open) {
        open = true
        connected()
        listener.onStatus({ state: 'open' })
        aside.sayAgain()
      }
      reader.page(page)
      // From question to question, however long the answer took; at once when another page waits.
      if (!page.more) await sleep((target.interval ?? 1) * 1000 - (performance.now() - asked), ended.signal)
    }
  })

  return {
    // Publish
    publish: (draft) => post(target, '/short-polling', draft),
    typing: aside.typing,
    away: aside.away,
    get cursor() {
      return reader.cursor
    },
    close: () => ended.abort(),
  }
}
