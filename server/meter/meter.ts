import type { Server, ServerResponse } from 'node:http'
import { addressIn } from '../address.ts'
import type { Tallies } from '../contract/meter.ts'
import type { TransportName } from '../contract/transports.ts'
import type { Feed } from '../feed/feed.ts'
import { createLedger, nobody } from './ledger.ts'
import { type Engine, type Messages, tapEngine, tapWebSockets, type WebSocketServer } from './messages.ts'
import { createSockets } from './sockets.ts'
import { createWrap } from './wrap.ts'

/**
 * The meter counts what each transport costs, and no transport knows of it. It looks from two sides:
 * - the sockets say how many bytes crossed, and requests say whose they were (sockets.ts);
 * - the feed says what was carried: entries and their bytes (wrap.ts), and what else was said (messages.ts).
 * What is left of the bytes after heads, control and payload is framing.
 */
export interface Meter {
  /** What the server is to make its responses with, so that the meter sees their bodies. */
  ServerResponse: typeof ServerResponse
  /** Counts the connections of a server. Call it when every stack has put its own listeners on. */
  tap(server: Server, webSockets: WebSocketServer, engine: Engine): void
  /** The same feed, with what it carries entered under a transport. */
  wrap(feed: Feed, transport: TransportName): Feed
  /** All tallies, or one client's. Settles every open socket first. */
  read(client?: string): Tallies
}

export function createMeter(maxClients?: number): Meter {
  const ledger = createLedger(maxClients)
  const messages: Messages = {
    accountOf(request) {
      const { transport, client } = addressIn(request)
      return ledger.account(transport, client)
    },
    isHandingOver: () => false,
    pageInHand: () => undefined,
    heard: { account: nobody, bytes: 0 },
  }
  const sockets = createSockets(ledger, messages)
  const { wrap, settle } = createWrap(ledger, messages)

  return {
    ServerResponse: sockets.ServerResponse,
    tap(server, webSockets, engine) {
      sockets.tap(server)
      tapWebSockets(webSockets, messages)
      tapEngine(engine, messages)
    },
    wrap,
    read(client) {
      sockets.settle()
      settle()
      return ledger.read(client)
    },
  }
}
