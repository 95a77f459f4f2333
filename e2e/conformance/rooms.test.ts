import { io } from 'socket.io-client'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Entry } from '../../server/contract/wire.ts'
import { until } from '../support/until.ts'
import { type Stage, setStage } from './stage.ts'

/** Many rooms on one connection: what the two sockets can do and a URL cannot. */
interface Rooms {
  /** Everything the server said, each as one word and its subject: `joined lobby k3f9.0`, `entry lobby 1`, … */
  readonly said: string[]
  join(room: string, after?: string | null): void
  leave(room: string): void
  publish(room: string, text: string): void
}

const sockets = { websocket: overWebSocket, 'socket-io': overSocketIo }

test.each(['websocket', 'socket-io'] as const)(
  '%s: a connection follows many rooms, each from its own place',
  async (name) => {
    const stage = await setStage()
    const { epoch } = await fillThree(stage)
    const rooms = await sockets[name](stage)
    rooms.join('attic', `${epoch}.2`)
    rooms.join('cellar', '0')
    rooms.join('lobby', null)
    await until('the backlogs are here', () => entriesOf(rooms.said).length === 7)
    await stage.fill('attic', 1)
    await stage.fill('lobby', 1)
    await until('the live entries are here', () => entriesOf(rooms.said).length === 9)

    expect(about(rooms.said, 'attic')).toEqual([`joined attic ${epoch}.2`, 'entry attic 3', 'entry attic 4'])
    expect(about(rooms.said, 'cellar')).toEqual([`joined cellar ${epoch}.0`, ...entries('cellar', 1, 3)])
    expect(about(rooms.said, 'lobby')).toEqual([`joined lobby ${epoch}.0`, ...entries('lobby', 1, 4)])
  },
)

test.each(['websocket', 'socket-io'] as const)(
  '%s: publishing needs no join, and is heard only where joined',
  async (name) => {
    const stage = await setStage()
    const rooms = await sockets[name](stage)
    rooms.join('lobby')
    rooms.publish('attic', 'up here')
    rooms.publish('lobby', 'down here')
    await until('both receipts and one entry are here', () => rooms.said.length === 4)
    expect(rooms.said.filter((what) => what.startsWith('receipt'))).toEqual(['receipt 1', 'receipt 1'])
    expect(entriesOf(rooms.said)).toEqual(['entry lobby 1'])
  },
)

test.each(['websocket', 'socket-io'] as const)(
  '%s: after leave nothing more comes, and joining later resumes',
  async (name) => {
    const stage = await setStage()
    const { epoch } = await fillThree(stage)
    const rooms = await sockets[name](stage)
    rooms.join('lobby', `${epoch}.3`)
    rooms.leave('lobby')
    await until('left', () => rooms.said.includes('left lobby'))
    await stage.fill('lobby', 2)
    rooms.join('attic', `${epoch}.3`)
    await until('attic is joined', () => rooms.said.includes(`joined attic ${epoch}.3`))
    expect(entriesOf(rooms.said)).toEqual([])

    rooms.join('lobby', `${epoch}.3`)
    await until('what was missed is here', () => entriesOf(rooms.said).length === 2)
    expect(entriesOf(rooms.said)).toEqual(entries('lobby', 4, 5))
  },
)

test.each(['websocket', 'socket-io'] as const)(
  '%s: joining again replaces: each entry comes once, from the new place',
  async (name) => {
    const stage = await setStage()
    const { epoch } = await fillThree(stage)
    const rooms = await sockets[name](stage)
    rooms.join('lobby', `${epoch}.3`)
    await until('joined', () => rooms.said.length === 1)
    rooms.join('lobby', `${epoch}.1`)
    await until('the replay is here', () => entriesOf(rooms.said).length === 2)
    await stage.fill('lobby', 2)
    await until('the live entries are here', () => entriesOf(rooms.said).length >= 4)
    rooms.leave('lobby')
    await until('left', () => rooms.said.includes('left lobby'))
    expect(about(rooms.said, 'lobby')).toEqual([
      `joined lobby ${epoch}.3`,
      `joined lobby ${epoch}.1`,
      ...entries('lobby', 2, 5),
      'left lobby',
    ])
  },
)

test.each(['websocket', 'socket-io'] as const)(
  '%s: leaving while the backlog is read ends it there',
  async (name) => {
    const stage = await setStage()
    await stage.fill('lobby', 1_000)
    const rooms = await sockets[name](stage)
    rooms.join('lobby', '0')
    rooms.leave('lobby')
    rooms.join('attic')
    await until('the answers are here', () => rooms.said.some((what) => what.startsWith('joined attic')))
    await stage.fill('attic', 1)
    await until('the attic is live', () => rooms.said.includes('entry attic 1'))
    const left = rooms.said.indexOf('left lobby')
    expect(left).toBeGreaterThanOrEqual(0)
    expect(about(rooms.said.slice(left + 1), 'lobby')).toEqual([])
  },
)

