import type { IncomingMessage } from 'node:http'
import type { Server as IoServer, Socket as IoSocket } from 'socket.io'
import type { RawData, WebSocket, WebSocketServer as WsServer } from 'ws'
import type { Page } from '../contract/wire.ts'
import { isClosing } from '../transports/engine-wire.ts'
import type { Account } from './ledger.ts'

/**
 * Which message is about the feed and which is the feed itself, told without asking the transport: a message that is
 * written while the feed hands over entries carries them; every other one is control. Engine.IO may send later than it is
 * told to, so what is one of its packets is read.
 */
export interface Messages {
  /** Whose the messages are on a connection that began with this handshake. */
  accountOf(handshake: IncomingMessage): Account
  /** Asks the feed whether it is just handing over entries. */
  isHandingOver(): boolean
  /** Asks it which page it is just telling one who waited. */
  pageInHand(): Page | undefined
  /** The WebSocket message that was read last: its account, and its bytes until it turns out to be a draft. */
  readonly heard: { account: Account; bytes: number }
}

export type WebSocketServer = Pick<WsServer, 'on'>
export type Engine = IoServer['engine']
type EngineSocket = IoSocket['conn']

/** A control frame's header is 2 bytes, and 4 more of mask from a client (RFC 6455 §5.2, §5.5). */
const PING_HEADER = 2
const MASK = 4

/** What the three have in common. Entries are not among what they say: those are frames written to the socket itself. */
type Say = (this: WebSocket, data: unknown, how: unknown, done: unknown) => void

export function tapWebSockets(server: WebSocketServer, messages: Messages) {
  server.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const account = messages.accountOf(request)
    const { send, ping, pong } = socket as unknown as Record<'send' | 'ping' | 'pong', Say>
    const tapped: Record<'send' | 'ping' | 'pong', Say> = {
      send(data, how, done) {
        saidOpen(this, account, byteLength(data))
        send.call(this, data, how, done)
      },
      ping(data, how, done) {
        saidOpen(this, account, PING_HEADER + byteLength(data))
        ping.call(this, data, how, done)
      },
      pong(data, how, done) {
        saidOpen(this, account, PING_HEADER + byteLength(data))
        pong.call(this, data, how, done)
      },
    }
    Object.assign(socket, tapped)
    const control = (data: Buffer) => heardControl(account, PING_HEADER + MASK + data.length)
    socket.on('ping', control)
    socket.on('pong', control)
    socket.on('message', (data: RawData) => hear(messages, account, byteLength(data)))
  })
}

export function tapEngine(engine: Engine, messages: Messages) {
  engine.on('connection', (socket: EngineSocket) => {
    const request: Entered = socket.request
    request[account] = messages.accountOf(request)
    socket.on('packet', heardPacket)
  })
  // Told where packets leave: what waits for a poll that never comes is never said.
  engine.on('flush', (socket: EngineSocket, packets: Packet[]) => {
    const { [account]: whose }: Entered = socket.request
    if (!whose || isClosing(socket)) return
    for (const { data } of packets) if (!isEntry(data)) saidControl(whose, PACKET_TYPE + byteLength(data))
  })
}

/** One for all, as of thousands each would keep a closure. */
function heardPacket(this: EngineSocket, { data }: Packet) {
  const { [account]: whose }: Entered = this.request
  if (whose && !isDraft(data)) heardControl(whose, PACKET_TYPE + byteLength(data))
}

const account = Symbol('account')

/** What Engine.IO has for the request that a connection began with, and whose the messages on it are. */
type Entered = IncomingMessage & { [account]?: Account }

interface Packet {
  data?: unknown
}

/** Socket.IO defers its events, so who publishes is read off the packet: type, namespace, ack id, name. */
const isDraft = (data: unknown) => typeof data === 'string' && /^2\/chat,\d*\["publish"/.test(data)

/** Engine.IO defers what it cannot send yet, so this, too. */
const isEntry = (data: unknown) => typeof data === 'string' && data.startsWith('2/chat,["entry",')

/** An Engine.IO packet begins with one character that says its type. */
const PACKET_TYPE = 1

/**
 * Enters a message as control; if reading it publishes a draft, the wrapped feed takes it back (wrap.ts). That is done in
 * the same turn of the loop, before another message is heard.
 */
function hear(messages: Messages, account: Account, bytes: number) {
  messages.heard.account = account
  messages.heard.bytes = bytes
  heardControl(account, bytes)
}

/** What is said to a WebSocket that is closing is dropped. */
function saidOpen({ readyState, OPEN }: WebSocket, account: Account, bytes: number) {
  if (readyState === OPEN) saidControl(account, bytes)
}

function saidControl(account: Account, bytes: number) {
  account.tally.controlBytesOut += bytes
}

function heardControl(account: Account, bytes: number) {
  account.tally.controlBytesIn += bytes
}

function byteLength(data: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data)
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return data.byteLength
  return 0
}
