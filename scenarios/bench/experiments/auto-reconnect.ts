import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { io } from 'socket.io-client'
import type { Observation } from '../../report.ts'
import { lines, listen, newRoom, publish, socketUrl } from './wire.ts'

const CUT_MS = 1_000
const TEXTS = lines(5)

/**
 * The connections of both clients are cut and refused for a while. Then they are let in again, if they ask.
 */
export async function autoReconnect(url: string): Promise<Observation[]> {
  const room = newRoom()
  const relays = [await startRelay(url), await startRelay(url)] as const
  const [forRaw, forSocketIo] = relays
  const raw = await listen(socketUrl(forRaw.url, `/websocket/${room}`)).catch((error) => {
    for (const relay of relays) relay.close()
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
    for (const relay of relays) relay.cut()
    await Promise.all([closed, disconnected])
    await new Promise((resolve) => setTimeout(resolve, CUT_MS))
    const [rawBefore, mended] = [forRaw.accepted, performance.now()]
    for (const relay of relays) relay.mend()
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
        value: forRaw.accepted > rawBefore,
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
    for (const relay of relays) relay.close()
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

/** A TCP port that passes everything on to the server, until it is cut. */
async function startRelay(url: string) {
  const { protocol, hostname, port } = new URL(url)
  if (protocol !== 'http:')
    throw new Error('A connection can only be cut by a relay in front of an http:// server.')
  const sockets = new Set<Socket>()
  let accepted = 0
  let whole = true
  const server = createServer((client) => {
    if (!whole) return client.resetAndDestroy()
    accepted++
    const upstream = connect(Number(port) || 80, hostname)
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one)
      one.setNoDelay()
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
    return client
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  function cut() {
    whole = false
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Connections passed on so far. */
    get accepted() {
      return accepted
    },
    /** Ends every connection and refuses new ones. */
    cut,
    mend() {
      whole = true
    },
    close() {
      cut()
      server.close()
    },
  }
}