test.each(['websocket', 'socket-io'] as const)(
  '%s: joining again while the backlog is read leaves one story, not two',
  async (name) => {
    const stage = await setStage()
    await stage.fill('lobby', 1_000)
    const rooms = await sockets[name](stage)
    rooms.join('lobby', '0')
    rooms.join('lobby')
    rooms.join('lobby', '0')
    await until(
      'the last entry is here',
      () => rooms.said.includes('entry lobby 1000') && entriesOf(rooms.said).length >= 1_000,
    )
    await stage.fill('lobby', 1)
    await until('it is live', () => rooms.said.includes('entry lobby 1001'))
    const last = rooms.said.findLastIndex((what) => what.startsWith('joined'))
    expect(rooms.said.slice(last + 1)).toEqual(entries('lobby', 1, 1_001))
  },
)

test.each(['websocket', 'socket-io'] as const)(
  '%s: a room that cannot be joined is an error, and the others go on',
  async (name) => {
    const stage = await setStage()
    const rooms = await sockets[name](stage)
    rooms.join('lobby')
    rooms.join('Attic')
    rooms.join('attic', 'x')
    for (let n = 1; n <= 64; n++) rooms.join(`room-${n}`)
    await until('all are answered', () => rooms.said.length === 67)
    expect(rooms.said.filter((what) => what.startsWith('error'))).toEqual([
      'error bad-room',
      'error bad-cursor',
      'error too-many',
    ])
    await stage.fill('lobby', 1)
    await until('the lobby is live', () => rooms.said.includes('entry lobby 1'))
  },
)

test.each(['websocket', 'socket-io'] as const)(
  '%s: a join is answered, also when a leave or another join follows at its heels',
  async (name) => {
    const stage = await setStage()
    const rooms = await sockets[name](stage)
    rooms.join('lobby')
    rooms.leave('lobby')
    rooms.join('attic')
    rooms.join('attic')
    await until('everything is answered', () => rooms.said.length === 4)
    expect(about(rooms.said, 'lobby').map((what) => what.split(' ')[0])).toEqual(['joined', 'left'])
    expect(about(rooms.said, 'attic').map((what) => what.split(' ')[0])).toEqual(['joined', 'joined'])
  },
)

async function fillThree({ log, fill }: Stage) {
  for (const room of ['lobby', 'attic', 'cellar']) await fill(room, 3)
  const { cursor } = await log.after('lobby', '0', 1)
  return { epoch: cursor.slice(0, 4) }
}

const entries = (room: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `entry ${room} ${from + n}`)
const entriesOf = (said: string[]) => said.filter((what) => what.startsWith('entry'))
const about = (said: string[], room: string) => said.filter((what) => what.split(' ')[1] === room)

/** Spoken by hand on the library's bare socket. */
async function overWebSocket({ server }: Stage): Promise<Rooms> {
  const said: string[] = []
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/websocket`)
  onTestFinished(() => socket.terminate())
  socket.on('message', (data) => {
    const { joined, left, gap, cursor, entry, receipt, error } = JSON.parse(String(data))
    if (joined) said.push(`joined ${joined} ${cursor}`)
    else if (left) said.push(`left ${left}`)
    else if (gap) said.push(`gap ${gap} ${cursor}`)
    else if (entry) said.push(`entry ${entry.room} ${entry.seq}`)
    else if (receipt) said.push(`receipt ${receipt.seq}`)
    else if (error) said.push(`error ${error.code}`)
  })
  await new Promise((resolve) => socket.once('open', resolve))
  return {
    said,
    join: (room, after) => socket.send(JSON.stringify({ join: room, after })),
    leave: (room) => socket.send(JSON.stringify({ leave: room })),
    publish: (room, text) => socket.send(JSON.stringify({ publish: { text }, room })),
  }
}

async function overSocketIo({ server }: Stage): Promise<Rooms> {
  const said: string[] = []
  const socket = io(`${server.url}/chat`, { forceNew: true, transports: ['websocket'] })
  onTestFinished(() => void socket.disconnect())
  socket.on('entry', ({ room, seq }: Entry) => said.push(`entry ${room} ${seq}`))
  socket.on('gap', ({ room, cursor }) => said.push(`gap ${room} ${cursor}`))
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  const answered = (say: (reply: Record<string, string>) => string) => (reply: Record<string, string>) =>
    said.push(
      typeof reply.error === 'object' ? `error ${(reply.error as { code: string }).code}` : say(reply),
    )
  return {
    said,
    join: (room, after) =>
      socket.emit(
        'join',
        { room, after },
        answered(({ cursor }) => `joined ${room} ${cursor}`),
      ),
    leave: (room) =>
      socket.emit(
        'leave',
        { room },
        answered(() => `left ${room}`),
      ),
    publish: (room, text) =>
      socket.emit(
        'publish',
        { room, draft: { text } },
        answered(({ seq }) => `receipt ${seq}`),
      ),
  }
}
