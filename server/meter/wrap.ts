import type { IncomingMessage } from 'node:http'
import type { TransportName } from '../contract/transports.ts'
import type { Entry } from '../contract/wire.ts'
import { entryJson, oncePerEntry } from '../feed/encoding.ts'
import type { Feed, Who } from '../feed/feed.ts'
import { add, type Ledger } from './ledger.ts'
import type { Messages } from './messages.ts'
import type { Exchange } from './sockets.ts'

/** The feed side of the meter: the same feed, counting what passes. */
export function wrapFeed(
  feed: Feed,
  transport: TransportName,
  ledger: Ledger,
  messages: Messages,
  exchangeOf: (request: IncomingMessage) => Exchange | undefined,
): Feed {
  const accountOf = ({ request, client }: Who) =>
    exchangeOf(request)?.account ?? ledger.account(transport, client)

  return {
    publish(room, draft, who) {
      const account = accountOf(who)
      add(account, 'entriesIn', 1)
      add(account, 'payloadBytesIn', Buffer.byteLength(JSON.stringify(draft)))
      // The message that brought it was no control message after all.
      add(account, 'controlBytesIn', -messages.heard)
      messages.heard = 0
      return feed.publish(room, draft, who)
    },
    async page(room, cursor, who) {
      const page = await feed.page(room, cursor, who)
      const account = accountOf(who)
      const payload = page.entries.reduce((sum, entry) => sum + payloadBytes(entry, page.cursor), 0)
      add(account, 'entriesOut', page.entries.length)
      add(account, 'payloadBytesOut', payload)
      const exchange = exchangeOf(who.request)
      if (exchange) {
        exchange.pagePayload = payload
        exchange.emptyPoll = page.entries.length === 0 && !page.gap
      }
      return page
    },
    news: feed.news,
    follow(room, cursor, who, listener) {
      const account = accountOf(who)
      return feed.follow(room, cursor, who, {
        ...listener,
        onEntry(entry, at) {
          for (const tally of account) {
            tally.entriesOut++
            tally.payloadBytesOut += payloadBytes(entry, at)
          }
          messages.carrying = true
          try {
            listener.onEntry(entry, at)
          } finally {
            messages.carrying = false
          }
        },
      })
    },
  }
}

const payloadBytes = oncePerEntry((entry: Entry, cursor) => Buffer.byteLength(entryJson(entry, cursor)))
