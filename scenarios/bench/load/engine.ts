import { createHttpClient } from './http.ts'
import type { Target } from './transport.ts'
import { openWebSocket, type WebSocketWire } from './websocket.ts'

/**
 * A session of Engine.IO, protocol 4, that begins with HTTP polling and upgrades to WebSocket as engine.io-client does
 * (https://socket.io/docs/v4/engine-io-protocol/): packets are text, the first character their type; in a polling body
 * they are parted by U+001E.
 */
export interface EngineSession {
  send(packet: string): void
  /** Ends it as if it had been cut. */
  fail(reason: string): void
  close(): void
}

export interface EngineListener {
  /** From now on packets travel over WebSocket, or will not: where that is blocked, polling goes on. */
  onSettled(): void
  /** A packet with a message in it (type 4), its type first. Good only during the call. */
  onPacket(bytes: Buffer, start: number, end: number): void
  onClose(reason: string): void
}

const SEPARATOR = '\x1e'
const MESSAGE = 0x34

/** Opens a session and connects it to the namespace `/chat`. */
export function openSession(target: Target, listener: EngineListener): EngineSession {
  const { address, heads, client } = target
  /** A browser would use these two connections: one holds the poll, the other posts meanwhile. */
  const polls = createHttpClient(address)
  const posts = createHttpClient(address)
  let socket: WebSocketWire | undefined
  let state: 'polling' | 'pausing' | 'upgraded' | 'over' = 'polling'
  let polling = false
  /** What cannot be sent yet: a post is under way, or the upgrade. */
  let queue: string[] = []
  let sid = ''

  // Polling
  const url = (transport: string, query = '') =>
    `/socket.io/?client=${client}&EIO=4&transport=${transport}${query}${sid && `&sid=${sid}`}`
  // The client adds eight characters of its own against caches.
  const pollUrl = () => url('polling').replace(/(&sid=.*)?$/, `&t=${cacheBuster()}$1`)

  get((packets) => {
    const opened = packets.find((packet) => packet.startsWith('0'))
    if (opened === undefined) return fail(`the session was not opened: ${packets.join(' ').slice(0, 100)}`)
    sid = (JSON.parse(opened.slice(1)) as { sid: string }).sid
    send('40/chat,')
    poll()
    probe()
  })

  function get(then: (packets: string[]) => void) {
    polling = true
    polls.send(heads.get(pollUrl()), {
      answered(status, bytes, start, end) {
        polling = false
        const text = bytes.toString('utf8', start, end)
        if (status !== 200) return fail(`${status} ${text}`)
        then(text.split(SEPARATOR))
      },
      failed: fail,
    })
  }

  function poll() {
    get((packets) => {
      for (const packet of packets) {
        if (packet === '1') return fail('the server ended the session')
        if (packet === '2') send('3')
        else if (packet.startsWith('4')) {
          const bytes = Buffer.from(packet)
          listener.onPacket(bytes, 0, bytes.length)
        }
      }
      if (state === 'polling') poll()
      else upgradeIfPaused()
    })
  }

  function send(packet: string) {
    if (state === 'upgraded') return socket?.send(packet)
    queue.push(packet)
    flush()
  }

  function flush() {
    if (state !== 'polling' || posts.busy || queue.length === 0) return
    const body = queue.join(SEPARATOR)
    queue = []
    posts.send(heads.post(pollUrl(), 'text/plain;charset=UTF-8', Buffer.byteLength(body)) + body, {
      answered(status, bytes, start, end) {
        if (status !== 200) return fail(`${status} ${bytes.toString('utf8', start, end)}`)
        flush()
        upgradeIfPaused()
      },
      failed: fail,
    })
  }

  // Upgrade: a WebSocket proves itself with a ping of its own, polling comes to rest, then the session moves over.
  function probe() {
    socket = openWebSocket(address, (key) => heads.upgrade(url('websocket'), key), {
      onOpen: () => socket?.send('2probe'),
      onText(bytes, start, end) {
        if (state === 'upgraded') return onText(bytes, start, end)
        if (bytes.toString('latin1', start, end) !== '3probe') return fail('the WebSocket’s probe failed')
        state = 'pausing'
        upgradeIfPaused()
      },
      onClose(reason) {
        if (state === 'upgraded' || state === 'over') return fail(reason)
        // As engine.io-client does: the session lives where it began.
        socket = undefined
        state = 'polling'
        if (!polling) poll()
        flush()
        listener.onSettled()
      },
    })
  }

  function upgradeIfPaused() {
    if (state !== 'pausing' || polling || posts.busy) return
    socket?.send('5')
    state = 'upgraded'
    polls.close()
    posts.close()
    for (const packet of queue) socket?.send(packet)
    queue = []
    listener.onSettled()
  }

  function onText(bytes: Buffer, start: number, end: number) {
    if (bytes[start] === MESSAGE) return listener.onPacket(bytes, start, end)
    const packet = bytes.toString('latin1', start, end)
    if (packet === '2') socket?.send('3')
    if (packet === '1') fail('the server ended the session')
  }

  function fail(reason: string) {
    if (state === 'over') return
    close()
    listener.onClose(reason)
  }

  function close() {
    state = 'over'
    polls.close()
    posts.close()
    socket?.close()
  }

  return { send, fail, close }
}

const cacheBuster = () =>
  `${Date.now().toString(36).slice(3)}${Math.random().toString(36).slice(2, 5)}`.padEnd(8, '0').slice(0, 8)
