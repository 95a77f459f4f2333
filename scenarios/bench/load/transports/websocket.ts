import { finder } from '../entries.ts'
import { keepTrying, type LoadTransport, type Message, type Reply, reasonOf, SPREAD } from '../transport.ts'
import { openWebSocket, type WebSocketWire } from '../websocket.ts'

/** WebSocket: one handshake, then frames both ways. A publisher that does not read joins no room. */
export const websocket: LoadTransport = (target, publisher, reader) => {
  const { address, heads, room, client } = target
  /** Drafts without a receipt yet, by their id. */
  const pending = new Map<string, number>()
  let socket: WebSocketWire | undefined
  let open = false
  const trying = keepTrying(target, connect)
  connect()

  function connect() {
    socket = openWebSocket(address, (key) => heads.upgrade(url(), key), {
      onOpen() {
        if (reader) return
        opened()
        publisher.onOpen()
      },
      onText,
      onClose(reason, code) {
        open = false
        for (const index of pending.values()) publisher.onRefused(index, reason)
        pending.clear()
        ;(reader ?? publisher).onCut(reason)
        trying.again(code === SERVICE_RESTART ? target.random() * SPREAD : undefined)
      },
    })
  }

  function url(): string {
    if (!reader) return `/websocket?client=${client}`
    const after = reader.cursor === undefined ? '' : `after=${reader.cursor}&`
    return `/websocket/${room}?${after}client=${client}`
  }

  function opened() {
    open = true
    trying.open()
  }

  // Receive
  function onText(bytes: Buffer, start: number, end: number) {
    // Nearly everything is an entry; the rest is rare enough to be parsed.
    if (isEntry(bytes, start, end) > 0) return reader?.onEntries(bytes, start, end)
    const {
      joined,
      gap,
      cursor = '',
      receipt,
      error,
    } = JSON.parse(bytes.toString('utf8', start, end)) as Said
    if (joined !== undefined) {
      opened()
      reader?.onJoined(cursor)
      reader?.onOpen()
    } else if (gap !== undefined) reader?.onGap(cursor)
    else if (receipt) settle(receipt)
    else if (error) settle({ error })
  }

  function settle(reply: Reply) {
    const id = reply.id ?? reply.error?.id ?? ''
    const index = pending.get(id)
    if (index === undefined) return
    pending.delete(id)
    if (reply.seq !== undefined) publisher.onReceipt(index, reply.seq)
    else publisher.onRefused(index, reasonOf(reply))
  }

  // Publish
  function publish({ index, id, draft }: Message) {
    publisher.onWritten(index)
    if (!open || !socket) return publisher.onRefused(index, 'there is no connection')
    pending.set(id, index)
    socket.send(reader ? `{"publish":${draft}}` : `{"publish":${draft},"room":"${room}"}`)
  }

  return {
    publish,
    close() {
      trying.end()
      socket?.close()
    },
  }
}

/** RFC 6455's registry of close codes (IANA): come back, but not all at once. */
const SERVICE_RESTART = 1012

/** What the server says, one of these at a time. */
interface Said {
  joined?: string
  gap?: string
  cursor?: string
  receipt?: Reply
  error?: Reply['error']
}

const findEntry = finder('{"entry":')
const isEntry = (bytes: Buffer, start: number, end: number) =>
  findEntry(bytes, start, Math.min(end, start + '{"entry":'.length))
