import type { Message, RoomsOutcome, RoomsParameters } from '../../../scenarios/lessons/figures/rooms.ts'
import type { Entry, Receipt } from '../../../server/contract/wire.ts'
import { difference, readMeter } from '../../experiments/meter.ts'
import { pause, until } from '../../experiments/time.ts'
import { urlOf } from '../../transports/connection.ts'
import { now } from '../../ui/clock.ts'
import { randomName } from '../../ui/random-name.ts'

/** What is known while a run goes on. */
export type RoomsShown = Pick<RoomsOutcome, 'people' | 'messages'>

/** How long anything may take, in ms. */
const PATIENCE = 10_000
/** From one thing said to the next, in ms, so that it is seen who hears it. */
const PACE = 120

/** One run: everybody joins, then speaks in turn; `show` gets who has heard what. It leaves nothing open. */
export async function runRooms(
  { rooms, each }: RoomsParameters,
  ended: AbortSignal,
  show: (shown: RoomsShown) => void,
): Promise<RoomsOutcome> {
  const run = `lesson-${randomName()}`
  const roomNames = rooms.map((_, index) => `${run}-${index + 1}`)
  const messages: Message[] = []
  const connected = [...new Set(rooms.flat())].map((name) => {
    const joins = rooms.flatMap((people, index) => (people.includes(name) ? [index] : []))
    const names = joins.map((index) => roomNames[index] ?? '')
    return { name, rooms: joins, ...connect(`${run}-${name}`, names, tell) }
  })
  const clients = connected.map(({ client }) => client)
  const costs = async () => readMeter(location.origin, clients, 'websocket')
  const people = () =>
    connected.map(({ name, rooms, heard }) => ({ name, rooms, heard: Object.fromEntries(heard) }))
  function tell() {
    show({ people: people(), messages: [...messages] })
  }
  const all = (are: (person: (typeof connected)[number]) => boolean, otherwise: string) =>
    reached(() => connected.every(are), otherwise)

  try {
    await all(({ rooms, joined }) => joined.size === rooms.length, 'Not everybody could join.')
    const before = await costs()
    tell()
    for (const [room, inRoom] of rooms.entries()) {
      for (const from of inRoom) {
        for (let turn = 0; turn < each; turn++) await say(room, from, `${from}-${room + 1}-${turn + 1}`)
      }
    }
    // What the server still had to say to anybody came before the answer to this.
    for (const { ask } of connected) ask()
    await all(({ isAnswered }) => isAnswered(), 'The server did not answer everybody.')

    const after = await costs()
    const spent = after.map((tally, index) => difference(before[index] ?? tally, tally))
    const sum = (of: (tally: (typeof spent)[number]) => number) =>
      spent.reduce((total, tally) => total + of(tally), 0)
    return {
      people: people(),
      messages,
      strays: connected.reduce((total, { strays }) => total + strays(), 0),
      connections: after.reduce((total, { open }) => total + open, 0),
      entriesOut: sum(({ entriesOut }) => entriesOut),
      bytesIn: sum(({ bytesIn, controlBytesIn }) => bytesIn - controlBytesIn),
      bytesOut: sum(({ bytesOut, controlBytesOut }) => bytesOut - controlBytesOut),
    }
  } finally {
    for (const { close } of connected) close()
  }

  async function say(room: number, from: string, id: string) {
    const author = connected.find(({ name }) => name === from)
    messages.push({ id, room, from })
    tell()
    author?.send({ publish: { id, name: from, text: 'hello' }, room: roomNames[room] })
    await reached(() => author?.receipts.has(id) === true, 'A message was not confirmed.')
    await all(
      ({ rooms, heard }) => !rooms.includes(room) || heard.has(id),
      'A message did not reach everybody in its room.',
    )
    await pause(now() + PACE, ended)
  }

  async function reached(condition: () => boolean, otherwise: string) {
    const isOver = () => condition() || connected.some(({ isClosed }) => isClosed())
    await until(isOver, now() + PATIENCE, ended)
    if (!condition()) throw new Error(otherwise)
  }
}

/** What the server says on a WebSocket, one of these at a time. */
interface Said {
  joined?: string
  entry?: Entry
  receipt?: Receipt
  pong?: true
}

/** One person: one WebSocket, and a join for each of its rooms. */
function connect(client: string, rooms: readonly string[], onChange: () => void) {
  const joined = new Set<string>()
  const heard = new Map<string, number>()
  const receipts = new Set<string>()
  let strays = 0
  let isAnswered = false
  let isClosed = false

  const url = urlOf({ url: location.origin, room: '', client }, '/websocket')
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(url)
  const send = (command: object) => socket.send(JSON.stringify(command))
  socket.onopen = () => {
    for (const room of rooms) send({ join: room })
  }
  socket.onclose = () => {
    isClosed = true
  }
  socket.onmessage = ({ data }) => {
    const said: Said = JSON.parse(data)
    if (said.joined !== undefined) joined.add(said.joined)
    if (said.receipt) receipts.add(said.receipt.id)
    if (said.pong) isAnswered = true
    if (!said.entry) return
    const { id, room } = said.entry
    heard.set(id, (heard.get(id) ?? 0) + 1)
    if (!rooms.includes(room)) strays += 1
    onChange()
  }

  return {
    client,
    joined,
    heard,
    receipts,
    send,
    ask: () => send({ ping: true }),
    strays: () => strays,
    isAnswered: () => isAnswered,
    isClosed: () => isClosed,
    close: () => socket.close(1000),
  }
}
