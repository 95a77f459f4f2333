import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { addressIn } from '../address.ts'
import { connectionIn, connectionOf } from '../connection.ts'
import type { Page } from '../contract/wire.ts'
import { entryBytes, once } from '../feed/encoding.ts'
import { createRoster, type Listed } from '../feed/roster.ts'
import { type Account, type Ledger, nobody } from './ledger.ts'
import type { Messages } from './messages.ts'

/** What a TCP connection has read and written, and how much of that is somebody's already. */
export interface Counted extends Listed {
  /**
   * Absent before the meter is there, where there is none, and once it is closed: whoever remembers a connection that has
   * ended keeps no more than this record, and neither does the garbage collector, to which what a WeakMap leads to is in
   * use until all of the heap is looked through.
   */
  socket: Socket | undefined
  /** A request asked that it become a WebSocket: no other request comes, and all that follows is this one's. */
  isUpgraded: boolean
  read: number
  written: number
  /** The account of its first request, whose connection it is. */
  first: Account | undefined
  /** That of its latest. */
  account: Account | undefined
  /** The oldest request under way. */
  current: Exchange | undefined
}

/**
 * One request and its answer. It is the response itself: Node makes one for each request, and of thousands that wait an
 * object more would be one more to make, to find and to move.
 */
export interface Exchange extends ServerResponse {
  /** Its connection; absent where nothing is counted. */
  counted: Counted | undefined
  account: Account
  /** The one that came before this one was answered, when a client pipelines. */
  behind: Exchange | undefined
  /** Bytes of the request so far. */
  bytesIn: number
  /** Length of the request's body: 0 where it has none, NaN where it did not say. */
  bodyIn: number
  /** Bytes of the response's body handed over so far. */
  bodyOut: number
  /** Whether the head of the response is entered in its account. */
  isHeadEntered: boolean
  /** Whether the request itself is entered in its account. */
  isEntered: boolean
  /** Bytes of the body that carry no entry, and are not entered yet. */
  control: number
  /** The page that it answers with: the body is its entries and their envelope. Its entries are taken out when entered. */
  page: Page | undefined
}

/**
 * The socket side of the meter. Node counts the bytes of every socket; between the end of one response and the end of
 * the next they all belong to the latter's request. So nothing is parsed and nothing estimated: what was carried is the
 * difference of two readings of `bytesRead` or `bytesWritten`, and a head as long as the text that Node made of it. What
 * was written is read no sooner than somebody else's is to follow, or somebody asks: while a connection is one lane's,
 * which answer had how many bytes is nothing that is ever told. It runs on every request of every transport, so it makes
 * no closure per request and names each field it adds to.
 */
