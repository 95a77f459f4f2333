import type { TransportName } from '../contract/transports.ts'
import type { Page } from '../contract/wire.ts'
import { entryBytes, once } from '../feed/encoding.ts'
import type { Feed, Following, Handed, Waiting, Who } from '../feed/feed.ts'
import { exchangeOf } from './exchange.ts'
import type { Account, Ledger } from './ledger.ts'
import type { Messages } from './messages.ts'

/** One who follows a room, and what of it is entered already. */
interface Reader {
  account: Account
  following: Following
  entered: Handed
}

/**
 * The feed side of the meter: the same feed, with what passes entered under a transport. The feed itself counts what a
 * reader is handed, as Node counts the bytes of a socket; so here, too, only differences of two readings are entered,
 * and a delivery costs nothing more than it did.
 */
export function createWrap(ledger: Ledger, messages: Messages) {
  const readers = new Set<Reader>()

  function wrap(feed: Feed, transport: TransportName): Feed {
    messages.isHandingOver = feed.isHandingOver
    const accountOf = ({ request, client }: Who) =>
      exchangeOf(request)?.account ?? ledger.account(transport, client)

    function enterPage(page: Page, { request, client }: Who) {
      const { entries, gap } = page
      const exchange = exchangeOf(request)
      if (exchange) exchange.emptyPoll = entries.length === 0 && !gap
      if (entries.length === 0) return
      const payload = payloadOf(page)
      const { tally } = exchange?.account ?? ledger.account(transport, client)
      tally.entriesOut += entries.length
      tally.payloadBytesOut += payload
      if (exchange) exchange.pagePayload = payload
    }

    return {
      ...feed,

      publish(room, draft, who) {
        const payload = Buffer.byteLength(JSON.stringify(draft))
        const { tally } = accountOf(who)
        tally.entriesIn++
        tally.payloadBytesIn += payload
        // The message that brought it was no control message after all.
        tally.controlBytesIn -= messages.heard
        messages.heard = 0
        return feed.publish(room, draft, who)
      },

      page(room, cursor, who) {
        const page = feed.page(room, cursor, who)
        // Beside the one who asked, and before: a promise in between would be what the meter costs a poll most.
        page.then((page) => enterPage(page, who), heardElsewhere)
        return page
      },
      nextPage(room, cursor, who, waiting) {
        return feed.nextPage(room, cursor, who, new Entering(waiting, who, enterPage))
      },
      follow(room, cursor, who, listener) {
        const following = feed.follow(room, cursor, who, listener)
        const reader: Reader = { account: accountOf(who), following, entered: { entries: 0, bytes: 0 } }
        readers.add(reader)
        function end() {
          if (readers.delete(reader)) enter(reader)
        }
        following.joined.catch(end)
        return {
          ...following,
          leave() {
            following.leave()
            end()
          },
        }
      },
    }
  }

  return {
    wrap,
    /** Enters what readers have been handed so far. */
    settle: () => readers.forEach(enter),
  }
}

/** Whoever waited for the same entries is answered with the same page. */
const payloadOf = once(({ entries }: Page) => entries.reduce((sum, entry) => sum + entryBytes(entry), 0))

/** Beside one who waits for a page. A class: thousands wait, and each would have two functions of its own. */
class Entering implements Waiting {
  private readonly waiting: Waiting
  private readonly who: Who
  private readonly enterPage: (page: Page, who: Who) => void

  constructor(waiting: Waiting, who: Who, enterPage: (page: Page, who: Who) => void) {
    this.waiting = waiting
    this.who = who
    this.enterPage = enterPage
  }

  onPage(page: Page) {
    this.enterPage(page, this.who)
    this.waiting.onPage(page)
  }

  onFailed(error: Error) {
    this.waiting.onFailed(error)
  }
}

/** A page that cannot be read is not entered; whoever asked for it hears why. */
const heardElsewhere = () => {}

function enter(reader: Reader) {
  const { entries, bytes } = reader.following.handed()
  const { tally } = reader.account
  tally.entriesOut += entries - reader.entered.entries
  tally.payloadBytesOut += bytes - reader.entered.bytes
  reader.entered = { entries, bytes }
}
