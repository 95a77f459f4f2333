import type { TransportName } from '../contract/transports.ts'
import { entryJson, oncePerBatch, oncePerEntry } from '../feed/encoding.ts'
import type { Feed, FeedListener, Who } from '../feed/feed.ts'
import { exchangeOf } from './exchange.ts'
import type { Ledger } from './ledger.ts'
import type { Messages } from './messages.ts'

/** The feed side of the meter: the same feed, counting what passes. */
export function wrapFeed(feed: Feed, transport: TransportName, ledger: Ledger, messages: Messages): Feed {
  const accountOf = ({ request, client }: Who) =>
    exchangeOf(request)?.account ?? ledger.account(transport, client)

  return {
    publish(room, draft, who) {
      const payload = Buffer.byteLength(JSON.stringify(draft))
      for (const tally of accountOf(who).tallies) {
        tally.entriesIn++
        tally.payloadBytesIn += payload
        // The message that brought it was no control message after all.
        tally.controlBytesIn -= messages.heard
      }
      messages.heard = 0
      return feed.publish(room, draft, who)
    },
    async page(room, cursor, who) {
      const page = await feed.page(room, cursor, who)
      let payload = 0
      for (const entry of page.entries) payload += payloadBytes(entry)
      for (const tally of accountOf(who).tallies) {
        tally.entriesOut += page.entries.length
        tally.payloadBytesOut += payload
      }
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
      const counted: FeedListener = {
        ...listener,
        onEntries(batch) {
          const payload = payloadOf(batch)
          for (const tally of account.tallies) {
            tally.entriesOut += batch.entries.length
            tally.payloadBytesOut += payload
          }
          messages.carrying = true
          try {
            listener.onEntries(batch)
          } finally {
            messages.carrying = false
          }
        },
      }
      return feed.follow(room, cursor, who, counted)
    },
  }
}

const payloadBytes = oncePerEntry((entry) => Buffer.byteLength(entryJson(entry)))

const payloadOf = oncePerBatch(({ entries }) =>
  entries.reduce((bytes, entry) => bytes + payloadBytes(entry), 0),
)