export function createSockets(ledger: Ledger, messages: Messages) {
  const connections = createRoster<Counted>()

  /**
   * A response that is counted. Node makes it for a request and detaches it from its socket when it is done: so the
   * exchange begins and ends with it, without a listener for each.
   */
  class MeteredResponse extends Response implements Exchange {
    counted: Counted | undefined = undefined
    account = nobody
    behind: Exchange | undefined = undefined
    bytesIn = 0
    bodyIn = 0
    bodyOut = 0
    isHeadEntered = false
    isEntered = false
    control = 0
    page: Page | undefined = undefined

    constructor(request: IncomingMessage, options?: object) {
      super(request, options)
      const connection = connectionIn(request)
      if (connection.socket) begin(this, connection)
    }

    override detachSocket(socket: Socket) {
      super.detachSocket(socket)
      if (this.counted) answered(this, this.counted)
    }

    override flushHeaders() {
      super.flushHeaders()
      if (this.counted) enterHead(this)
    }

    override writeContinue(done?: () => void) {
      super.writeContinue(done)
      if (this.counted) this.account.tally.headBytesOut += CONTINUE.length
    }
  }
  const { write, end } = ServerResponse.prototype as unknown as Record<'write' | 'end', Write>
  const tapped: Record<'write' | 'end', Write> = {
    write(chunk, encoding, done) {
      if (this.counted) sawBody(this, chunk)
      return write.call(this, chunk, encoding, done)
    },
    end(chunk, encoding, done) {
      if (this.counted) sawBody(this, chunk)
      return end.call(this, chunk, encoding, done)
    },
  }
  type Write = (this: MeteredResponse, chunk: unknown, encoding: unknown, done: unknown) => unknown
  Object.assign(MeteredResponse.prototype, tapped)

  function tap(server: Server) {
    server.prependListener('connection', opened)
    server.prependListener('disconnection', closed)
    server.prependListener('upgrade', upgraded)
  }

  function opened(socket: Socket) {
    const connection = connectionOf(socket)
    connection.socket = socket
    connections.add(connection)
  }

  function closed(socket: Socket) {
    const connection = connectionOf(socket)
    // A connection that never named a URL is nobody's; what came after the last answer is the last one's.
    connection.first ??= named(ledger.account('other', undefined))
    const { current } = connection
    if (current) {
      settle(current, connection)
      if (current.bodyIn > 0 && current.req.complete) enterHeadIn(current)
    } else give(connection, connection.account ?? connection.first)
    connection.first.tally.open--
    connections.delete(connection)
    connection.socket = undefined
  }

  /** Begins an exchange on a connection: from here on its bytes are this request's. */
  function begin(exchange: Exchange, connection: Counted) {
    const { req } = exchange
    exchange.counted = connection
    exchange.account = accountFor(req, connection)
    exchange.bodyIn = bodyLength(req)
    const { current } = connection
    if (current) {
      // What comes behind a request that is not answered yet counts for that one: pipelining is all but extinct.
      settle(current, connection)
      lastOf(current).behind = exchange
    } else {
      connection.current = exchange
      exchange.bytesIn = takeRead(connection)
    }
  }

  /** Whose the bytes of a request are. A lane that keeps its connection is found without looking it up again. */
  function accountFor(request: IncomingMessage, connection: Counted): Account {
    const { transport, client } = addressIn(request)
    const { account: latest } = connection
    if (latest?.transport === transport && latest.client === client) return ledger.use(latest)
    // From here on what is written is another's; of one whose answer is still to come, `begin` takes care.
    if (latest && !connection.current) giveWritten(connection, latest)
    const account = ledger.account(transport, client)
    connection.first ??= named(account)
    connection.account = account
    return account
  }

  /** The end of an exchange: all of it is known now, but for how many bytes the connection has written. */
  function answered(exchange: Exchange, connection: Counted) {
    const { account, bodyIn, behind, req } = exchange
    enter(exchange)
    enterHead(exchange)
    // What has come since the head of a request without a body is the next one's.
    if (bodyIn !== 0 || behind) giveRead(exchange, connection)
    if (behind) giveWritten(connection, account)
    if (bodyIn > 0) {
      if (req.complete) enterHeadIn(exchange)
      // Refused by its head alone. Node reads the rest all the same, and it is no part of the next request.
      else req.once('end', () => readAtLast(exchange, connection))
    }
    const { bytesIn, bodyOut, page } = exchange
    const { tally } = account
    if (page && bodyOut > 0 && isNothing(page) && exchange.writableFinished) {
      tally.emptyResponses++
      tally.emptyBytesIn += bytesIn
      tally.emptyBytesOut += headLength(exchange) + bodyOut
    }
    // Node answers in the order in which it was asked (RFC 9112 §9.3.2).
    connection.current = behind
  }

  /** What a response begins with may be a page. One who may not have it is told so in its place, with another status. */
  function sawPage(exchange: Exchange) {
    if (exchange.statusCode !== 200) exchange.page = undefined
    else exchange.page ??= messages.pageInHand()
    if (exchange.page) exchange.control -= payloadOf(exchange.page)
  }

  function sawBody(exchange: Exchange, chunk: unknown) {
    const length = typeof chunk === 'string' ? bytesOf(chunk) : chunk instanceof Uint8Array ? chunk.length : 0
    if (length === 0 || hasNoBody(exchange)) return
    if (exchange.bodyOut === 0) sawPage(exchange)
    exchange.bodyOut += length
    if (!messages.isHandingOver()) exchange.control += length
  }

  function upgraded(request: IncomingMessage, socket: Duplex, head: Buffer) {
    const connection = connectionIn(request)
    if (!connection.socket) return
    const { current, account: before } = connection
    if (current) settle(current, connection)
    else if (before) giveWritten(connection, before)
    const account = accountFor(request, connection)
    const read = takeRead(connection)
    account.tally.requests++
    account.tally.bytesIn += read
    // Its first frames have come at its heels.
    account.tally.headBytesIn += read - head.length

    // Whichever library accepts it writes the answer's head and then begins to listen; one that refuses it never does.
    socket.on('newListener', function accepted(event) {
      if (event !== 'data') return
      socket.off('newListener', accepted)
      const written = takeWritten(connection)
      account.tally.upgrades++
      account.tally.bytesOut += written
      account.tally.headBytesOut += written
    })
  }

  return {
    ServerResponse: MeteredResponse as unknown as typeof ServerResponse,
    tap,
    /** Enters what open connections have carried so far. What has come for no request yet waits for the next one. */
    settle() {
      for (const connection of connections.all()) {
        const { current, account, isUpgraded } = connection
        if (current) settle(current, connection)
        else if (account && isUpgraded) give(connection, account)
        else if (account) giveWritten(connection, account)
      }
    },
  }
}

/** Node hands its responses options that its types do not tell of. */
const Response = ServerResponse as new (request: IncomingMessage, options?: object) => ServerResponse

/** Counts a connection for the account of its first request. */
function named(account: Account): Account {
  const { tally } = account
  tally.connections++
  tally.open++
  return account
}

