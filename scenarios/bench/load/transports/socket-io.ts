import { type EngineSession, openSession } from '../engine.ts'
import { finder } from '../entries.ts'
import { keepTrying, type LoadTransport, type Message, type Reply, reasonOf } from '../transport.ts'

/**
 * Socket.IO 4 as its own client does it by default: an Engine.IO session over polling, the namespace joined there while
 * a WebSocket is probed, then the upgrade. The two polling connections end with it; a browser would keep them a while
 * for other requests to the origin. Where a reader is cut before the upgrade, it begins anew; where the WebSocket is
 * refused, it goes on polling.
 */
export const socketIo: LoadTransport = (target, publisher, reader) => {
  const { room } = target
  /** Drafts without an acknowledgement yet, by their packet's number. */
  const pending = new Map<number, number>()
  let session: EngineSession | undefined
  let acks = 0
  let joinAck = -1
  let connected = false
  const trying = keepTrying(target, connect)
  connect()

  function connect() {
    session = openSession(target, { onSettled, onPacket, onClose })
  }

  // It is open when it has joined and will not change its transport any more.
  let joined = false
  let settled = false
  function onSettled() {
    settled = true
    openIfReady()
  }
  function openIfReady() {
    if (!settled || !(reader ? joined : connected)) return
    trying.open()
    ;(reader ?? publisher).onOpen()
  }

  function onClose(reason: string) {
    connected = joined = settled = false
    for (const index of pending.values()) publisher.onRefused(index, reason)
    pending.clear()
    ;(reader ?? publisher).onCut(reason)
    trying.again()
  }

  // Receive: a packet of Engine.IO's type 4 is one of Socket.IO's (protocol v5): `4`, type, namespace, number, JSON.
  function onPacket(bytes: Buffer, start: number, end: number) {
    if (isEntry(bytes, start, end) > 0) return reader?.onEntries(bytes, start, end)
    const packet = bytes.toString('utf8', start, end)
    if (packet.startsWith('40/chat,')) return onConnected()
    if (packet.startsWith('44/chat,')) return session?.fail(`the namespace was refused: ${packet.slice(8)}`)
    if (packet.startsWith('41/chat')) return session?.fail('the server ended the session')
    const [, kind, number, json] = /^4([23])\/chat,(\d*)(\[.*)$/s.exec(packet) ?? []
    if (json === undefined) return
    const [name, said] = JSON.parse(json) as [unknown, { cursor: string }]
    if (kind === '3') onAck(Number(number), name as Reply & { cursor?: string })
    else if (name === 'gap') reader?.onGap(said.cursor)
  }

  function onConnected() {
    connected = true
    if (!reader) return openIfReady()
    const after = reader.cursor === undefined ? '' : `,"after":"${reader.cursor}"`
    joinAck = acks++
    session?.send(`42/chat,${joinAck}["join",{"room":"${room}"${after}}]`)
  }

  function onAck(number: number, reply: Reply & { cursor?: string }) {
    if (number === joinAck && reply.cursor !== undefined) {
      joined = true
      reader?.onJoined(reply.cursor)
      return openIfReady()
    }
    const index = pending.get(number)
    if (index === undefined) return
    pending.delete(number)
    if (reply.seq !== undefined) publisher.onReceipt(index, reply.seq)
    else publisher.onRefused(index, reasonOf(reply))
  }

  // Publish
  function publish({ index, draft }: Message) {
    publisher.onWritten(index)
    if (!connected || !session) return publisher.onRefused(index, 'there is no connection')
    pending.set(acks, index)
    session.send(`42/chat,${acks++}["publish",{"room":"${room}","draft":${draft}}]`)
  }

  return {
    publish,
    close() {
      trying.end()
      session?.close()
    },
  }
}

const ENTRY = '42/chat,["entry",'
const findEntry = finder(ENTRY)
const isEntry = (bytes: Buffer, start: number, end: number) =>
  findEntry(bytes, start, Math.min(end, start + ENTRY.length))
