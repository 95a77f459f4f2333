import { io, type Socket } from 'socket.io-client'
import type { SocketIoOutcome, SocketIoParameters } from '../../../scenarios/lessons/figures/socket-io.ts'
import type { Capture } from '../../../server/contract/link.ts'
import { pathOf } from '../../../server/contract/transports.ts'
import type { Entry } from '../../../server/contract/wire.ts'
import { pause, until } from '../../experiments/time.ts'
import { captureOf, cut, linkWith } from '../../network/links.ts'
import { post } from '../../transports/http.ts'
import { now } from '../../ui/clock.ts'
import { randomName } from '../../ui/random-name.ts'
import { listenAtEveryConnect } from '../broken/listeners.ts'
import { crossingsIn } from './crossings.ts'

/** How long anything may take, in ms. */
const PATIENCE = 10_000
/** How long the last of something is waited for, in ms. */
const QUIET = 500

/** One client on a link of its own; `show` gets what has crossed so far. */
export async function runSocketIo(
  parameters: SocketIoParameters,
  ended: AbortSignal,
  show: (capture: Capture) => void,
): Promise<SocketIoOutcome> {
  const { refuseUpgrade = false, cuts = 0 } = parameters
  const client = randomName()
  const room = `lesson-${client}`
  const port = await linkWith(refuseUpgrade ? { refuseUpgrade } : {}, async () => {})
  const way = new URL(location.origin)
  way.port = String(port)
  const author = { url: location.origin, room, client: `${client}-author` }
  const heard = new Map<number, number>()
  const onEntry = ({ seq }: Entry) => void heard.set(seq, (heard.get(seq) ?? 0) + 1)
  let published = 0
  const onPublished = () => void published++
  const publish = async (text: string) => {
    await post(author, '/short-polling', { name: 'Ada', text })
    onPublished()
  }
  const capture = async () => {
    const taken = await captureOf(port, client)
    show(taken)
    return taken
  }

  if (cuts === 0) await publish('I was here before you')
  const end =
    parameters.client === 'socket.io'
      ? await withSocketIo(
          parameters,
          { way, client, room, port, capture, onEntry, publish, onPublished },
          ended,
        )
      : await withPlainWebSocket({ way, client, room, capture }, ended)

  const taken = await capture()
  return {
    crossings: crossingsIn(taken).map(({ crossing }) => crossing),
    published,
    heard: Array.from({ length: published }, (_, index) => heard.get(index + 1) ?? 0),
    ...end,
    capture: taken,
  }
}

interface Place {
  way: URL
  client: string
  room: string
  capture(): Promise<Capture>
}

interface Chat extends Place {
  port: number
  onEntry(entry: Entry): void
  /** As somebody else, past the link. */
  publish(text: string): Promise<void>
  /** One more, by the client itself. */
  onPublished(): void
}

type End = Pick<SocketIoOutcome, 'carriedBy' | 'connects' | 'closedWith'>

async function withSocketIo(
  { transports, listener = 'once', cuts = 0 }: SocketIoParameters,
  { way, client, room, port, capture, onEntry, publish, onPublished }: Chat,
  ended: AbortSignal,
): Promise<End> {
  const socket = io(new URL('/chat', way).href, {
    forceNew: true,
    query: { client },
    reconnectionDelay: 50,
    reconnectionDelayMax: 200,
    ...(transports && { transports: [...transports] }),
  })
  let connects = 0
  let entries = 0
  socket.on('connect', () => {
    connects++
  })
  const hear = (entry: Entry) => {
    entries++
    onEntry(entry)
  }
  if (listener === 'once') listenOnce(socket, room, hear)
  else listenAtEveryConnect(socket, room, hear)

  try {
    const settles = settled(socket)
    await reached(() => socket.connected, 'The client did not connect.')
    await reached(settles, 'The client did not settle on a transport.')
    if (cuts > 0) return await cutThenPublish()

    await reached(() => entries > 0, 'The entry that was waiting did not come.')
    await capture()
    // By the client itself, so that an acknowledgement is seen too.
    await socket.timeout(PATIENCE).emitWithAck('publish', { room, draft: { name: 'Bo', text: 'hello' } })
    onPublished()
    await reached(() => entries > 1, 'The client’s own entry did not come.')
    return { carriedBy: carrier(), connects, closedWith: undefined }
  } finally {
    socket.disconnect()
  }

  async function cutThenPublish(): Promise<End> {
    for (let done = 0; done < cuts; done++) {
      await cut(port, client, 'fin', 0)
      await reached(() => connects === done + 2 && socket.connected, 'The client did not come back.')
      await joined(socket, room)
      await capture()
    }
    for (const text of ['one', 'two', 'three']) await publish(text)
    // Each of three at least once; then a while for those that should not come.
    await reached(() => entries >= 3, 'The entries did not come.')
    await pause(now() + QUIET, ended)
    return { carriedBy: carrier(), connects, closedWith: undefined }
  }

  function carrier(): End['carriedBy'] {
    const name = socket.io.engine?.transport.name
    return name === 'polling' || name === 'websocket' ? name : undefined
  }

  async function reached(condition: () => boolean, otherwise: string) {
    if (!(await until(condition, now() + PATIENCE, ended))) throw new Error(otherwise)
  }
}

/** The listener belongs to the socket, which outlives its connections; what is joined belongs to the connection. */
function listenOnce(socket: Socket, room: string, onEntry: (entry: Entry) => void): void {
  socket.on('entry', onEntry)
  socket.on('connect', () => {
    socket.emit('join', { room, after: '0' })
  })
}

/** The server answers in order: once it has answered this, it has dealt with the joins before. */
const joined = (socket: Socket, room: string) => socket.timeout(PATIENCE).emitWithAck('join', { room })

/** Whether the client is where it will stay: on WebSocket, or on polling after it has tried. */
function settled(socket: Socket): () => boolean {
  let isOver = false
  socket.io.on('open', () => {
    const { engine } = socket.io
    if (engine.transport.name === 'websocket') isOver = true
    engine.once('upgrade', () => {
      isOver = true
    })
    engine.once('upgradeError', () => {
      isOver = true
    })
  })
  return () => isOver
}

/** What somebody finds who takes Socket.IO for a WebSocket: it joins as it would on `/websocket`. */
async function withPlainWebSocket({ way, client, room, capture }: Place, ended: AbortSignal): Promise<End> {
  const url = new URL(`${pathOf['socket-io']}/?EIO=4&transport=websocket&client=${client}`, way)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(url)
  let heardAt: number | undefined
  let closed: number | undefined
  socket.onmessage = () => {
    if (heardAt === undefined) socket.send(JSON.stringify({ join: room, after: '0' }))
    heardAt = now()
  }
  socket.onclose = ({ code }) => {
    closed = code
  }
  try {
    await until(() => heardAt !== undefined || closed !== undefined, now() + PATIENCE, ended)
    await capture()
    await until(() => closed !== undefined, now() + 2_000, ended)
    return { carriedBy: undefined, connects: heardAt === undefined ? 0 : 1, closedWith: closed }
  } finally {
    socket.close(1000)
  }
}
