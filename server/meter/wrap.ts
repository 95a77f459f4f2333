import type { TransportName } from '../contract/transports.ts'
import type { Page } from '../contract/wire.ts'
import type { Feed, Following, Handed, Who } from '../feed/feed.ts'
import { createRoster, type Listed } from '../feed/roster.ts'
import type { Account, Ledger } from './ledger.ts'
import type { Messages } from './messages.ts'
import type { Exchange } from './sockets.ts'

/** One who follows a room, and what of it is entered already. What can be done with it are functions of all. */
interface Reader extends Following, Handed, Listed {
  account: Account
  following: Following
}

/**
 * The feed side of the meter: the same feed, with what passes entered under a transport. The feed itself counts what a
 * reader is handed, as Node counts the bytes of a socket; so here, too, only differences of two readings are entered,
 * and a delivery costs nothing more than it did.
 */
export function createWrap(ledger: Ledger, messages: Messages) {
  const readers = createRoster<Reader>()

  function wrap(feed: Feed, transport: TransportName): Feed {
    messages.isHandingOver = feed.isHandingOver
    messages.pageInHand = feed.pageInHand
    const accountOf = ({ client }: Who) => ledger.account(transport, client)

    return {
      ...feed,

      publish(room, draft, who) {
        const { heard } = messages
        const cameInMessage = transport === 'websocket'
        const { tally } = cameInMessage ? heard.account : accountOf(who)
        tally.entriesIn++
        tally.payloadBytesIn += Buffer.byteLength(JSON.stringify(draft))
        if (cameInMessage) {
          // So that was no control message after all.
          tally.controlBytesIn -= heard.bytes
          heard.bytes = 0
        }
        return feed.publish(room, draft, who)
      },

      // A page is entered when it is written (sockets.ts); here it is only said what answers with it. Of one who waited
      // nothing need be said: the page is in the feed's hand while it is written.
      page(room, cursor, who) {
        const page = feed.page(room, cursor, who)
        // Beside the one who asked, and before: a promise in between would be what the meter costs a poll most.
        if (page instanceof Promise) page.then((page) => answersWith(who, page), heardElsewhere)
        else answersWith(who, page)
        return page
      },
      follow(room, cursor, who, listener) {
        const { joined, following } = feed.follow(room, cursor, who, listener)
        const reader: Reader = {
          account: accountOf(who),
          following,
          entries: 0,
          bytes: 0,
          leave,
          handed,
          place: -1,
        }
        readers.add(reader)
        joined.catch(() => end(reader))
        return { joined, following: reader }
      },
    }
  }

  function leave(this: Reader) {
    this.following.leave()
    end(this)
  }

  function end(reader: Reader) {
    enter(reader)
    readers.delete(reader)
  }

  return {
    wrap,
    /** Enters what readers have been handed so far. */
    settle: () => readers.all().forEach(enter),
  }
}

function answersWith({ answer }: Who, page: Page) {
  if (answer) (answer as Exchange).page = page
}

/** A page that cannot be read answers nothing; whoever asked for it hears why. */
const heardElsewhere = () => {}

function handed(this: Reader): Handed {
  return this.following.handed()
}

function enter(reader: Reader) {
  const { entries, bytes } = reader.handed()
  const { tally } = reader.account
  tally.entriesOut += entries - reader.entries
  tally.payloadBytesOut += bytes - reader.bytes
  reader.entries = entries
  reader.bytes = bytes
}
