import type { Observation } from '../../report.ts'
import { lines, listen, missing, newRoom, publish, socketUrl } from './wire.ts'

const TEXTS = lines(5)
const ENDPOINT = '/socket.io/?EIO=4&transport=websocket'

/**
 * What a plain WebSocket client gets from Socket.IO’s endpoint, beside one that speaks its protocol by hand.
 */
export async function socketioIsWebsocket(url: string): Promise<Observation[]> {
  const room = newRoom()
  const raw = await listen(socketUrl(url, `/websocket/${room}`))
  await raw.heard('the join', (message) => message.startsWith('{"joined"'))

  // It connects as any WebSocket would, and says what it would say to this feed’s own WebSocket.
  const plain = await listen(socketUrl(url, ENDPOINT))
  const first = await plain.heard('a first message', () => true)
  plain.socket.send(JSON.stringify({ join: room }))

  // The same connection, for somebody who knows the protocol: Engine.IO 4 carries Socket.IO 5.
  const spoken = await listen(socketUrl(url, ENDPOINT))
  spoken.socket.send('40/chat,')
  await spoken.heard('the namespace', (message) => message.startsWith('40/chat,'))
  spoken.socket.send(`42/chat,1${JSON.stringify(['join', { room }])}`)
  await spoken.heard('the join', (message) => message.startsWith('43/chat,1'))

  await publish(url, room, TEXTS)
  const last = JSON.stringify(TEXTS.at(-1))
  await raw.heard('the last entry', (message) => message.includes(last))
  const packet = await spoken.heard('the last entry', (message) => message.includes(last))
  await plain.quiet()

  const heardPlain = TEXTS.filter((text) => plain.messages.some((message) => message.includes(`"${text}"`)))
  const heardSpoken = spoken.messages.filter((message) => message.startsWith('42/chat,["entry",'))
  for (const { socket } of [raw, plain, spoken]) socket.terminate()
  return [
    {
      id: 'published',
      what: 'Messages published while all three clients were connected.',
      value: TEXTS.length,
    },
    {
      id: 'entries-websocket',
      what: 'Of those, entries that a plain WebSocket client had from this feed’s own WebSocket.',
      value: TEXTS.length - missing(TEXTS, raw.messages),
    },
    {
      id: 'entries-plain',
      what: 'Of those, entries that a plain WebSocket client had from Socket.IO’s endpoint.',
      value: heardPlain.length,
    },
    {
      id: 'entries-spoken',
      what: 'Of those, entries that a WebSocket client had there which spoke Socket.IO’s protocol by hand.',
      value: heardSpoken.length,
    },
    {
      id: 'first-message',
      what: 'What the plain client was told first, which is an Engine.IO packet: 0 means open.',
      value: first.slice(0, 60),
    },
    {
      id: 'packet',
      what: 'How an entry looks to the client that spoke the protocol.',
      value: packet.slice(0, 60),
    },
  ]
}
