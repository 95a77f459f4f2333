import { once } from 'node:events'
import { io } from 'socket.io-client'
import type { Observation } from '../../report.ts'
import { linkTo } from './behind.ts'
import { lines, listen, newRoom, publish, socketUrl } from './wire.ts'

const CUT_MS = 1_000
const TEXTS = lines(5)

/**
 * The connections of both clients are cut and refused for a while. Then they are let in again, if they ask.
 */
export async function autoReconnect(url: string): Promise<Observation[]> {
  const room = newRoom()
  const forRaw = await linkTo(url, {})
  const forSocketIo = await linkTo(url, {})
  const links = [forRaw.link, forSocketIo.link]
  const closeLinks = () => Promise.all(links.map((link) => link.close()))
  const raw = await listen(socketUrl(forRaw.url, `/websocket/${room}`)).catch(async (error) => {
    await closeLinks()
    throw error
  })
  const client = io(new URL('/chat', forSocketIo.url).href, { forceNew: true })
  let entries = 0
  client.on('entry', () => entries++)
  try {
    await connected(client)
    await client.timeout(30_000).emitWithAck('join', { room })

    const closed = once(raw.socket, 'close')
    const disconnected = new Promise<void>((resolve) => client.once('disconnect', () => resolve()))
    const mended = performance.now() + CUT_MS
    for (const link of links) {
      link.refuse(CUT_MS)
      link.cut('rst')
    }
    await Promise.all([closed, disconnected])
    const back = await connected(client).then(
      () => true,
      () => false,
    )
    const after = performance.now() - mended

    await publish(url, room, TEXTS)
    // An answer comes after everything the server sent before it.
    if (back) await client.timeout(30_000).emitWithAck('join', { room: newRoom() })
    return [
      {
        id: 'socketio-back',
        what: `Whether Socket.IO’s client was back after a cut of ${CUT_MS / 1000} s, without being told.`,
        value: back,
      },
      {
        id: 'socketio-back-after',
        what: 'How long after the network was whole again.',
        value: Math.round(after),
        unit: 'ms',
      },
      {
        id: 'ws-back',
        what: 'Whether the plain WebSocket had tried to connect again by then.',
        // The link lists the connections it let in; its first is the one that was cut.
        value: forRaw.link.capture().connections.length > 1,
      },
      {
        id: 'entries-after',
        what: `Of ${TEXTS.length} messages published then, those it got without joining its room again.`,
        value: entries,
      },
    ]
  } finally {
    client.disconnect()
    raw.socket.terminate()
    await closeLinks()
  }
}

/** Resolves when it is connected. Its default is to wait a second or two and try again. */
function connected(client: ReturnType<typeof io>): Promise<void> {
  if (client.connected) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Socket.IO’s client did not connect.')), 30_000)
    client.once('connect', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
