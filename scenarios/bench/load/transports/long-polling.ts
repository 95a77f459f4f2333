import { createPoller } from '../polling.ts'
import { createPoster } from '../posting.ts'
import type { LoadTransport } from '../transport.ts'

/** Long polling: a question that waits for its answer, and the next at once. Drafts go by POST. */
export const longPolling: LoadTransport = (target, publisher, reader) => {
  const { room, client, wait } = target
  const query = (cursor: string | undefined) => (cursor === undefined ? '' : `after=${cursor}&`)

  // Receive
  const poller =
    reader &&
    createPoller(target, reader, {
      // The first answer comes at once: it says where the reader stands.
      url: (cursor, first) =>
        `/long-polling/${room}?${query(cursor)}wait=${first ? 0 : wait}&client=${client}`,
      pause: () => 0,
    })

  // Publish
  const poster = createPoster(target, '/long-polling', publisher)

  return {
    publish: poster.publish,
    close() {
      poller?.close()
      poster.close()
    },
  }
}