/**
 * Gives a connection's oldest exchange what has been read and written since somebody looked last, and enters all that
 * is known of it. Of a poll that waits nothing is entered until it is answered or somebody reads the meter: each look
 * at the books of one client among many is a wait for memory, and most of what a poll's meter costs.
 */
function settle(exchange: Exchange, connection: Counted) {
  enter(exchange)
  giveRead(exchange, connection)
  giveWritten(connection, exchange.account)
}

/** Enters what an exchange has kept to itself. */
function enter(exchange: Exchange) {
  const { account, page } = exchange
  const { tally, transport } = account
  if (!exchange.isEntered) {
    exchange.isEntered = true
    if (isPreflight(exchange.req)) tally.preflights++
    else tally.requests++
    tally.bytesIn += exchange.bytesIn
    // All that had come when it began is the head, unless a body followed at its heels.
    if (exchange.bodyIn === 0) tally.headBytesIn += exchange.bytesIn
  }
  if (page && exchange.bodyOut > 0 && page.entries.length > 0) {
    tally.entriesOut += page.entries.length
    tally.payloadBytesOut += payloadOf(page)
    exchange.page = undefined
  }
  // Socket.IO's messages are counted one by one (messages.ts); what pages and /meter say is no message of a feed.
  if (transport !== 'socket-io' && transport !== 'other') tally.controlBytesOut += exchange.control
  exchange.control = 0
}

function giveRead(exchange: Exchange, connection: Counted) {
  const read = takeRead(connection)
  exchange.bytesIn += read
  exchange.account.tally.bytesIn += read
}

/** Gives an account what a connection has carried that no exchange is there for. */
function give(connection: Counted, account: Account) {
  account.tally.bytesIn += takeRead(connection)
  giveWritten(connection, account)
}

function giveWritten(connection: Counted, { tally }: Account) {
  tally.bytesOut += takeWritten(connection)
}

/** Enters the head of a response, once: when it leaves by itself, or with all the rest. */
function enterHead(exchange: Exchange) {
  if (exchange.isHeadEntered) return
  exchange.isHeadEntered = true
  exchange.account.tally.headBytesOut += headLength(exchange)
}

/** Enters the head of a request that had a body, once all of it is there: the rest of what came. */
function enterHeadIn({ account, bytesIn, bodyIn }: Exchange) {
  account.tally.headBytesIn += bytesIn - bodyIn
}

/** Enters the rest of a request that was answered before all of it had come; if the next is here already, it took it. */
function readAtLast(exchange: Exchange, connection: Counted) {
  if (connection.current) return
  giveRead(exchange, connection)
  enterHeadIn(exchange)
}

/**
 * The head as Node writes it, of which each character is a byte (RFC 9110 §5.5: what is beyond ASCII is opaque, and
 * Node writes it as Latin-1). Nothing public tells it, though all that is known of a response in one piece is made of it;
 * that it is to the byte what crosses is tested against a proxy.
 */
const headLength = ({ _header: head }: Exchange & { _header?: string | null }) => head?.length ?? 0

/** Bytes read since the last time. */
function takeRead(connection: Counted): number {
  const { socket, read: before } = connection
  if (!socket) return 0
  connection.read = socket.bytesRead
  return connection.read - before
}

/** Bytes written since the last time. What a broken connection still had queued is taken off again by Node. */
function takeWritten(connection: Counted): number {
  const { socket, written: before } = connection
  if (!socket) return 0
  connection.written = Math.max(before, socket.bytesWritten)
  return connection.written - before
}

function lastOf(exchange: Exchange): Exchange {
  let last = exchange
  while (last.behind) last = last.behind
  return last
}

/** A browser asks before it sends what another origin's page wrote (Fetch §4.8). */
const isPreflight = (request: IncomingMessage) =>
  request.method === 'OPTIONS' && 'access-control-request-method' in request.headers

/** Whoever waited for the same entries is answered with the same page. */
const payloadOf = once(({ entries }: Page) => entries.reduce((sum, entry) => sum + entryBytes(entry), 0))

/** A poll that brought nothing, and no word of a gap either. */
const isNothing = ({ entries, gap }: Page) => entries.length === 0 && !gap

/** What Node says to a client that waits for leave to send its body (RFC 9110 §10.1.1). */
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

/** RFC 9112 §6.3: a request has a body where it says how long that is, or that it comes in chunks. */
function bodyLength({ headers }: IncomingMessage): number {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers
  if (encoding !== undefined) return Number.NaN
  return length === undefined ? 0 : Number(length)
}

let latest = { text: '', bytes: 0 }

/** The length of a text in UTF-8. Whoever polls from the same place is answered with the very same text. */
function bytesOf(text: string): number {
  if (latest.text !== text) latest = { text, bytes: Buffer.byteLength(text) }
  return latest.bytes
}

/** RFC 9110 §6.4.1: these answers have no body, whatever was handed over for it. */
const hasNoBody = ({ req, statusCode }: ServerResponse) =>
  req.method === 'HEAD' || statusCode === 204 || statusCode === 304
