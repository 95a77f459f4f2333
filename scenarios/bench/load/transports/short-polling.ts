import { createPoller } from '../polling.ts'
import { createPoster } from '../posting.ts'
import type { LoadTransport } from '../transport.ts'

/** Short polling: a question every `interval` seconds, from question to question. Drafts go by POST. */
export const shortPolling: LoadTransport = (target, publisher, reader) => {
  const { room, client, interval, random } = target
  const query = (cursor: string | undefined) => (cursor === undefined ? '' : `after=${cursor}&`)

  // Receive
  const poller =
    reader &&
    createPoller(target, reader, {
      url: (cursor) => `/short-polling/${room}?${query(cursor)}client=${client}`,
      // The first pause is a random part of the interval: a thousand strangers do not poll at the same instant.
      pause: (asked, first) =>
        first ? random() * interval * 1000 : asked + interval * 1000 - performance.now(),
    })

  // Publish
  const poster = createPoster(target, '/short-polling', publisher)

  return {
    publish: poster.publish,
    close() {
      poller?.close()
      poster.close()
    },
  }
}
