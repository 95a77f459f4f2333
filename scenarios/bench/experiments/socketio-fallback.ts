import { io } from 'socket.io-client'
import { WebSocket } from 'ws'
import type { Tally } from '../../../server/contract/meter.ts'
import type { Observation } from '../../report.ts'
import { linkTo } from './behind.ts'
import { lines, newRoom, publish, socketUrl } from './wire.ts'

const TEXTS = lines(20)
const PATIENCE_MS = 30_000

/** Socket.IO’s own client, as it is by default, and a plain WebSocket, behind a link that refuses every upgrade. */
export async function socketioFallback(url: string): Promise<Observation[]> {
  const room = newRoom()
  const name = room
  // A firewall refuses whoever is behind it, also nobody.
  await meterOf(url, name)
  const { link, url: behind } = await linkTo(url, { refuseUpgrade: true })
  const client = io(new URL('/chat', behind).href, { forceNew: true, query: { client: name } })
  const { engine } = client.io
  let entries = 0
  let heard = () => {}
  client.on('entry', () => {
    entries++
    heard()
  })
  try {
    const status = await plainWebSocket(socketUrl(behind, `/websocket/${room}`))
    const started = performance.now()
    const settled = new Promise<void>((resolve) => {
      engine.once('upgradeError', () => resolve())
      engine.once('upgrade', () => resolve())
    })
    await within(
      'to connect',
      new Promise<void>((resolve) => (client.connected ? resolve() : client.once('connect', resolve))),
    )
    const after = performance.now() - started
    await within('to try a WebSocket', settled)
    await client.timeout(PATIENCE_MS).emitWithAck('join', { room })
    const before = await meterOf(url, name)
    // One after the other, as people speak: a burst would share an answer. What does not come is for the verdict.
    for (const text of TEXTS) {
      const next = new Promise<void>((resolve) => {
        heard = resolve
      })
      await publish(url, room, [text])
      const came = await within('to hear it', next).then(
        () => true,
        () => false,
      )
      if (!came) break
    }
    const spent = await meterOf(url, name)
    return [
      { id: 'published', what: 'Messages published behind the block.', value: TEXTS.length },
      { id: 'entries', what: 'Those of them that Socket.IO’s client got.', value: entries },
      { id: 'transport', what: 'What it was connected over at the end.', value: engine.transport.name },
      {
        id: 'connected-after',
        what: 'How long it took to connect.',
        value: Math.round(after),
        unit: 'ms',
      },
      {
        id: 'requests',
        what: 'HTTP requests it made for these messages, as the server’s meter counted.',
        value: spent.requests - before.requests,
      },
      {
        id: 'ws-status',
        what: 'The status with which a plain WebSocket’s handshake was answered; 101 would be a WebSocket.',
        value: status,
      },
    ]
  } finally {
    client.disconnect()
    await link.close()
  }
}

/** What a plain WebSocket’s handshake is answered. */
function plainWebSocket(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address)
    socket.on('open', () => {
      resolve(101)
      socket.terminate()
    })
    socket.on('unexpected-response', (request, { statusCode = 0 }) => {
      resolve(statusCode)
      request.destroy()
    })
    socket.on('error', reject)
  })
}

async function meterOf(url: string, client: string): Promise<Tally> {
  const response = await fetch(new URL(`/meter?client=${client}`, url))
  const answer = (await response.json()) as Record<string, { 'socket-io': Tally }>
  const tally = answer[client]?.['socket-io']
  if (!tally) throw new Error(`${url} has no meter.`)
  return tally
}

async function within(what: string, awaited: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Socket.IO’s client took too long ${what}.`)), PATIENCE_MS)
  })
  await Promise.race([awaited, late]).finally(() => clearTimeout(timer))
}
