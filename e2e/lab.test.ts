import { io, type Socket } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { labLimits } from '../server/lab.ts'
import { startServer, type TestServer } from './support/server.ts'

let server: TestServer
const open: Socket[] = []
beforeAll(async () => {
  server = await startServer()
})
afterEach(() => {
  for (const socket of open.splice(0)) socket.disconnect()
})
afterAll(() => server.close())

interface Client {
  socket: Socket
  heard: string[]
}

async function connect(namespace: string, auth = {}): Promise<Client> {
  const options = { forceNew: true, transports: ['websocket'], reconnection: false, auth }
  const socket = io(`${server.url}${namespace}`, options)
  open.push(socket)
  const heard: string[] = []
  socket.on('said', ({ what }: { what: string }) => heard.push(what))
  await new Promise<void>((resolve, reject) => socket.on('connect', resolve).on('connect_error', reject))
  return { socket, heard }
}

const act = ({ socket }: Client, what: unknown, room = 'red') => socket.emitWithAck('do', { what, room })

/** Everything that the server said before this has come when this has: each connection keeps its order. */
async function settled(clients: readonly Client[]): Promise<string[][]> {
  await Promise.all(clients.map((client) => act(client, 'leave', 'nowhere')))
  return clients.map(({ heard }) => heard.splice(0))
}

const four = async (namespace: string): Promise<[Client, Client, Client, Client]> => {
  const [a, b, c, d] = await Promise.all([1, 2, 3, 4].map(() => connect(namespace)))
  if (!a || !b || !c || !d) throw new Error('four were asked for')
  await act(a, 'join')
  await act(b, 'join')
  return [a, b, c, d]
}

// A speaks; A and B are in the room.
const emissions: [string, string][] = [
  ['io.emit', 'ABCD'],
  ['socket.emit', 'A'],
  ['socket.broadcast.emit', 'BCD'],
  ['io.to', 'AB'],
  ['socket.to', 'B'],
  ['io.except', 'CD'],
  ['io.volatile', 'ABCD'],
]
test.each(['/lab', '/lab/testpage'].flatMap((ns) => emissions.map((each) => [ns, ...each] as const)))(
  'in %s, %s of A reaches %s',
  async (namespace, what, receivers) => {
    const clients = await four(namespace)
    expect(await act(clients[0], what)).not.toHaveProperty('error')
    const heard = await settled(clients)
    expect(heard).toEqual([...'ABCD'].map((name) => (receivers.includes(name) ? [what] : [])))
  },
)

test('io.emit of one page reaches no other page, nor /lab itself', async () => {
  const [one, other, whole] = [
    await connect('/lab/pageaaaa'),
    await connect('/lab/pagebbbb'),
    await connect('/lab'),
  ]
  await act(one, 'io.emit')
  expect(await settled([one, other, whole])).toEqual([['io.emit'], [], []])
})

test('who has left a room hears it no more', async () => {
  const [a, b] = await four('/lab')
  expect(await act(b, 'leave')).toMatchObject({ rooms: [b.socket.id] })
  await act(a, 'io.to')
  expect(await settled([a, b])).toEqual([['io.to'], []])
})

test('an acknowledgement that does not come in time is late, and those that came are told', async () => {
  const [a, b, c, d] = await four('/lab/acktests')
  for (const [index, { socket }] of [a, b, c].entries())
    socket.on('asked', (_said, ack) => ack(`answer ${index}`))
  const { done } = await act(a, 'io.timeout')
  expect(done.late).toBe(true)
  expect([...done.answers].sort()).toEqual(['answer 0', 'answer 1', 'answer 2'])
  d.socket.on('asked', (_said, ack) => ack('answer 3'))
  expect((await act(a, 'io.timeout')).done).toMatchObject({ late: false })
})

test('/lab-admin refuses a wrong token with a connect_error, and a right one shares the connection', async () => {
  await expect(connect('/lab-admin', { token: 'guess' })).rejects.toThrow(
    'This token does not open /lab-admin.',
  )
  const { socket } = await connect('/lab')
  const admin = socket.io.socket('/lab-admin', { auth: { token: 'open-sesame' } })
  await new Promise<void>((resolve) => admin.on('connect', resolve).connect())
  expect(admin.io.engine).toBe(socket.io.engine)
  expect(admin.id).not.toBe(socket.id)
})

test('disconnect sends the client away with its reason, and it comes back under a new id', async () => {
  const client = await connect('/lab')
  const { socket } = client
  const before = socket.id
  const gone = new Promise((resolve) => socket.once('disconnect', resolve))
  await act(client, 'disconnect')
  expect(await gone).toBe('io server disconnect')
  const back = new Promise<void>((resolve) => socket.once('connect', resolve))
  socket.connect()
  await back
  expect(socket.id).not.toBe(before)
})

test.each(['/lab/UPPER111', '/lab/short', '/lab/__proto__', '/laboratory'])(
  'the namespace %s does not exist',
  async (namespace) => {
    await expect(connect(namespace)).rejects.toThrow('Invalid namespace')
  },
)

const nested = JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`)
test.each([
  ['nothing', undefined],
  ['a number', 7],
  ['an unknown command', { what: 'rm' }],
  ['__proto__', { what: '__proto__' }],
  ['a bad room', { what: 'join', room: '../admin' }],
  ['a text that is too long', { what: 'io.emit', text: 'x'.repeat(201) }],
  ['deep nesting', { what: nested }],
])('%s is answered with an error, and the connection stays', async (_name, command) => {
  const client = await connect('/lab')
  expect(await client.socket.emitWithAck('do', command)).toHaveProperty('error.code')
  expect(await act(client, 'socket.emit')).not.toHaveProperty('error')
})

test('numeric and __proto__ event names do nothing', async () => {
  const client = await connect('/lab')
  for (const name of ['7', '__proto__', 'constructor']) client.socket.emit(name, {})
  expect(await act(client, 'socket.emit')).not.toHaveProperty('error')
})

test('rooms, commands and clients are bounded', async () => {
  const client = await connect('/lab/boundsss')
  const flood = await Promise.all(
    Array.from({ length: 3 * labLimits.commandsASecond }, () => act(client, 'socket.emit')),
  )
  expect(flood.filter(({ error }) => error?.code === 'too-many').length).toBeGreaterThan(0)
  const joiner = await connect('/lab/boundsss')
  const joins = []
  for (let n = 0; n <= labLimits.rooms; n++) joins.push(await act(joiner, 'join', `room-${n}`))
  expect(joins.filter(({ error }) => error).length).toBe(1)
  await Promise.all(Array.from({ length: labLimits.sockets - 2 }, () => connect('/lab/boundsss')))
  await expect(connect('/lab/boundsss')).rejects.toThrow('This lab is full.')
})
